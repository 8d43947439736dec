import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { delivered } from '#contracts/delivered.ts';
import { jobChanged } from '#contracts/job-changed.v1.ts';
import { afterJobChanged } from '#core/jobs/after-job-changed.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

const message = delivered(jobChanged);

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const timersQueue = setting('TIMERS_QUEUE_URL');

/** Goes on where a job came to another state: retries it, tells operators, starts the next stations of its campaign. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, after),
);

async function after(record: SQSRecord): Promise<void> {
  const { detail } = message.parse(JSON.parse(record.body));
  const { tenantId } = detail;
  const stores = openStores({ client, tables, tenantId });
  const setTimer = timersOf(timersQueue, tenantId);
  await afterJobChanged({ ...stores, clock: systemClock, digest, newId, setTimer }, detail);
}
