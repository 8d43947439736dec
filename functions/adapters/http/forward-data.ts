import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { DataTransferAnswer, DataTransferHandler } from '#core/data-transfer/data-transfer.ts';
import { systemClock } from '#platform/clock.ts';
import { postToPublic } from './post-to-public.ts';

/** A station waits for the answer. */
const timeoutMs = 5_000;
/** An answer is relayed to a station, whose messages are small. */
const largestAnswerBytes = 24 * 1024;

const answerShape = z.object({
  status: z.enum(['ACCEPTED', 'REJECTED', 'UNKNOWN_VENDOR', 'UNKNOWN_MESSAGE']),
  data: z.unknown().optional(),
});

/** What a connection to a handler of data goes by. */
export interface ForwardOptions {
  /** Hosts within the network that data may go to all the same. */
  readonly insideHosts: readonly string[];
  /** The certificate to trust instead of the usual ones. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

/**
 * Hands data on by POST to the address of its route, over TLS and to public addresses alone, whatever the name leads
 * to, without following redirects.
 *
 * The body is JSON: `tenantId`, `transferId`, `stationId`, `vendorId`, `messageId`, `data`, `at`. The header
 * `x-signature` is `t={epoch seconds},v1={hex}`: HMAC-SHA256, under the route's secret, of the seconds, a dot and the
 * body. The answer is JSON, `{ "status": "ACCEPTED", "data": … }`, with one of the four statuses. Whatever else happens
 * the data is rejected, with the reason.
 */
export function forwardData(tenantId: string, options: ForwardOptions): DataTransferHandler {
  return async (route, transfer) => {
    const { url = '', secret = '' } = route;
    const { transferId, stationId, vendorId, messageId, data, at } = transfer;
    const body = JSON.stringify({ tenantId, transferId, stationId, vendorId, messageId, data, at });
    const headers = { 'content-type': 'application/json', 'x-signature': signature(secret, body) };
    try {
      const answer = await postToPublic({
        ...{ url, headers, body: Buffer.from(body), timeoutMs, mostBytes: largestAnswerBytes },
        ...options,
      });
      return read(answer.status, answer.body.toString());
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error));
    }
  };
}

function signature(secret: string, body: string): string {
  const seconds = Math.floor(systemClock() / 1000);
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${hex}`;
}

function read(status: number, text: string): DataTransferAnswer {
  if (status !== 200) return failed(`it was answered with status ${status}`);
  const answer = answerShape.safeParse(parsed(text));
  if (!answer.success) return failed('the answer cannot be read');
  const { status: verdict, data } = answer.data;
  return { status: verdict, ...(data === undefined ? {} : { data }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(failure: string): DataTransferAnswer {
  return { status: 'REJECTED', failure };
}
