import { expect, test } from 'vitest';
import type { Page, PageRequest } from '#core/ports.ts';
import { filteredPage } from '../../functions/graphql/filtered-page.ts';
import { fittingPage, plainList } from '../../functions/graphql/paging.ts';

/** A list of the numbers below `count`, by the number to go on with. */
function numbersBelow(count: number) {
  return async ({ limit, cursor = '0' }: PageRequest): Promise<Page<number>> => {
    const from = Number(cursor);
    const items = Array.from({ length: Math.min(limit, count - from) }, (_, index) => from + index);
    const next = from + items.length;
    return next < count ? { items, cursor: String(next) } : { items };
  };
}

/** Those of them that are multiples of `step`. */
function multiplesBelow(count: number, step: number) {
  return (page: PageRequest) => filteredPage(numbersBelow(count), (number) => number % step === 0, page);
}

test('a plain list gives the first two hundred that fit, however far apart they are', async () => {
  expect(await plainList('numbersPage', numbersBelow(100_000))).toHaveLength(200);
  expect(await plainList('numbersPage', multiplesBelow(100_000, 20))).toHaveLength(200);
  expect((await plainList('numbersPage', multiplesBelow(100_000, 20))).at(-1)).toBe(199 * 20);
});

test('a plain list gives the few that fit when it has seen all', async () => {
  expect(await plainList('numbersPage', multiplesBelow(5_000, 1_000))).toEqual([
    0, 1_000, 2_000, 3_000, 4_000,
  ]);
  expect(await plainList('numbersPage', numbersBelow(0))).toEqual([]);
});

test('a plain list refuses, with the field that pages, rather than pass for all there is', async () => {
  await expect(plainList('numbersPage', multiplesBelow(100_000, 10_000))).rejects.toMatchObject({
    code: 'Validation',
    message: expect.stringContaining('use numbersPage'),
    field: 'filter',
  });
});

test('a page of long things ends early, and the next one goes on behind it', async () => {
  const long = (number: number) => `${number}/${'x'.repeat(number % 2 === 0 ? 150_000 : 50_000)}`;
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const request = { limit: 20, ...(cursor === undefined ? {} : { cursor }) };
    const page = await fittingPage(request, numbersBelow(50), long);
    expect(page.items.length).toBeLessThan(20);
    expect(JSON.stringify(page).length).toBeLessThan(1_100_000);
    seen.push(...page.items.map((text) => Number(text.split('/')[0])));
    cursor = page.nextToken ?? undefined;
  } while (cursor !== undefined);

  expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index));
});

test('a page has one thing at least, however long it is', async () => {
  const page = await fittingPage({ limit: 5 }, numbersBelow(3), () => 'x'.repeat(2_000_000));

  expect(page).toMatchObject({ items: [expect.any(String)], nextToken: '1' });
});
