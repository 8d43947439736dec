import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { type ChargingCause, followCharging } from '#core/smart-charging/follow-charging.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

/** Of every event that leads here: whose, and what it is about. */
const delivered = z.object({
  detail: z.object({
    tenantId: z.string(),
    stationId: z.string().optional(),
    sessionId: z.string().optional(),
    siteId: z.string().optional(),
  }),
});

const tables = tableNames('registry', 'operations');
const client = dynamoClient();

/** Divides what sites may draw anew when sessions, profiles, limits or connections change. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, follow),
);

async function follow(record: SQSRecord): Promise<void> {
  const { tenantId, ...detail } = delivered.parse(JSON.parse(record.body)).detail;
  const stores = openStores({ client, tables, tenantId });
  await followCharging({ ...stores, clock: systemClock, newId, digest }, causeOf(detail));
}

function causeOf(detail: Omit<z.infer<typeof delivered>['detail'], 'tenantId'>): ChargingCause {
  const { stationId, sessionId, siteId } = detail;
  if (siteId !== undefined) return { siteId };
  if (stationId === undefined) throw new Error('an event about no station and no site');
  return sessionId === undefined ? { stationId } : { stationId, sessionId };
}
