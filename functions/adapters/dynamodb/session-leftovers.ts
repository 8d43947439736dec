import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ConnectorReadings, SessionOrphan, SessionStore } from '#core/sessions/session-store.ts';
import { isExpired, itemReader, type PlainItem, secondsPerDay } from './items.ts';
import { connectorName, timeText } from './keys.ts';
import { listPartition } from './partition-list.ts';
import { update } from './requests.ts';
import { connectorRef, meterSample, text, whole } from './schemas.ts';
import { factSchema } from './session-items.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** Long enough for an operator to ask questions about a bill. */
const orphanDays = 180;
const readingDays = 30;

const orphanSchema = z.object({
  stationId: text,
  transactionRef: text,
  at: whole,
  receivedAt: whole,
  meterStopWh: z.number().exactOptional(),
  entries: z.array(factSchema.extend({ key: text })),
}) satisfies z.ZodType<SessionOrphan>;

const readingsSchema = z.object({
  stationId: text,
  ...connectorRef.shape,
  receivedAt: whole,
  samples: z.array(meterSample),
}) satisfies z.ZodType<ConnectorReadings>;

const readOrphan = itemReader('orphan', z.object({ orphan: orphanSchema }));
const readReadings = itemReader('readings', z.object({ readings: readingsSchema }));

/** Ends and readings of transactions that nobody knows. */
export function sessionOrphans(context: StoreContext): Pick<SessionStore, 'recordOrphan' | 'listOrphans'> {
  const { client, keys } = context;
  const table = context.tables.operations;
  return {
    async recordOrphan(orphan) {
      const key = {
        pk: keys.orphans(orphan.stationId),
        sk: `${timeText(orphan.at)}#${orphan.transactionRef}`,
      };
      const change = new Update()
        .setIfAbsent('orphan', orphan)
        .setIfAbsent('expiresAtS', expiry(orphan.receivedAt, orphanDays));
      await update(client, change.for(table, key));
    },

    listOrphans(stationId, page) {
      return listPartition(
        context,
        {
          name: 'orphans',
          partition: keys.orphans(stationId),
          newestFirst: true,
          read: kept(context, (item) => readOrphan(item).orphan),
        },
        page,
      );
    },
  };
}

/** Readings of a connector while no session runs there: one item per batch, and the same batch is the same item. */
export function connectorReadings(
  context: StoreContext,
): Pick<SessionStore, 'addConnectorReadings' | 'listConnectorReadings'> {
  const { client, keys, tables: names } = context;
  return {
    async addConnectorReadings(stationId, connector, samples, receivedAt) {
      const [first] = samples;
      if (first === undefined) return;
      const fingerprint = createHash('sha256').update(JSON.stringify(samples)).digest('hex').slice(0, 16);
      const key = {
        pk: keys.readings(stationId),
        sk: `${connectorName(connector)}#${timeText(first.at)}#${fingerprint}`,
      };
      const change = new Update()
        .setIfAbsent('readings', { stationId, ...pick(connector), receivedAt, samples })
        .setIfAbsent('expiresAtS', expiry(receivedAt, readingDays));
      await update(client, change.for(names.operations, key));
    },

    listConnectorReadings(stationId, page) {
      return listPartition(
        context,
        {
          name: 'readings',
          partition: keys.readings(stationId),
          newestFirst: true,
          read: kept(context, (item) => readReadings(item).readings),
        },
        page,
      );
    },
  };
}

/** What is too old is gone for readers, whenever the table removes it. */
function kept<Value>(
  { clock }: StoreContext,
  read: (item: PlainItem) => Value,
): (item: PlainItem) => Value | undefined {
  return (item) => (isExpired(item, clock()) ? undefined : read(item));
}

function pick({ evseId, connectorId }: { evseId: number; connectorId: number }) {
  return { evseId, connectorId };
}

function expiry(receivedAt: number, days: number): number {
  return Math.floor(receivedAt / 1000) + days * secondsPerDay;
}
