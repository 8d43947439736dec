import * as z from 'zod';
import type { SetTimer, Timer } from '#core/timers.ts';
import { systemClock } from '#platform/clock.ts';
import { longestDelayS, sendMessage } from './send.ts';

/** Every kind of timer, as messages carry it. */
const timer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('JOB_DUE'), stationId: z.string(), jobId: z.string() }),
  z.object({ kind: z.literal('CAMPAIGN_DUE'), campaignId: z.string() }),
  z.object({ kind: z.literal('CHECK_SESSION'), stationId: z.string(), sessionId: z.string() }),
  z.object({
    kind: z.literal('END_IDLE_SESSION'),
    stationId: z.string(),
    sessionId: z.string(),
    idleSince: z.int(),
  }),
  z.object({ kind: z.literal('MARK_TOKENS'), userId: z.string() }),
  z.object({ kind: z.literal('EXPIRE_RESERVATION'), stationId: z.string(), number: z.int() }),
  z.object({
    kind: z.literal('GIVE_UP_REPORT'),
    stationId: z.string(),
    topic: z.enum(['VARIABLES', 'MONITORS']),
    requestId: z.int(),
  }),
]) satisfies z.ZodType<Timer>;

const message = z.object({ tenantId: z.string(), at: z.int(), timer });

/** A timer on its way: whose it is, and when it fires. */
export type TravellingTimer = z.infer<typeof message>;

/** Reads a message of the timers' queue. Throws for anything else. */
export function readTimer(body: string): TravellingTimer {
  return message.parse(JSON.parse(body));
}

/** Timers of one tenant, as delayed messages. */
export function timersOf(queueUrl: string, tenantId: string): SetTimer {
  return (timer, at) => sendOn(queueUrl, { tenantId, at: Math.ceil(at), timer });
}

/**
 * Puts a timer into the queue for the rest of its time. A queue keeps a message back for fifteen minutes at most, so
 * a longer wait goes in hops: a day is a hundred messages.
 */
export async function sendOn(queueUrl: string, travelling: TravellingTimer): Promise<void> {
  const restMs = travelling.at - systemClock();
  const delaySeconds = Math.min(longestDelayS, Math.max(0, Math.ceil(restMs / 1000)));
  await sendMessage({ queueUrl, body: JSON.stringify(travelling), delaySeconds });
}
