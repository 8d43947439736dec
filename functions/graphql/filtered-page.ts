import type { Page, PageRequest } from '#core/ports.ts';

/** How often one request reads on when little of what it finds fits. */
const mostReads = 10;

/**
 * A page of what fits, for filters that no index answers. Each read asks for as many as the page still has room
 * for, so nothing that fits is passed over; after ten reads the page comes as it is, perhaps short, with the cursor
 * that continues it.
 */
export async function filteredPage<Item>(
  list: (page: PageRequest) => Promise<Page<Item>>,
  fits: (item: Item) => boolean,
  { limit, cursor: from }: PageRequest,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let cursor = from;
  for (let reads = 0; reads < mostReads && items.length < limit; reads += 1) {
    const room = { limit: limit - items.length };
    const page = await list(cursor === undefined ? room : { ...room, cursor });
    items.push(...page.items.filter(fits));
    cursor = page.cursor;
    if (cursor === undefined) return { items };
  }
  return cursor === undefined ? { items } : { items, cursor };
}
