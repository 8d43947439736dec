import type { SQSEvent } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { readTimer, sendOn, timersOf } from '#adapters/sqs/timers.ts';
import { fireTimer } from '#core/fire-timer.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const ownQueue = setting('TIMERS_QUEUE_URL');

/** Does what timers were set for once their time has come; the others go round again. */
export const handler = door(async ({ Records }: SQSEvent) =>
  eachRecord(
    Records,
    (record) => record.messageId,
    async (record) => {
      const travelling = readTimer(record.body);
      const { tenantId, at, timer } = travelling;
      if (at > systemClock()) return sendOn(ownQueue, travelling);
      const stores = openStores({ client, tables, tenantId });
      const setTimer = timersOf(ownQueue, tenantId);
      return fireTimer({ ...stores, tenantId, clock: systemClock, digest, newId, setTimer }, timer);
    },
  ),
);
