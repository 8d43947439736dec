import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { readStep, stepsOf } from '#adapters/sqs/maintenance-steps.ts';
import { continueMaintenance } from '#core/maintenance/maintenance.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { callDesk } from '../ocpp/call-desk.ts';

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const ownQueue = setting('MAINTENANCE_QUEUE_URL');

/** Does what was asked for all stations of a tenant, a few of them for each message, and hands the rest on. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, maintain),
);

async function maintain(record: SQSRecord): Promise<void> {
  const { tenantId, step } = readStep(record.body);
  const stores = openStores({ client, tables, tenantId });
  const ports = { ...stores, calls: callDesk, sealSecret: noSecrets, clock: systemClock, newId, digest };
  const next = await continueMaintenance(ports, step);
  if (next) await stepsOf(ownQueue, tenantId)(next);
}

/** None of what is asked here holds one. */
function noSecrets(): Promise<string> {
  return Promise.reject(new Error('maintenance tells stations no secrets'));
}
