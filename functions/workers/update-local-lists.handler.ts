import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { delivered } from '#contracts/delivered.ts';
import { tokenChanged } from '#contracts/token-changed.v1.ts';
import { updateListsOf } from '#core/local-lists/update-lists.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

const message = delivered(tokenChanged);

const tables = tableNames('registry', 'operations');
const client = dynamoClient();

/** Sends stations what changed of the tokens that they know by themselves. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, update),
);

async function update(record: SQSRecord): Promise<void> {
  const { tenantId, uid } = message.parse(JSON.parse(record.body)).detail;
  const stores = openStores({ client, tables, tenantId });
  await updateListsOf({ ...stores, clock: systemClock, digest, newId }, uid);
}
