import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { jobChanged } from '#contracts/job-changed.v1.ts';
import { afterJobChanged } from '#core/jobs/after-job-changed.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

/** The bus's envelope, as its rule puts it into the queue. */
const delivered = z.object({ detail: jobChanged.detail });

/** The ledger is out of this door's reach. */
const tables = { registry: setting('REGISTRY_TABLE'), operations: setting('OPERATIONS_TABLE'), ledger: '' };
const client = dynamoClient();
const timersQueue = setting('TIMERS_QUEUE_URL');

/** Goes on where a job came to another state: retries it, tells operators, starts the next stations of its campaign. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, after),
);

async function after(record: SQSRecord): Promise<void> {
  const { detail } = delivered.parse(JSON.parse(record.body));
  const { tenantId } = detail;
  const stores = openStores({ client, tables, tenantId });
  const setTimer = timersOf(timersQueue, tenantId);
  await afterJobChanged({ ...stores, clock: systemClock, digest, newId, setTimer }, detail);
}
