import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrderedMap } from '../../../local/dynamodb/ordered-map.ts';

const key = fc.integer({ min: 0, max: 3000 }).map((number) => number.toString(36).padStart(3, '0'));
const bound = fc.option(key, { nil: undefined });
const changes = fc.array(fc.tuple(key, fc.boolean()), { minLength: 0, maxLength: 3000 });

test('it holds the same as a plain map, in order, within any bounds', () => {
  fc.assert(
    fc.property(changes, bound, bound, fc.boolean(), fc.boolean(), (steps, from, to, isOpen, reverse) => {
      const map = new OrderedMap<number>();
      const model = new Map<string, number>();
      for (const [index, [name, isPut]] of steps.entries()) {
        if (isPut) model.set(name, index);
        else model.delete(name);
        if (isPut) map.set(name, index);
        else map.delete(name);
      }
      const lower = from === undefined ? {} : isOpen ? { gt: from } : { gte: from };
      const upper = to === undefined ? {} : isOpen ? { lt: to } : { lte: to };

      const walked = [...map.entries({ ...lower, ...upper, reverse })];

      const isWithin = (name: string) =>
        (from === undefined || name > from || (!isOpen && name === from)) &&
        (to === undefined || name < to || (!isOpen && name === to));
      const expected = [...model]
        .filter(([name]) => isWithin(name))
        .sort(([left], [right]) => (left < right ? -1 : 1));
      expect(walked).toEqual(reverse ? expected.reverse() : expected);
      expect(map.size).toBe(model.size);
      for (const [name, value] of model) expect(map.get(name)).toBe(value);
    }),
    { numRuns: 60 },
  );
});
