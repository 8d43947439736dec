import type { Page, PageRequest } from '#core/ports.ts';
import type { PlainItem } from './items.ts';
import { timeText } from './keys.ts';
import { isMonth, monthBucket, precedingBucket } from './months.ts';
import { pageLimit, positionIn, toCursor } from './pages.ts';
import { readMerged, type StretchPage } from './queries.ts';
import type { StoreContext } from './store-context.ts';
import type { TableDeclaration } from './tables.ts';

/** How many empty months one call walks through before it hands the rest to a cursor. */
const mostMonths = 12;

/** A list that is kept in a partition (or a few) per month. */
export interface MonthList {
  readonly name: string;
  readonly table: string;
  readonly declaration: TableDeclaration;
  /** Absent: the table itself. */
  readonly index?: string;
  readonly partitionsOf: (month: string) => readonly string[];
  /** At or after, before. */
  readonly startedFrom: number | undefined;
  readonly startedBefore: number | undefined;
}

/**
 * The keys of one page, newest first, walking back month by month. A position is the month and, within it, the
 * last order given.
 */
export async function listByMonth(
  context: StoreContext,
  list: MonthList,
  page: PageRequest,
): Promise<Page<PlainItem>> {
  const limit = pageLimit(page);
  const items: PlainItem[] = [];
  let place = placeOf(context, list, page);
  for (let months = 0; place !== undefined && items.length < limit && months < mostMonths; months += 1) {
    const { month, after } = place;
    const found: StretchPage = await readMerged(context.client, list.partitionsOf(month), {
      table: list.table,
      declaration: list.declaration,
      ...(list.index === undefined ? {} : { index: list.index }),
      ...boundsOf(list),
      ...(after === undefined ? {} : { after }),
      newestFirst: true,
      limit: limit - items.length,
    });
    items.push(...found.items);
    place =
      found.next === undefined ? precedingPlace(list, month, context.clock()) : { month, after: found.next };
  }
  if (place === undefined) return { items };
  const cursor = toCursor(context.tenantId, list.name, `${place.month}/${place.after ?? ''}`);
  return { items, cursor };
}

interface Place {
  readonly month: string;
  readonly after?: string;
}

/** Where a page begins: where the last one ended, else in the latest month asked for. */
function placeOf(context: StoreContext, list: MonthList, page: PageRequest): Place | undefined {
  const position = positionIn(page.cursor, context.tenantId, list.name, isMonthPosition);
  if (position === undefined) {
    return { month: monthBucket(list.startedBefore ?? Number.MAX_SAFE_INTEGER, context.clock()) };
  }
  const after = position.slice(8);
  return { month: position.slice(0, 7), ...(after === '' ? {} : { after }) };
}

function precedingPlace({ startedFrom = 0 }: MonthList, month: string, now: number): Place | undefined {
  const before = precedingBucket(month);
  return before === undefined || before < monthBucket(startedFrom, now) ? undefined : { month: before };
}

function boundsOf({ startedFrom, startedBefore }: MonthList): { from?: string; to?: string } {
  return {
    ...(startedFrom === undefined ? {} : { from: timeText(startedFrom) }),
    ...(startedBefore === undefined ? {} : { to: timeText(startedBefore) }),
  };
}

function isMonthPosition(text: string): boolean {
  return isMonth(text.slice(0, 7)) && text[7] === '/' && text.length <= 300;
}
