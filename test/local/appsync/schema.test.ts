import { isScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildAppSyncSchema } from '../../../local/appsync/schema/build.ts';

const QUERY = 'type Query { a: String }';

describe('a schema', () => {
  it('uses the scalars and directives of AppSync without declaring them', () => {
    const { executable, subscriptionsOf } = buildAppSyncSchema(`
      type Query { at: AWSDateTime @aws_oidc }
      type Mutation { one: String two: String @aws_api_key @aws_lambda }
      type Subscription { onAny: String @aws_subscribe(mutations: ["one", "two"]) }
    `);

    expect(executable.getType('AWSDateTime')).toBeDefined();
    expect([...subscriptionsOf]).toEqual([
      ['one', ['onAny']],
      ['two', ['onAny']],
    ]);
  });

  it('may repeat the declarations of AppSync, as tools write them', () => {
    const sdl = `scalar AWSJSON directive @aws_iam on OBJECT ${QUERY}`;

    expect(() => buildAppSyncSchema(sdl)).not.toThrow();
  });

  it.each([
    ['a custom scalar', `scalar DateTime ${QUERY}`, /no custom scalars: DateTime/],
    ['an unknown type', 'type Query { a: Missing }', /Missing/],
    ['an unknown directive', 'type Query { a: String @magic }', /@magic/],
    ['no query', 'type Thing { a: String }', /Query root type/],
    [
      'a subscription to no mutation',
      `${QUERY} type Subscription { s: String @aws_subscribe(mutations: ["m"]) }`,
      /unknown mutation m/,
    ],
    [
      'a subscription of another type than its mutation',
      `${QUERY} type Mutation { m: Int } type Subscription { s: String @aws_subscribe(mutations: ["m"]) }`,
      /same type/,
    ],
  ])('with %s is refused', (_, sdl, message) => {
    expect(() => buildAppSyncSchema(sdl)).toThrow(message);
  });
});

describe('the scalar', () => {
  const { executable } = buildAppSyncSchema(
    `type Query { a: AWSDate b: AWSTime c: AWSDateTime d: AWSTimestamp e: AWSEmail f: AWSURL g: AWSPhone h: AWSIPAddress }`,
  );

  it.each([
    ['AWSDate', ['2024-02-29', '1970-01-01Z', '1970-01-01+05:30'], ['2023-02-29', '2024-1-1', 20240101]],
    ['AWSTime', ['12:30', '12:30Z', '12:30:24.500+05:30'], ['24:00', '12:60', '12']],
    [
      'AWSDateTime',
      ['2026-01-02T03:04Z', '2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05-07:00'],
      ['2026-01-02T03:04:05', '2026-01-02', '2026-02-30T00:00:00Z', '2026-01-02 03:04:05Z'],
    ],
    ['AWSTimestamp', [0, -1, 1767323045], ['1767323045', 1.5]],
    ['AWSEmail', ['a.b@example.com'], ['a.b', 'a b@example.com']],
    ['AWSURL', ['https://example.com/a?b', 'ocpi:x'], ['example.com']],
    ['AWSPhone', ['+33 1 23 45 67 89', '555-123-4567'], ['abc', '']],
    [
      'AWSIPAddress',
      ['192.168.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'],
      ['256.1.1.1', '10.0.0.0/33', 'x'],
    ],
  ])('%s takes %j and refuses %j', (name, valid, invalid) => {
    const type = executable.getType(name);
    if (!isScalarType(type)) throw new Error(`${name} is no scalar`);

    for (const value of valid) {
      expect(type.coerceInputValue(value)).toBe(value);
      expect(type.coerceOutputValue(value)).toBe(value);
    }
    for (const value of invalid) {
      expect(() => type.coerceInputValue(value)).toThrow(`valid ${name}`);
      expect(() => type.coerceOutputValue(value)).toThrow(`valid ${name}`);
    }
  });
});
