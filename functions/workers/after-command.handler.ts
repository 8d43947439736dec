import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { commandSettled } from '#contracts/command-settled.v1.ts';
import { followUp } from '#core/commands/follow-ups.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { callDesk } from '../ocpp/call-desk.ts';

/** The bus's envelope, as its rule puts it into the queue. */
const delivered = z.object({ detail: commandSettled.detail });

/** The ledger is out of this door's reach. */
const tables = { registry: setting('REGISTRY_TABLE'), operations: setting('OPERATIONS_TABLE'), ledger: '' };
const client = dynamoClient();

/** Does what is left to do once commands have ended, for whoever asked for them. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, after),
);

async function after(record: SQSRecord): Promise<void> {
  const { detail } = delivered.parse(JSON.parse(record.body));
  const stores = openStores({ client, tables, tenantId: detail.tenantId });
  await followUp({ ...stores, calls: callDesk, clock: systemClock, digest, newId }, detail);
}
