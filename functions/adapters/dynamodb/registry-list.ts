import type { Page, PageRequest } from '#core/ports.ts';
import type { PlainItem } from './items.ts';
import { isSortText, mostReadsPerPage, pageLimit, positionIn, toCursor } from './pages.ts';
import { readStretch, type Stretch } from './queries.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';

/**
 * One page of a tenant's things of one kind, in the order of their ids. With a filter, a page that would cost
 * too many reads ends early with a cursor.
 */
export async function listKind<Value>(
  context: Pick<StoreContext, 'client' | 'tenantId'> & {
    readonly tables: Pick<StoreContext['tables'], 'registry'>;
  },
  list: {
    readonly name: string;
    readonly partition: string;
    readonly read: (item: PlainItem) => Value;
    readonly filter?: NonNullable<Stretch['filter']>;
  },
  page: PageRequest,
): Promise<Page<Value>> {
  const limit = pageLimit(page);
  const items: Value[] = [];
  let position = positionIn(page.cursor, context.tenantId, list.name, isSortText);
  for (let reads = 0; reads < mostReadsPerPage; reads += 1) {
    const { items: found, next } = await readStretch(context.client, {
      table: context.tables.registry,
      declaration: tables.registry,
      index: 'byKind',
      partition: list.partition,
      ...(position === undefined ? {} : { after: position }),
      ...(list.filter === undefined ? {} : { filter: list.filter }),
      newestFirst: false,
      limit: limit - items.length,
    });
    items.push(...found.map(list.read));
    position = next;
    if (position === undefined) return { items };
    if (items.length >= limit) break;
  }
  return position === undefined
    ? { items }
    : { items, cursor: toCursor(context.tenantId, list.name, position) };
}
