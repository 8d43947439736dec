import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFilterError, passes, readFilter } from '../../../local/appsync/realtime/filters.ts';

const PAYLOAD = {
  status: 'Charging',
  powerW: 7000,
  public: true,
  tags: ['fast', 'roaming'],
  site: { id: 's1', address: { city: 'Lyon' } },
  nothing: null,
};

const one = (fieldName: string, operator: string, value: unknown): unknown => ({
  filterGroup: [{ filters: [{ fieldName, operator, value }] }],
});

describe('a comparison', () => {
  it.each([
    ['status', 'eq', 'Charging', 'Available'],
    ['public', 'eq', true, false],
    ['status', 'ne', 'Available', 'Charging'],
    ['powerW', 'le', 7000, 6999],
    ['powerW', 'lt', 7001, 7000],
    ['powerW', 'ge', 7000, 7001],
    ['powerW', 'gt', 6999, 7000],
    ['status', 'gt', 'B', 'D'],
    ['powerW', 'between', [7000, 8000], [7001, 8000]],
    ['status', 'beginsWith', 'Char', 'char'],
    ['status', 'contains', 'arg', 'xyz'],
    ['tags', 'contains', 'fast', 'fas'],
    ['status', 'notContains', 'xyz', 'arg'],
    ['tags', 'notContains', 'slow', 'fast'],
    ['status', 'in', ['A', 'Charging'], ['A', 'B']],
    ['status', 'notIn', ['A', 'B'], ['A', 'Charging']],
    ['tags', 'containsAny', ['slow', 'roaming'], ['slow']],
    ['site.address.city', 'eq', 'Lyon', 'Paris'],
  ])('%s %s holds for %j and not for %j', (fieldName, operator, holding, failing) => {
    expect(passes(readFilter(one(fieldName, operator, holding)), PAYLOAD)).toBe(true);
    expect(passes(readFilter(one(fieldName, operator, failing)), PAYLOAD)).toBe(false);
  });

  it.each(['eq', 'ne', 'notContains', 'gt'])('%s fails on a field that is null or absent', (operator) => {
    for (const fieldName of ['nothing', 'absent', 'site.absent.city']) {
      expect(passes(readFilter(one(fieldName, operator, 'x')), PAYLOAD)).toBe(false);
    }
  });

  it('does not compare a number with a string', () => {
    expect(passes(readFilter(one('powerW', 'ge', '1')), PAYLOAD)).toBe(false);
    expect(passes(readFilter(one('powerW', 'eq', '7000')), PAYLOAD)).toBe(false);
  });
});

describe('a filter', () => {
  it('passes when every comparison of any one group holds', () => {
    const comparison = fc.record({ actual: fc.nat(3), wanted: fc.nat(3) });
    const groups = fc.array(fc.array(comparison, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });

    fc.assert(
      fc.property(groups, (drawn) => {
        const payload: Record<string, number> = {};
        const filterGroup = drawn.map((group, g) => ({
          filters: group.map(({ actual, wanted }, index) => {
            payload[`f${g}_${index}`] = actual;
            return { fieldName: `f${g}_${index}`, operator: 'eq', value: wanted };
          }),
        }));

        const expected = drawn.some((group) => group.every(({ actual, wanted }) => actual === wanted));
        expect(passes(readFilter({ filterGroup }), payload)).toBe(expected);
      }),
    );
  });

  it.each([
    ['six values for in', one('a', 'in', [1, 2, 3, 4, 5, 6])],
    ['six values for notIn', one('a', 'notIn', [1, 2, 3, 4, 5, 6])],
    ['no value for in', one('a', 'in', [])],
    [
      '21 values for containsAny',
      one(
        'a',
        'containsAny',
        Array.from({ length: 21 }, (_, index) => index),
      ),
    ],
    ['three values for between', one('a', 'between', [1, 2, 3])],
    ['a boolean for gt', one('a', 'gt', true)],
    ['null for eq', one('a', 'eq', null)],
    ['an object for eq', one('a', 'eq', {})],
    ['an unknown operator', one('a', 'matches', 'x')],
    ['a member every object has', one('a', 'constructor', 'x')],
    ['a path of six levels', one('a.b.c.d.e.f', 'eq', 1)],
    ['a path of 257 characters', one('a'.repeat(257), 'eq', 1)],
    ['no groups', { filterGroup: [] }],
    ['an empty group', { filterGroup: [{ filters: [] }] }],
  ])('with %s is refused', (_, filter) => {
    expect(() => readFilter(filter)).toThrow(InvalidFilterError);
  });

  it('takes five values for in and twenty for containsAny', () => {
    expect(() => readFilter(one('a', 'in', [1, 2, 3, 4, 5]))).not.toThrow();
    expect(() => readFilter(one('a', 'containsAny', Array.from({ length: 20 }, String)))).not.toThrow();
  });
});
