import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, type Stores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { delivered } from '#contracts/delivered.ts';
import { reservationChanged } from '#contracts/reservation-changed.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionIdentified } from '#contracts/session-identified.v1.ts';
import { sessionStarted } from '#contracts/session-started.v1.ts';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import { endAtFault, isOut } from '#core/reservations/end-at-fault.ts';
import { setExpiry } from '#core/reservations/expire-reservation.ts';
import { matchReservation } from '#core/reservations/match-reservation.ts';
import { followEnd, followIdle } from '#core/sessions/check-session.ts';
import { pinTariff } from '#core/tariffs/pin-tariff.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { rememberedTenants } from './tenants.ts';

const message = z.discriminatedUnion('detail-type', [
  delivered(reservationChanged),
  delivered(sessionStarted),
  delivered(sessionIdentified),
  delivered(sessionEnded),
  delivered(stationBooted),
  delivered(stationStatusChanged),
]);

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const findTenant = rememberedTenants(tenantDirectory(client, tables), systemClock);
const timersQueue = setting('TIMERS_QUEUE_URL');

/**
 * What follows from sessions and reservations, and nobody waits for: sessions get their tariff pinned; reservations get
 * their end, also with what is reserved, and are matched with sessions that did not name them; sessions with missing events, or without the end
 * they should have, are checked.
 */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, follow),
);

async function follow({ body }: SQSRecord): Promise<void> {
  const event = message.parse(JSON.parse(body));
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
    case 'SessionIdentified.v1':
      await matchReservation(ports, event.detail);
      return pinPrice(ports, event.detail);
    case 'SessionEnded.v1': {
      const session = await followEnd(ports, event.detail);
      // Of a session whose driver became known only after its start, nothing was pinned yet.
      return session?.tariffPin ? undefined : pinPrice(ports, event.detail);
    }
    case 'StationBooted.v1': {
      const { registration, at } = event.detail;
      return registration === 'ACCEPTED' ? followIdle(ports, { stationId, before: at }) : undefined;
    }
    case 'StationStatusChanged.v1': {
      const { connector, at } = event.detail;
      const { status } = connector;
      if (isOut(status)) return endAtFault(ports, { stationId, at, connector: { ...connector, status } });
      if (status !== 'AVAILABLE') return;
      return followIdle(ports, { stationId, before: at, evseId: connector.evseId });
    }
  }
}

async function pinPrice(
  stores: Stores,
  { tenantId, sessionId }: { tenantId: string; sessionId: string },
): Promise<void> {
  await pinTariff({ ...stores, tenant: await findTenant(tenantId) }, { sessionId });
}
