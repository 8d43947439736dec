import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../../local/events/pattern.ts';

function matches(pattern: object, event: object): boolean {
  return compilePattern(pattern)(event);
}

function field(matcher: unknown, value: unknown): boolean {
  return matches({ a: [matcher] }, { a: value });
}

describe('fields', () => {
  const event = {
    source: 'csms.ocpp',
    'detail-type': 'SessionEnded.v1',
    detail: { tenantId: 't1', energyWh: 1200, tags: ['fast', 'public'], evse: { id: 1 }, reason: null },
  };

  test('all fields of a pattern must match, any value of a field’s list may', () => {
    expect(matches({ source: ['x', 'csms.ocpp'], detail: { evse: { id: [1] } } }, event)).toBe(true);
    expect(matches({ source: ['csms.ocpp'], detail: { tenantId: ['t2'] } }, event)).toBe(false);
    expect(matches({ detail: { missing: ['x'] } }, event)).toBe(false);
  });

  test('an array in the event matches when one element does', () => {
    expect(matches({ detail: { tags: ['public'] } }, event)).toBe(true);
    expect(matches({ detail: { tags: ['private'] } }, event)).toBe(false);
    expect(matches({ list: { id: [2] } }, { list: [{ id: 1 }, { id: 2 }] })).toBe(true);
  });

  test('fields beside each other inside an array belong to the same element', () => {
    const list = [
      { id: 1, kind: 'a' },
      { id: 2, kind: 'b' },
    ];
    expect(matches({ list: { id: [1], kind: ['b'] } }, { list })).toBe(false);
    expect(matches({ list: { id: [2], kind: ['b'] } }, { list })).toBe(true);
  });

  test('values are equal by type: numbers are not texts, null is not absence', () => {
    expect(matches({ detail: { reason: [null] } }, event)).toBe(true);
    expect(matches({ detail: { nothing: [null] } }, event)).toBe(false);
    expect(field(1, '1')).toBe(false);
    expect(field(true, 'true')).toBe(false);
    expect(field('', '')).toBe(true);
  });

  test('$or takes one of its branches, besides the other fields', () => {
    const pattern = { source: ['s'], $or: [{ a: [1] }, { b: [{ prefix: 'x' }] }] };
    expect(matches(pattern, { source: 's', b: 'xy' })).toBe(true);
    expect(matches(pattern, { source: 's', a: 2, b: 'y' })).toBe(false);
    expect(matches(pattern, { source: 't', a: 1 })).toBe(false);
  });
});

describe('operators', () => {
  test.each([
    [{ prefix: 'ab' }, 'abc', true],
    [{ prefix: 'ab' }, 'xab', false],
    [{ prefix: { 'equals-ignore-case': 'AB' } }, 'aBc', true],
    [{ suffix: '.png' }, 'a.png', true],
    [{ suffix: '.png' }, 'a.png.exe', false],
    [{ suffix: { 'equals-ignore-case': '.PNG' } }, 'a.pNg', true],
    [{ 'equals-ignore-case': 'Alice' }, 'aLICE', true],
    [{ 'equals-ignore-case': 'Alice' }, 'Alices', false],
    [{ 'anything-but': 'a' }, 'b', true],
    [{ 'anything-but': 'a' }, 'a', false],
    [{ 'anything-but': ['a', 'b'] }, 'b', false],
    [{ 'anything-but': [1, 2] }, 3, true],
    [{ 'anything-but': { prefix: 'init' } }, 'initial', false],
    [{ 'anything-but': { prefix: ['x', 'y'] } }, 'z', true],
    [{ 'anything-but': { suffix: '.txt' } }, 'a.txt', false],
    [{ 'anything-but': { 'equals-ignore-case': ['A'] } }, 'a', false],
    [{ 'anything-but': { wildcard: '*/tmp/*' } }, '/x/tmp/y', false],
    [{ 'anything-but': { wildcard: '*/tmp/*' } }, '/x/y', true],
    [{ numeric: ['>', 0, '<=', 5] }, 5, true],
    [{ numeric: ['>', 0, '<=', 5] }, 0, false],
    [{ numeric: ['=', 3.0] }, 3, true],
    [{ numeric: ['<', 10] }, '3', false],
    [{ cidr: '10.0.0.0/24' }, '10.0.0.255', true],
    [{ cidr: '10.0.0.0/24' }, '10.0.1.0', false],
    [{ cidr: '2001:db8::/32' }, '2001:db8::1', true],
    [{ cidr: '10.0.0.0/24' }, 'no address', false],
    [{ exists: true }, 'x', true],
    [{ exists: true }, null, true],
    [{ exists: false }, 'x', false],
    [{ wildcard: 'a*c*e' }, 'abcde', true],
    [{ wildcard: 'a*c' }, 'abcd', false],
    [{ wildcard: 'a\\*c' }, 'a*c', true],
    [{ wildcard: 'a\\*c' }, 'abc', false],
    [{ wildcard: 'a.c' }, 'abc', false],
  ])('%j on %j gives %s', (matcher, value, expected) => {
    expect(field(matcher, value)).toBe(expected);
  });

  test('exists speaks of leaves, and absence of a parent is absence of its fields', () => {
    expect(matches({ a: [{ exists: false }] }, {})).toBe(true);
    expect(matches({ a: [{ exists: true }] }, {})).toBe(false);
    expect(matches({ a: { b: [{ exists: false }] } }, {})).toBe(true);
    expect(matches({ a: [{ exists: true }] }, { a: { b: 1 } })).toBe(false);
  });

  test('only exists matches a field that is not there', () => {
    expect(matches({ a: [{ 'anything-but': 'x' }] }, {})).toBe(false);
  });

  test('an operator that is not known is refused when the pattern is read', () => {
    expect(() => compilePattern({ a: [{ sounds: 'like' }] })).toThrow(/sounds/);
    expect(() => compilePattern({ a: 'not a list' })).toThrow();
    expect(() => compilePattern({ a: [{ numeric: ['~', 1] }] })).toThrow(/numeric/);
  });
});

describe('laws', () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const key = fc.string({ minLength: 1 }).filter((k) => k !== '$or' && k !== '__proto__');
  const flat = fc.dictionary(key, scalar, { minKeys: 1 });

  test('an event matches the pattern made of its own values, also when it has more fields', () => {
    fc.assert(
      fc.property(flat, flat, (event, more) => {
        const pattern = Object.fromEntries(Object.entries(event).map(([k, v]) => [k, [v]]));
        expect(matches({ detail: pattern }, { detail: { ...more, ...event } })).toBe(true);
      }),
    );
  });

  test('anything-but is the opposite of equality for a field that is there', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.integer()),
        fc.oneof(fc.string(), fc.integer()),
        (wanted, value) => {
          expect(field({ 'anything-but': [wanted] }, value)).toBe(!field(wanted, value));
        },
      ),
    );
  });

  test('prefix and suffix agree with wildcards', () => {
    const plain = fc.stringMatching(/^[a-c.]{0,4}$/);
    fc.assert(
      fc.property(plain, plain, (wanted, value) => {
        expect(field({ wildcard: `${wanted}*` }, value)).toBe(field({ prefix: wanted }, value));
        expect(field({ wildcard: `*${wanted}` }, value)).toBe(field({ suffix: wanted }, value));
      }),
    );
  });
});
