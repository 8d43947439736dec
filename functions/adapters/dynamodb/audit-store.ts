import * as z from 'zod';
import type { AuditEntry, AuditStore } from '#core/audit/audit-store.ts';
import { itemReader } from './items.ts';
import { orderOf, timeText } from './keys.ts';
import { listByMonth } from './month-list.ts';
import { monthBucket } from './months.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch } from './queries.ts';
import { getItems, put } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew } from './update.ts';

const entrySchema = z.object({
  entryId: text,
  at: whole,
  actor: z.object({
    subject: z.string(),
    roles: z.array(text),
    fromPlatform: z.boolean().exactOptional(),
  }),
  door: z.enum(['GRAPHQL', 'REST']),
  action: text,
  target: text.exactOptional(),
  argumentsJson: text,
  outcome: z.enum(['DONE', 'REFUSED', 'FAILED']),
  errorType: text.exactOptional(),
}) satisfies z.ZodType<AuditEntry>;

const readEntry = itemReader<AuditEntry>('audit entry', entrySchema);

/** The trail of one tenant, in the ledger: a partition per month, found by what was changed through an index. */
export function auditStore(context: StoreContext): AuditStore {
  const { client, keys, tenantId } = context;
  const table = context.tables.ledger;
  return {
    async addEntry(entry) {
      const { entryId, at, target } = entry;
      const order = orderOf(at, entryId);
      const found = target === undefined ? {} : { byStationPk: keys.auditOfTarget(target), order };
      const key = { pk: keys.auditOfMonth(monthBucket(at, at)), sk: order };
      await put(client, putNew(table, key, { ...entry, ...found }));
    },

    async listEntries({ target, from, to }, page) {
      if (target === undefined) {
        const list = {
          name: 'audit',
          table,
          declaration: tables.ledger,
          partitionsOf: (month: string) => [keys.auditOfMonth(month)],
          startedFrom: from,
          startedBefore: to,
        };
        const { items, cursor } = await listByMonth(context, list, page);
        return { items: items.map(readEntry), ...(cursor === undefined ? {} : { cursor }) };
      }
      const name = 'audit of one target';
      const position = positionIn(page.cursor, tenantId, name, isSortText);
      const { items, next } = await readStretch(client, {
        table,
        declaration: tables.ledger,
        index: 'byStation',
        partition: keys.auditOfTarget(target),
        ...(from === undefined ? {} : { from: timeText(from) }),
        ...(to === undefined ? {} : { to: timeText(to) }),
        ...(position === undefined ? {} : { after: position }),
        newestFirst: true,
        limit: pageLimit(page),
      });
      const entries = await getItems(client, table, items.map(keyOf));
      return {
        items: entries.map(readEntry),
        ...(next === undefined ? {} : { cursor: toCursor(tenantId, name, next) }),
      };
    },
  };
}
