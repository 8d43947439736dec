import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChargingProfile,
  type ChargingSchedule,
  hasOneDecimal,
  toTenths,
} from '#core/smart-charging/charging-profile.ts';
import {
  conflictingProfile,
  faultOfProfile,
  type ProfileRules,
} from '#core/smart-charging/profile-faults.ts';
import { readProfile } from '#core/smart-charging/read-profile.ts';

const schedule: ChargingSchedule = { unit: 'A', startAt: 0, periods: [{ startS: 0, limit: 16 }] };
const good: ChargingProfile = {
  profileId: 1,
  purpose: 'EVSE_DEFAULT',
  stackLevel: 1,
  kind: 'ABSOLUTE',
  schedules: [schedule],
};

function faultAt(
  profile: Partial<ChargingProfile>,
  rules: Partial<ProfileRules> = {},
  withSchedule: Partial<ChargingSchedule> = {},
): string | undefined {
  const schedules = [{ ...schedule, ...withSchedule }];
  return faultOfProfile({ ...good, schedules, ...profile }, { evseId: 1, limits: {}, ...rules })?.path.join(
    '.',
  );
}

const { startAt: _, ...relative } = schedule;
const periods = (...list: ChargingSchedule['periods'][number][]) => ({ periods: list });

describe('a charging profile', () => {
  test('that keeps the rules has no fault', () => {
    expect(faultAt({})).toBeUndefined();
    expect(faultAt({ purpose: 'TRANSACTION', transactionRef: 'tx' })).toBeUndefined();
    expect(
      faultAt({ purpose: 'TRANSACTION', kind: 'RELATIVE', schedules: [relative] }, { withStart: true }),
    ).toBeUndefined();
  });

  test.each([
    ['a limit of the station at an EVSE', faultAt({ purpose: 'STATION_MAX' }), 'evseId'],
    [
      'a relative limit of the station [K01.FR.38]',
      faultAt({ purpose: 'STATION_MAX', kind: 'RELATIVE', schedules: [relative] }, { evseId: 0 }),
      'kind',
    ],
    ['limits from outside [K01.FR.22]', faultAt({ purpose: 'EXTERNAL' }), 'purpose'],
    ['a transaction without a name [K01.FR.03]', faultAt({ purpose: 'TRANSACTION' }), 'transactionRef'],
    [
      'a transaction of the whole station [K01.FR.16]',
      faultAt({ purpose: 'TRANSACTION', transactionRef: 'tx' }, { evseId: 0 }),
      'evseId',
    ],
    [
      'a named transaction in a remote start [TC_059, K05]',
      faultAt({ purpose: 'TRANSACTION', transactionRef: 'tx' }, { withStart: true }),
      'transactionRef',
    ],
    ['a default that goes with a remote start', faultAt({}, { withStart: true }), 'purpose'],
    ['a default of a transaction', faultAt({ transactionRef: 'tx' }), 'transactionRef'],
    [
      'a level above the station’s',
      faultAt({ stackLevel: 3 }, { limits: { profileStackLevel: 2 } }),
      'stackLevel',
    ],
    ['a recurring one without a recurrence', faultAt({ kind: 'RECURRING' }), 'recurrency'],
    ['a recurrence of what does not recur', faultAt({ recurrency: 'DAILY' }), 'recurrency'],
    ['a validity that ends before it begins', faultAt({ validFrom: 2, validTo: 1 }), 'validTo'],
    ['several schedules but for a transaction', faultAt({ schedules: [schedule, schedule] }), 'schedules'],
    ['four schedules', faultAt({ schedules: [schedule, schedule, schedule, schedule] }), 'schedules'],
    [
      'an absolute one without a start [K01.FR.40]',
      faultAt({ schedules: [relative] }, { startRequired: true }),
      'schedules.0.startAt',
    ],
    ['a relative one with a start [K01.FR.41]', faultAt({ kind: 'RELATIVE' }), 'schedules.0.startAt'],
    [
      'a day longer than a day',
      faultAt({ kind: 'RECURRING', recurrency: 'DAILY' }, {}, { durationS: 86_401 }),
      'schedules.0.durationS',
    ],
    [
      'more periods than the station takes',
      faultAt(
        {},
        { limits: { periodsPerSchedule: 1 } },
        periods({ startS: 0, limit: 1 }, { startS: 1, limit: 1 }),
      ),
      'schedules.0.periods',
    ],
    ['no periods', faultAt({}, {}, periods()), 'schedules.0.periods'],
    [
      'a unit that the station does not know',
      faultAt({}, { limits: { rateUnits: ['W'] } }),
      'schedules.0.unit',
    ],
    [
      'a first period that is late [K01.FR.31]',
      faultAt({}, {}, periods({ startS: 5, limit: 1 })),
      'schedules.0.periods.0.startS',
    ],
    [
      'periods out of order [K01.FR.35]',
      faultAt({}, {}, periods({ startS: 0, limit: 1 }, { startS: 9, limit: 1 }, { startS: 9, limit: 2 })),
      'schedules.0.periods.2.startS',
    ],
    [
      'row 50: a limit with two decimals',
      faultAt({}, {}, periods({ startS: 0, limit: 16.15 })),
      'schedules.0.periods.0.limit',
    ],
    ['a limit below zero', faultAt({}, {}, periods({ startS: 0, limit: -1 })), 'schedules.0.periods.0.limit'],
    [
      'four phases',
      faultAt({}, {}, periods({ startS: 0, limit: 1, phases: 4 })),
      'schedules.0.periods.0.phases',
    ],
    [
      'a chosen phase of three [K01.FR.19]',
      faultAt({}, {}, periods({ startS: 0, limit: 1, phases: 3, phaseToUse: 2 })),
      'schedules.0.periods.0.phaseToUse',
    ],
  ])('%s is refused, naming the member', (_name, found, expected) => {
    expect(found).toBe(expected);
  });

  test('row 50: every whole count of tenths has one decimal, and nothing between them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (tenths) => {
        expect(hasOneDecimal(tenths / 10)).toBe(true);
        expect(hasOneDecimal(tenths / 10 + 0.05)).toBe(false);
        expect(toTenths(tenths / 10)).toBe(tenths);
      }),
    );
  });

  test('conflicts with another of its place, purpose and level while both are valid [K01.FR.06, K01.FR.39]', () => {
    const held = (more: Partial<ChargingProfile>, evseId = 1) =>
      ({ evseId, profile: { ...good, profileId: 9, ...more }, source: 'CSO', installedAt: 0 }) as const;
    const conflicts = (more: Partial<ChargingProfile>, other: ReturnType<typeof held>) =>
      conflictingProfile({ evseId: 1, profile: { ...good, ...more } }, [other]) !== undefined;

    expect(conflicts({}, held({}))).toBe(true);
    expect(conflicts({}, held({ profileId: 1 }))).toBe(false);
    expect(conflicts({}, held({}, 2))).toBe(false);
    expect(conflicts({}, held({ stackLevel: 2 }))).toBe(false);
    expect(conflicts({ validTo: 100 }, held({ validFrom: 100 }))).toBe(false);
    expect(conflicts({ validTo: 101 }, held({ validFrom: 100 }))).toBe(true);
    const ofTransaction = { purpose: 'TRANSACTION', transactionRef: 'tx' } as const;
    expect(conflicts(ofTransaction, held({ ...ofTransaction, validTo: 1, validFrom: 0 }))).toBe(true);
    expect(conflicts(ofTransaction, held({ ...ofTransaction, transactionRef: 'ty' }))).toBe(false);
  });

  test('is read from what callers write, and a member that is wrong is named', () => {
    const written = {
      profileId: 1,
      purpose: 'EVSE_DEFAULT',
      stackLevel: 1,
      kind: 'ABSOLUTE',
      validTo: '2030-01-01T00:00:00Z',
      schedules: [{ unit: 'A', startAt: '1970-01-01T00:00:00Z', periods: [{ startS: 0, limit: 16 }] }],
    };

    expect(readProfile(written, 'profile')).toEqual({ ...good, validTo: Date.UTC(2030, 0, 1) });
    for (const [more, field] of [
      [{ kind: 'SOMETIMES' }, 'profile.kind'],
      [{ validFrom: 'soon' }, 'profile.validFrom'],
      [{ schedules: {} }, 'profile.schedules'],
      [{ schedules: [{ unit: 'A', periods: [{ startS: 0 }] }] }, 'profile.schedules.0.periods.0.limit'],
    ] as const) {
      expect(() => readProfile({ ...written, ...more }, 'profile')).toThrow(
        expect.objectContaining({ field }),
      );
    }
  });
});
