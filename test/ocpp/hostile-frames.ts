import fc from 'fast-check';
import type { Fixture } from './fixture-files.ts';

/**
 * What stands in a payload for what `JSON.stringify` cannot write: numbers beyond a double, a member named
 * `__proto__`.
 */
const unwritable: readonly (readonly [mark: string, text: string])[] = [
  ['"@1e400@"', '1e400'],
  ['"@-1e400@"', '-1e400'],
  ['"@2^53+1@"', '9007199254740993'],
  ['"@30 digits@"', '123456789012345678901234567890'],
  ['"@tiny@"', '1e-320'],
  ['"@proto@"', '"__proto__"'],
];

/** A payload as text, marks replaced by what they stand for. */
export function hostileText(value: unknown): string {
  return unwritable.reduce((text, [mark, means]) => text.replaceAll(mark, means), JSON.stringify(value));
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Values that no schema means. */
const oddities: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -1, 0.1, 1.000_000_1, 1e15, -1e15, 1e25, 1e126, -1e130, 1e308, 5e-324],
    ...[2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    ...unwritable.map(([mark]) => JSON.parse(mark)),
    ...['', ' ', '\0', '\uD800', '\uDC00\uD800', '\u202E', '💥', 'NaN', '1e400', '#', '/', '..', '%2F', "'"],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '$ref', 'null', 'undefined'],
    ...['x'.repeat(37), 'x'.repeat(5_000), '💥'.repeat(300), '\u0000'.repeat(20)],
    ...[
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999Z',
      '2026-02-30T10:00:00Z',
      '2026-01-01',
      '+275760-09-13',
    ],
    ...['1969-12-31T23:59:59-23:59', '2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z'],
    [],
    {},
    [null],
    [[]],
    { '@proto@': { polluted: true } },
    { constructor: { prototype: { polluted: true } } },
    { vendorId: 'x', '@proto@': { polluted: true } },
    JSON.parse(nested(500)),
  ),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 2 }),
);

const memberNames = fc.constantFrom(
  '@proto@',
  'constructor',
  'prototype',
  'toString',
  'customData',
  'transactionId',
  'idTag',
  'idToken',
  'meterValue',
  'timestamp',
  '',
  '\uD800',
);

type Path = readonly (string | number)[];

/** Where all members of a payload stand, itself first. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...members.flatMap(([key, member]) => pathsIn(member, [...path, key]))];
}

/** A copy of a payload with one place in it changed; a change to `removed` takes the member away. */
function changed(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    const list = value.map((member, index) => (index === key ? changed(member, rest, change) : member));
    return list.filter((member) => member !== removed);
  }
  const members = Object.entries(value as object).map(([name, member]) =>
    name === key ? [name, changed(member, rest, change)] : [name, member],
  );
  return Object.fromEntries(members.filter(([, member]) => member !== removed));
}
const removed = Symbol('removed');

type Change = (old: unknown) => unknown;

const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: oddities.map((odd) => () => odd) },
  { weight: 2, arbitrary: fc.constant(() => removed) },
  {
    weight: 2,
    arbitrary: fc.tuple(memberNames, oddities).map(
      ([name, odd]) =>
        (old: unknown) =>
          isRecord(old) ? { ...old, [name]: odd } : odd,
    ),
  },
  { weight: 1, arbitrary: fc.constant((old: unknown) => [old]) },
  { weight: 1, arbitrary: fc.constant((old: unknown) => ({ value: old })) },
  {
    weight: 1,
    arbitrary: fc.constant((old: unknown) => (Array.isArray(old) ? [...old, ...old, ...old] : [old, old])),
  },
  {
    weight: 1,
    arbitrary: fc.constant((old: unknown) =>
      typeof old === 'string' ? old.slice(0, 50).repeat(400) : JSON.stringify(old),
    ),
  },
);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An example message with up to three places of its payload changed. */
export interface MutatedMessage {
  readonly action: string;
  readonly payload: unknown;
}

export function mutated(fixtures: readonly Fixture[]): fc.Arbitrary<MutatedMessage> {
  const mutations = fc.array(fc.tuple(fc.nat(), changes), { minLength: 1, maxLength: 3 });
  return fc.tuple(fc.constantFrom(...fixtures), mutations).map(([{ action, payload }, steps]) => {
    const mutated = steps.reduce<unknown>((current, [place, change]) => {
      const paths = pathsIn(current);
      const result = changed(current, paths[place % paths.length] ?? [], change);
      return result === removed ? {} : result;
    }, payload);
    return { action, payload: mutated };
  });
}

const ids = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    ' ',
    'x',
    '-1',
    '__proto__',
    '\uD800',
    'x'.repeat(3_000),
    null,
    7,
    [],
    {},
    true,
  ),
  fc.uuid(),
);
const words = fc.oneof(
  fc.constantFrom<unknown>('Heartbeat', 'heartbeat', 'constructor', '__proto__', '', null, 7, {}, [
    'Heartbeat',
  ]),
  fc.string({ unit: 'binary' }),
);

/** What follows the id in a CALLERROR, of any shape. */
export const strayErrors: fc.Arbitrary<readonly unknown[]> = fc
  .tuple(words, oddities, oddities)
  .chain((parts) => fc.nat(3).map((count) => parts.slice(0, count)));

/** Texts that are no frame, frames that are odd, and answers to calls that nobody made. */
export const strayTexts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.array(oddities, { maxLength: 6 }).map(hostileText),
  fc
    .tuple(fc.constantFrom<unknown>(2, 3, 4, 5, 6, '2', 2.5, -2, null), ids, words, oddities)
    .map(hostileText),
  fc.tuple(fc.constant(3), ids, oddities).map(hostileText),
  fc.tuple(fc.constant(4), ids, words, oddities, oddities).map(hostileText),
  fc.tuple(fc.constant(4), ids).map(hostileText),
  fc.constantFrom(
    ...[
      '',
      '\0',
      '[',
      '[2',
      '[2,',
      '[]',
      '[[]]',
      '{}',
      'null',
      '2',
      '"',
      '[2,"a","Heartbeat",{}',
      '[2,"a","Heartbeat",}]',
    ],
    ...[
      '[2,"a","Heartbeat",{}]]',
      "[2,'a','Heartbeat',{}]",
      '[2,"a","Heartbeat",NaN]',
      '[2,"a","Heartbeat",{},{},{}]',
    ],
    ...[
      '\uFEFF[2,"a","Heartbeat",{}]',
      '[2,"a","Heartbeat",{"__proto__":{"polluted":true}}]',
      '[1e400,"a","b",{}]',
    ],
    nested(60_000),
    `[2,"a","Heartbeat",${nested(60_000)}]`,
    `[2,"a","Heartbeat",${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}]`,
    `[2,"a","DataTransfer",{"vendorId":"x","data":"${'x'.repeat(130 * 1024)}"}]`,
  ),
);

/** Any beginning of a text that is not all of it. */
export function truncated(text: string): fc.Arbitrary<string> {
  return fc.nat(Math.max(0, text.length - 1)).map((length) => text.slice(0, length));
}
