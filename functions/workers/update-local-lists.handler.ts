import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { tokenChanged } from '#contracts/token-changed.v1.ts';
import { updateListsOf } from '#core/local-lists/update-lists.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

/** The bus's envelope, as its rule puts it into the queue. */
const delivered = z.object({ detail: tokenChanged.detail });

/** The ledger is out of this door's reach. */
const tables = { registry: setting('REGISTRY_TABLE'), operations: setting('OPERATIONS_TABLE'), ledger: '' };
const client = dynamoClient();

/** Sends stations what changed of the tokens that they know by themselves. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, update),
);

async function update(record: SQSRecord): Promise<void> {
  const { tenantId, uid } = delivered.parse(JSON.parse(record.body)).detail;
  const stores = openStores({ client, tables, tenantId });
  await updateListsOf({ ...stores, clock: systemClock, digest, newId }, uid);
}
