import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { sendMessage } from '#adapters/sqs/send.ts';
import { expireCommand } from '#core/commands/expire-command.ts';
import { systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const ownQueue = setting('COMMAND_TIMEOUTS_QUEUE_URL');

const messageShape = z.object({ tenantId: z.string(), stationId: z.string(), commandId: z.string() });

/** Ends commands whose time is up. A queue keeps a message back for minutes; a longer wait goes round again. */
export const handler = door(async ({ Records }: SQSEvent) =>
  eachRecord(
    Records,
    (record) => record.messageId,
    async (record) => {
      const due = messageShape.parse(JSON.parse(record.body));
      const { commands } = openStores({ client, tables, tenantId: due.tenantId });
      const { retryAfterMs } = await expireCommand({ commands, clock: systemClock }, due);
      if (retryAfterMs === undefined) return;
      await sendMessage({ queueUrl: ownQueue, body: record.body, delaySeconds: retryAfterMs / 1_000 });
    },
  ),
);
