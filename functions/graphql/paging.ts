import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/ports.ts';
import { fittingOf } from './answer-size.ts';

const defaultLimit = 50;
const mostPerPage = 200;

/** The arguments of every `…Page` field. */
export const pagingShape = {
  limit: z.int().min(1).max(mostPerPage).nullish(),
  nextToken: z.string().min(1).nullish(),
};

/** How many pages a list without paging looks through for what fits: several thousand things. */
const mostPages = 3;

/**
 * What a list without paging gives: the first 200 that fit. Its pages may come short, so it reads on; throws
 * `Validation`, naming the field that pages, when there may be more that fits than it found. Without that, an answer
 * that is short would be taken for all there is.
 */
export async function plainList<Item>(
  pageField: string,
  list: (page: PageRequest) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages && items.length < mostPerPage; pages += 1) {
    // Nobody goes on from here: what is found beyond the end does not matter, what a small page passes by would.
    const page = await list({ limit: mostPerPage, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.cursor;
    if (cursor === undefined) return items.slice(0, mostPerPage);
  }
  if (items.length >= mostPerPage) return items.slice(0, mostPerPage);
  throw new DomainError(
    'Validation',
    `too little fits among too many to look through at once: use ${pageField}, or narrow the filter`,
    'filter',
  );
}

export function pageRequest(args: {
  limit?: number | null | undefined;
  nextToken?: string | null | undefined;
}): PageRequest {
  const limit = args.limit ?? defaultLimit;
  return args.nextToken ? { limit, cursor: args.nextToken } : { limit };
}

/** A page as GraphQL shows it, of things that may be long: it ends early where they are. */
export async function fittingPage<Item, View>(
  request: PageRequest,
  list: (page: PageRequest) => Promise<Page<Item>>,
  view: (item: Item) => View,
): Promise<{ items: View[]; nextToken: string | null }> {
  const shown = pageView(await list(request), view);
  const limit = fittingOf(shown.items);
  // Read again for the place to go on from, which only the list itself can say.
  return limit === shown.items.length ? shown : pageView(await list({ ...request, limit }), view);
}

/** A page as GraphQL shows it. */
export function pageView<Item, View>(
  page: Page<Item>,
  view: (item: Item) => View,
): { items: View[]; nextToken: string | null } {
  return { items: page.items.map(view), nextToken: page.cursor ?? null };
}
