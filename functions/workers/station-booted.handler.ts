import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { delivered } from '#contracts/delivered.ts';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import { reconcileAfterBoot } from '#core/reconcile/reconcilers.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { callDesk } from '../ocpp/call-desk.ts';

const message = delivered(stationBooted);

const tables = tableNames('registry', 'operations');
const client = dynamoClient();

/** Brings stations to what is desired of them once they have booted and were accepted. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, reconcile),
);

async function reconcile(record: SQSRecord): Promise<void> {
  const { tenantId, stationId, registration, at } = message.parse(JSON.parse(record.body)).detail;
  if (registration !== 'ACCEPTED') return;
  const stores = openStores({ client, tables, tenantId });
  const ports = { ...stores, calls: callDesk, clock: systemClock, newId, digest };
  await reconcileAfterBoot(ports, { stationId, bootedAt: at });
}
