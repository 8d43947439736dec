import { expect, test } from 'vitest';
import type { Page, PageRequest } from '#core/ports.ts';
import { filteredPage } from '../../functions/graphql/filtered-page.ts';
import { plainList } from '../../functions/graphql/paging.ts';

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
