import * as z from 'zod';
import type { Session, SessionEntry } from '#core/sessions/session.ts';
import { itemReader, type PlainItem } from './items.ts';
import { entryPrefix, orderOf, shardOf, type TenantKeys } from './keys.ts';
import { monthBucket } from './months.ts';
import { connectorRef, meterSample, sessionToken, stopReason, text, whole } from './schemas.ts';
import { Update } from './update.ts';

const sessionSchema = z.object({
  sessionId: text,
  stationId: text,
  transactionRef: text,
  startKey: text.exactOptional(),
  connector: connectorRef.exactOptional(),
  connectorAssumed: z.boolean().exactOptional(),
  token: sessionToken.exactOptional(),
  state: z.enum(['ACTIVE', 'ENDED']),
  startedAt: whole,
  endedAt: whole.exactOptional(),
  startReceivedAt: whole.exactOptional(),
  endReceivedAt: whole.exactOptional(),
  meterStartWh: z.number().exactOptional(),
  meterStopWh: z.number().exactOptional(),
  stopReason: stopReason.exactOptional(),
  stopTokenUid: text.exactOptional(),
  partial: z.boolean().exactOptional(),
  remoteStartId: whole.exactOptional(),
  reservationId: whole.exactOptional(),
  missingEvents: z.enum(['AWAITED', 'LOST']).exactOptional(),
  endedByCheck: z.boolean().exactOptional(),
  tariffPin: z
    .object({
      tariffId: text,
      revision: whole,
      by: z.enum(['AGREED', 'TOKEN', 'TOKEN_GROUP', 'CONNECTOR', 'STATION', 'TENANT']),
      timeZone: text.exactOptional(),
    })
    .exactOptional(),
  cdrId: text.exactOptional(),
  cdrKind: z.enum(['ORIGINAL', 'CREDIT', 'REPLACEMENT']).exactOptional(),
  cdrReview: z.enum(['HELD', 'LATE_EVENTS']).exactOptional(),
  billedEntries: whole.exactOptional(),
  billed: z
    .object({
      energyWh: z.number(),
      maxPowerW: z.number().exactOptional(),
      currency: text,
      totalCost: z.object({ exclVat: text, inclVat: text.exactOptional() }),
    })
    .exactOptional(),
}) satisfies z.ZodType<Session>;

export const factSchema = z.object({
  stationId: text,
  at: whole,
  receivedAt: whole,
  phase: z.enum(['STARTED', 'UPDATED', 'ENDED']).exactOptional(),
  seqNo: whole.exactOptional(),
  chargingState: z
    .enum(['CHARGING', 'EV_CONNECTED', 'SUSPENDED_EV', 'SUSPENDED_EVSE', 'IDLE'])
    .exactOptional(),
  trigger: text.exactOptional(),
  offline: z.boolean().exactOptional(),
  stoppedReason: text.exactOptional(),
  phasesUsed: z.number().exactOptional(),
  cableMaxCurrentA: z.number().exactOptional(),
  chargingTimeS: z.number().exactOptional(),
  samples: z.array(meterSample),
}) satisfies z.ZodType<Omit<SessionEntry, 'key'>>;

export const readSession = itemReader<Session>('session', sessionSchema);

const readEntryItem = itemReader('session entry', z.object({ sk: text, fact: factSchema }));

export function readEntry(item: PlainItem): SessionEntry {
  const { sk, fact } = readEntryItem(item);
  return { key: sk.slice(entryPrefix.length), ...fact };
}

/** Where a session is listed, by what it is now. Its head must stay below 1 KB: a write unit carries no more. */
export function placesOf(keys: TenantKeys, session: Session, now: number) {
  const { sessionId, stationId, startedAt, state, token } = session;
  const open = state === 'ACTIVE';
  const shard = shardOf(sessionId);
  return {
    order: orderOf(startedAt, sessionId),
    byStationPk: open ? keys.openSessionsOfStation(stationId) : keys.sessionsOfStation(stationId),
    byTimePk: keys.sessionsOfMonth(monthBucket(startedAt, now), shard),
    ...(token?.userId === undefined ? {} : { byUserPk: keys.sessionsOfUser(token.userId) }),
    ...(open ? { openPk: keys.openSessions(shard) } : {}),
  };
}

/** An entry is one attribute, so that the first version of a fact is the one that stays, in a single write. */
export function entryUpdate({ key: _, ...fact }: SessionEntry): Update {
  return new Update().setIfAbsent('fact', fact);
}
