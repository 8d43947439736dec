import { describe, expect, test } from 'vitest';
import { checkRestrictions } from '#core/tokens/check-restrictions.ts';
import type { TokenRestrictions } from '#core/tokens/token-restrictions.ts';

const many = <Value>(length: number, value: Value) => Array.from({ length }, () => value);
const night = { from: '22:00', to: '06:00' };

describe('the restrictions of a token', () => {
  test.each<TokenRestrictions | null | undefined>([
    undefined,
    null,
    {},
    {
      stationIds: many(200, 'x'.repeat(48)),
      locationIds: ['L'],
      evseIds: many(100, 1),
      hours: many(50, night),
    },
  ])('may hold this much: %#', (restrictions) => {
    expect(() => checkRestrictions(restrictions)).not.toThrow();
  });

  test.each<[string, TokenRestrictions]>([
    ['stationIds', { stationIds: many(201, 'CS') }],
    ['stationIds', { stationIds: [] }],
    ['stationIds', { stationIds: ['CS', 'x'.repeat(49)] }],
    ['locationIds', { locationIds: [''] }],
    ['evseIds', { evseIds: many(101, 1) }],
    ['hours', { hours: many(51, night) }],
    ['hours', { hours: [] }],
  ])('are refused, naming the member at fault: %s', (member, restrictions) => {
    expect(() => checkRestrictions(restrictions)).toThrowError(
      expect.objectContaining({ code: 'Validation', field: `input.restrictions.${member}` }),
    );
  });
});
