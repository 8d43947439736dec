import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { commandSettled } from '#contracts/command-settled.v1.ts';
import { delivered } from '#contracts/delivered.ts';
import { followUp } from '#core/commands/follow-ups.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { callDesk } from '../ocpp/call-desk.ts';

const message = delivered(commandSettled);

const tables = tableNames('registry', 'operations');
const client = dynamoClient();

/** Does what is left to do once commands have ended, for whoever asked for them. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, after),
);

async function after(record: SQSRecord): Promise<void> {
  const { detail } = message.parse(JSON.parse(record.body));
  const stores = openStores({ client, tables, tenantId: detail.tenantId });
  await followUp({ ...stores, calls: callDesk, clock: systemClock, digest, newId }, detail);
}
