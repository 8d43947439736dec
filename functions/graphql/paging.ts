import * as z from 'zod';
import type { Page, PageRequest } from '#core/ports.ts';

const defaultLimit = 50;
const mostPerPage = 200;

/** The arguments of every `…Page` field. */
export const pagingShape = {
  limit: z.int().min(1).max(mostPerPage).nullish(),
  nextToken: z.string().min(1).nullish(),
};

/** What a list without paging gives: its first page, as long as a page may be. */
export const firstPage: PageRequest = { limit: mostPerPage };

export function pageRequest(args: {
  limit?: number | null | undefined;
  nextToken?: string | null | undefined;
}): PageRequest {
  const limit = args.limit ?? defaultLimit;
  return args.nextToken ? { limit, cursor: args.nextToken } : { limit };
}

/** A page as GraphQL shows it. */
export function pageView<Item, View>(
  page: Page<Item>,
  view: (item: Item) => View,
): { items: View[]; nextToken: string | null } {
  return { items: page.items.map(view), nextToken: page.cursor ?? null };
}
