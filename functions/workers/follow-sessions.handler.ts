import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, type Stores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { reservationChanged } from '#contracts/reservation-changed.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionStarted } from '#contracts/session-started.v1.ts';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import { setExpiry } from '#core/reservations/expire-reservation.ts';
import { matchReservation } from '#core/reservations/match-reservation.ts';
import { followEnd, followIdle } from '#core/sessions/check-session.ts';
import { pinTariff } from '#core/tariffs/pin-tariff.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

/** The bus's envelope of an event, as its rule puts it into the queue. */
function told<Name extends string, Detail extends z.ZodType>(contract: { detailType: Name; detail: Detail }) {
  return z.object({ 'detail-type': z.literal(contract.detailType), detail: contract.detail });
}

const delivered = z.discriminatedUnion('detail-type', [
  told(reservationChanged),
  told(sessionStarted),
  told(sessionEnded),
  told(stationBooted),
  told(stationStatusChanged),
]);

/** The ledger is out of this door's reach. */
const tables = { registry: setting('REGISTRY_TABLE'), operations: setting('OPERATIONS_TABLE'), ledger: '' };
const client = dynamoClient();
const directory = tenantDirectory(client, tables);
const timersQueue = setting('TIMERS_QUEUE_URL');

/** A tenant's default tariff hardly ever changes: sessions must not cost a read of it each. */
const rememberedMs = 60_000;
const remembered = new Map<string, { tenant: Tenant; until: number }>();

/**
 * What follows from sessions and reservations, and nobody waits for: sessions get their tariff pinned; reservations get
 * their end and are matched with sessions that did not name them; sessions with missing events, or without the end
 * they should have, are checked.
 */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, follow),
);

async function follow({ body }: SQSRecord): Promise<void> {
  const event = delivered.parse(JSON.parse(body));
  const { tenantId, stationId } = event.detail;
  const ports = {
    ...openStores({ client, tables, tenantId }),
    setTimer: timersOf(timersQueue, tenantId),
    clock: systemClock,
    digest,
    newId,
  };
  switch (event['detail-type']) {
    case 'ReservationChanged.v1':
      return event.detail.state === 'REQUESTED' ? setExpiry(ports, event.detail) : undefined;
    case 'SessionStarted.v1':
      await matchReservation(ports, event.detail);
      return pinPrice(ports, event.detail);
    case 'SessionEnded.v1':
      await matchReservation(ports, event.detail);
      await followEnd(ports, event.detail);
      // Of a session whose driver became known only after its start, nothing was pinned yet.
      return pinPrice(ports, event.detail);
    case 'StationBooted.v1': {
      const { registration, at } = event.detail;
      return registration === 'ACCEPTED' ? followIdle(ports, { stationId, before: at }) : undefined;
    }
    case 'StationStatusChanged.v1': {
      const { connector, at } = event.detail;
      if (connector.status !== 'AVAILABLE') return;
      return followIdle(ports, { stationId, before: at, evseId: connector.evseId });
    }
  }
}

async function pinPrice(
  stores: Stores,
  { tenantId, sessionId }: { tenantId: string; sessionId: string },
): Promise<void> {
  const tenant = await tenantOf(tenantId);
  if (tenant) await pinTariff({ ...stores, tenant }, { sessionId });
}

async function tenantOf(tenantId: string): Promise<Tenant | undefined> {
  const now = systemClock();
  const known = remembered.get(tenantId);
  if (known && known.until > now) return known.tenant;
  const tenant = await directory.findTenant(tenantId);
  if (tenant) remembered.set(tenantId, { tenant, until: now + rememberedMs });
  return tenant;
}
