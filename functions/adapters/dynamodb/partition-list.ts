import type { Page, PageRequest } from '#core/ports.ts';
import type { PlainItem } from './items.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch, type Stretch } from './queries.ts';
import { getItems } from './requests.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';

/** One partition of `operations`, of the table or of one of its KEYS_ONLY indexes, read as a list. */
export interface PartitionList<Value> extends Pick<Stretch, 'partition' | 'from' | 'to'> {
  /** Tells cursors of this list from all others. */
  readonly name: string;
  readonly index?: string;
  readonly newestFirst: boolean;
  /** `undefined` for items to leave out. */
  readonly read: (item: PlainItem) => Value | undefined;
}

/** One page of a partition; the items of an index are read from the table itself. */
export async function listPartition<Value>(
  { client, tables: names, tenantId }: StoreContext,
  list: PartitionList<Value>,
  page: PageRequest,
): Promise<Page<Value>> {
  const { name, index, newestFirst, read, partition, from, to } = list;
  const position = positionIn(page.cursor, tenantId, name, isSortText);
  const { items, next } = await readStretch(client, {
    table: names.operations,
    declaration: tables.operations,
    ...(index === undefined ? {} : { index }),
    partition,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(position === undefined ? {} : { after: position }),
    newestFirst,
    limit: pageLimit(page),
  });
  const whole = index === undefined ? items : await getItems(client, names.operations, items.map(keyOf));
  return {
    items: whole.map(read).filter((value) => value !== undefined),
    ...(next === undefined ? {} : { cursor: toCursor(tenantId, name, next) }),
  };
}
