import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SessionOrphan, SessionStore } from '#core/sessions/session-store.ts';
import { isExpired, itemReader, secondsPerDay } from './items.ts';
import { connectorName, timeText } from './keys.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { readStretch } from './queries.ts';
import { update } from './requests.ts';
import { text, whole } from './schemas.ts';
import { factSchema } from './session-items.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
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

const readOrphan = itemReader('orphan', z.object({ orphan: orphanSchema }));

/** Ends and readings of transactions that nobody knows. */
export function sessionOrphans(context: StoreContext): Pick<SessionStore, 'recordOrphan' | 'listOrphans'> {
  const { client, keys, tenantId } = context;
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

    async listOrphans(stationId, page) {
      const position = positionIn(page.cursor, tenantId, 'orphans', isSortText);
      const { items, next } = await readStretch(client, {
        table,
        declaration: tables.operations,
        partition: keys.orphans(stationId),
        ...(position === undefined ? {} : { after: position }),
        newestFirst: true,
        limit: pageLimit(page),
      });
      const now = Date.now();
      return {
        items: items.filter((item) => !isExpired(item, now)).map((item) => readOrphan(item).orphan),
        ...(next === undefined ? {} : { cursor: toCursor(tenantId, 'orphans', next) }),
      };
    },
  };
}

/** Readings of a connector while no session runs there: one item per batch, and the same batch is the same item. */
export function connectorReadings(context: StoreContext): Pick<SessionStore, 'addConnectorReadings'> {
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
  };
}

function pick({ evseId, connectorId }: { evseId: number; connectorId: number }) {
  return { evseId, connectorId };
}

function expiry(receivedAt: number, days: number): number {
  return Math.floor(receivedAt / 1000) + days * secondsPerDay;
}
