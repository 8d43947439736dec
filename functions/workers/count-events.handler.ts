import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { cdrIssued } from '#contracts/cdr-issued.v1.ts';
import { delivered } from '#contracts/delivered.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import { countEvents, type EventsToCount } from '#core/analytics/count-events.ts';
import { systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { type BatchResult, door, eachRecord } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { rememberedTenants } from './tenants.ts';

const message = z.discriminatedUnion('detail-type', [delivered(cdrIssued), delivered(stationStatusChanged)]);
type Message = z.infer<typeof message>;

const tables = tableNames('registry', 'operations', 'ledger');
const client = dynamoClient();
const findTenant = rememberedTenants(tenantDirectory(client, tables), systemClock);

/** How many are counted together when all of a batch could not be. */
const groupSize = 10;

/**
 * Adds CDRs and faults to the counters of their days. Those of one tenant are added together: a counter is written once
 * for all that a batch adds to it. When that fails they are counted in small groups, one after the other, and the events
 * of a group that fails one by one, so that one of them cannot hold up the others.
 */
export const handler = door(async ({ Records }: SQSEvent): Promise<BatchResult> => {
  if (await isCounted(Records)) return { batchItemFailures: [] };
  const batchItemFailures: BatchResult['batchItemFailures'] = [];
  for (let start = 0; start < Records.length; start += groupSize) {
    const group = Records.slice(start, start + groupSize);
    if (await isCounted(group)) continue;
    const result = await eachRecord(
      group,
      ({ messageId }) => messageId,
      (record) => count([record]),
    );
    batchItemFailures.push(...result.batchItemFailures);
  }
  return { batchItemFailures };
});

async function isCounted(records: readonly SQSRecord[]): Promise<boolean> {
  try {
    await count(records);
    return true;
  } catch (error) {
    logger.warn('events could not be counted together', { records: records.length, error });
    return false;
  }
}

async function count(records: readonly SQSRecord[]): Promise<void> {
  const events = records.map(({ body }) => message.parse(JSON.parse(body)));
  const ofTenants = Map.groupBy(events, ({ detail }) => detail.tenantId);
  await Promise.all([...ofTenants].map(([tenantId, ofTenant]) => countOf(tenantId, told(ofTenant))));
}

async function countOf(tenantId: string, events: EventsToCount): Promise<void> {
  const stores = openStores({ client, tables, tenantId });
  const tenantTimeZone = async () => (await findTenant(tenantId)).timeZone;
  await countEvents({ ...stores, tenantTimeZone, clock: systemClock }, events);
}

/** Other statuses than faults are for others. */
function told(events: readonly Message[]): EventsToCount {
  const cdrIds: string[] = [];
  const faults: EventsToCount['faults'][number][] = [];
  for (const event of events) {
    if (event['detail-type'] === 'CdrIssued.v1') cdrIds.push(event.detail.cdrId);
    else if (event.detail.connector.status === 'FAULTED') faults.push(event.detail);
  }
  return { cdrIds, faults };
}
