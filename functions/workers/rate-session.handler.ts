import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { longestDelayS, sendMessage } from '#adapters/sqs/send.ts';
import { delivered } from '#contracts/delivered.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionEventDelayed } from '#contracts/session-event-delayed.v1.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import { noteLateEvents } from '#core/cdrs/note-late-events.ts';
import { raiseRatingAlert, raiseReviewAlert, settleRatingAlert } from '#core/cdrs/review-alerts.ts';
import { matchReservation } from '#core/reservations/match-reservation.ts';
import { systemClock } from '#platform/clock.ts';
import { setting, tableNames, wholeSetting } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { rememberedTenants } from './tenants.ts';

const message = z.discriminatedUnion('detail-type', [
  delivered(sessionEnded),
  delivered(sessionEventDelayed),
]);
type Message = z.infer<typeof message>;

const tables = tableNames('registry', 'operations', 'ledger');
const client = dynamoClient();
const findTenant = rememberedTenants(tenantDirectory(client, tables), systemClock);
const queueUrl = setting('RATING_QUEUE_URL');
const graceMs = wholeSetting('RATING_GRACE_SECONDS') * 1000;
/** After so many deliveries the queue gives a message up. */
const attempts = wholeSetting('RATING_ATTEMPTS');
/** A CDR in the making is there by then: it takes a message's invocation, and that half a minute at most. */
const longestRatingMs = 60_000;
/** Deliveries to the last take longer: what comes back from the dead letters was told before. */
const shortestFailureMs = 10 * 60_000;

/**
 * Makes the CDR of each ended session. One with events missing comes back until they are there or the grace since
 * its end was told is over. Events that arrive later are held against the CDR, which stays as it is; while there is none
 * they are looked at again, for the one in the making may not know them. What fails to the last is for operators to know,
 * and for the dead letters; once it is sent back and rated, nobody has to know any more.
 */
export const handler = door((event: SQSEvent) =>
  eachRecord(event.Records, ({ messageId }) => messageId, work),
);

async function work(record: SQSRecord): Promise<void> {
  const told = message.parse(JSON.parse(record.body));
  try {
    const isRated = await rate(told, record);
    const mayHaveFailed = systemClock() - Date.parse(told.time) > shortestFailureMs;
    if (isRated && mayHaveFailed) await settleRatingAlert(portsOf(told), told.detail);
  } catch (error) {
    const isLast = Number(record.attributes.ApproximateReceiveCount) >= attempts;
    if (isLast) await raiseRatingAlert(portsOf(told), told.detail, String(error));
    throw error;
  }
}

function portsOf({ detail: { tenantId } }: Message) {
  return { ...openStores({ client, tables, tenantId }), clock: systemClock, digest };
}

/** Whether the session has its CDR by now. */
async function rate(told: Message, record: SQSRecord): Promise<boolean> {
  const { tenantId, stationId, sessionId } = told.detail;
  const ports = portsOf(told);
  if (told['detail-type'] === 'SessionEventDelayed.v1') {
    const outcome = await noteLateEvents(ports, { sessionId });
    const restMs = Date.parse(told.time) + longestRatingMs - systemClock();
    if (outcome === 'not-billed' && restMs > 0) await comeBack(record, restMs);
    logger.info('delayed event looked at', { tenantId, sessionId, outcome });
    return outcome !== 'not-billed';
  }
  const tenant = await findTenant(tenantId);
  // Its price begins with the reservation that it used, named or not.
  await matchReservation(ports, { stationId, sessionId });
  const graceLeftMs = Date.parse(told.time) + graceMs - systemClock();
  const result = await issueCdr(
    { ...ports, tenant, verifySigned: verifyMeterValue },
    { sessionId, graceOver: graceLeftMs <= 0 },
  );
  if (result.outcome === 'unknown-session' || result.outcome === 'not-ended') {
    throw new Error(`session ${sessionId} is not to be rated: ${result.outcome}`);
  }
  if (result.outcome === 'incomplete') await comeBack(record, graceLeftMs);
  // One that is there may have lost its alert with the invocation that made it.
  if ('cdr' in result) await raiseReviewAlert(ports, result.cdr);
  logger.info('session rated', { tenantId, sessionId, outcome: result.outcome });
  return result.outcome !== 'incomplete';
}

async function comeBack({ body }: SQSRecord, delayMs: number): Promise<void> {
  const delaySeconds = Math.min(longestDelayS, Math.max(1, Math.ceil(delayMs / 1000)));
  await sendMessage({ queueUrl, body, delaySeconds });
}
