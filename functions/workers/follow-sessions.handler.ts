import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { reservationChanged } from '#contracts/reservation-changed.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionStarted } from '#contracts/session-started.v1.ts';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import { setExpiry } from '#core/reservations/expire-reservation.ts';
import { matchReservation } from '#core/reservations/match-reservation.ts';
import { followEnd, followIdle } from '#core/sessions/check-session.ts';
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
const timersQueue = setting('TIMERS_QUEUE_URL');

/**
 * What follows from sessions and reservations, and nobody waits for: reservations get their end and are matched with
 * sessions that did not name them; sessions with missing events, or without the end they should have, are checked.
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
      return matchReservation(ports, event.detail);
    case 'SessionEnded.v1':
      await matchReservation(ports, event.detail);
      return followEnd(ports, event.detail);
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
