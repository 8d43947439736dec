import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  ChargingProfile,
  ChargingSchedule,
  ExternalLimit,
  InstalledProfile,
} from '#core/smart-charging/charging-profile.ts';
import { differencesOf } from '#core/smart-charging/composite-of-station.ts';
import {
  type ChargingFacts,
  type CompositePeriod,
  compositeSchedule,
} from '#core/smart-charging/composite-schedule.ts';

const midnight = Date.UTC(2026, 5, 15);
const hourS = 3600;
const electrics = { voltageV: 230, phases: 3, direct: false };

function installed(more: Partial<ChargingProfile>, evseId = 1): InstalledProfile {
  const profile: ChargingProfile = {
    profileId: 1,
    purpose: 'EVSE_DEFAULT',
    stackLevel: 0,
    kind: 'ABSOLUTE',
    schedules: [{ unit: 'A', startAt: midnight, periods: [{ startS: 0, limit: 16 }] }],
    ...more,
  };
  return { evseId, profile, source: 'CSO', installedAt: 0 };
}

const constant = (limit: number, more: Partial<ChargingSchedule> = {}): readonly ChargingSchedule[] => [
  { unit: 'A', startAt: midnight, periods: [{ startS: 0, limit }], ...more },
];

function composite(
  facts: Partial<ChargingFacts>,
  question: { startAt?: number; durationS?: number; unit?: 'A' | 'W'; evseId?: number } = {},
): readonly CompositePeriod[] {
  return compositeSchedule(
    { evseId: 1, startAt: midnight, durationS: 24 * hourS, unit: 'A', ...question },
    { profiles: [], limits: [], electrics, ...facts },
  );
}

describe('a composite schedule', () => {
  test('says nothing where nobody limits', () => {
    expect(composite({})).toEqual([{ startS: 0 }]);
  });

  test('takes the highest stack level that says something, and the next when it ends [TC_066, K08]', () => {
    const profiles = [
      installed({ stackLevel: 1, schedules: constant(16) }),
      installed({ profileId: 2, stackLevel: 5, schedules: constant(32, { durationS: hourS }) }),
    ];

    expect(composite({ profiles })).toEqual([
      { startS: 0, limit: 32, phases: 3 },
      { startS: hourS, limit: 16, phases: 3 },
    ]);
  });

  test('puts the profile of the transaction in place of the default, and neither above the station’s [K01, K08]', () => {
    const profiles = [
      installed({ schedules: constant(6) }),
      installed({ profileId: 2, purpose: 'TRANSACTION', transactionRef: 'tx', schedules: constant(32) }),
      installed({ profileId: 3, purpose: 'STATION_MAX', schedules: constant(20) }, 0),
    ];
    const transaction = { transactionRef: 'tx', startedAt: midnight };

    expect(composite({ profiles, transaction })).toEqual([{ startS: 0, limit: 20, phases: 3 }]);
    expect(composite({ profiles })).toEqual([{ startS: 0, limit: 6, phases: 3 }]);
  });

  test('repeats recurring profiles day by day', () => {
    const schedule: ChargingSchedule = {
      unit: 'A',
      startAt: midnight - 30 * 24 * hourS * 1000,
      durationS: 8 * hourS,
      periods: [
        { startS: 0, limit: 10 },
        { startS: 6 * hourS, limit: 20 },
      ],
    };
    const profiles = [installed({ kind: 'RECURRING', recurrency: 'DAILY', schedules: [schedule] })];

    expect(
      composite({ profiles }, { durationS: 32 * hourS }).map(({ startS, limit }) => [startS / hourS, limit]),
    ).toEqual([
      [0, 10],
      [6, 20],
      [8, undefined],
      [24, 10],
      [30, 20],
    ]);
  });

  test('lets relative profiles begin with the transaction', () => {
    const schedules: ChargingSchedule[] = [
      {
        unit: 'A',
        periods: [
          { startS: 0, limit: 32 },
          { startS: hourS, limit: 8 },
        ],
      },
    ];
    const profiles = [
      installed({ purpose: 'TRANSACTION', transactionRef: 'tx', kind: 'RELATIVE', schedules }),
    ];
    const transaction = { transactionRef: 'tx', startedAt: midnight - 1800_000 };

    expect(composite({ profiles, transaction })).toEqual([
      { startS: 0, limit: 32, phases: 3 },
      { startS: 1800, limit: 8, phases: 3 },
    ]);
  });

  test('counts a profile within its validity alone', () => {
    const validity = { validFrom: midnight + hourS * 1000, validTo: midnight + 2 * hourS * 1000 };

    expect(composite({ profiles: [installed(validity)] })).toEqual([
      { startS: 0 },
      { startS: hourS, limit: 16, phases: 3 },
      { startS: 2 * hourS },
    ]);
  });

  test('takes limits from outside into account [K11]', () => {
    const limits: ExternalLimit[] = [
      { evseId: 0, source: 'EMS', schedules: constant(9.5), notedAt: midnight },
      { evseId: 2, source: 'SO', schedules: constant(1), notedAt: midnight },
    ];

    expect(composite({ limits, profiles: [installed({})] })).toEqual([{ startS: 0, limit: 9.5, phases: 3 }]);
  });

  test('changes units by voltage and phases, rounding down', () => {
    const onePhase = constant(16, { periods: [{ startS: 0, limit: 16, phases: 1 }] });
    const watts = constant(11_000, { unit: 'W' });

    expect(composite({ profiles: [installed({ schedules: onePhase })] }, { unit: 'W' })).toEqual([
      { startS: 0, limit: 3680, phases: 1 },
    ]);
    expect(composite({ profiles: [installed({ schedules: watts })] })).toEqual([
      { startS: 0, limit: 15.9, phases: 3 },
    ]);
  });

  test('of two schedules tells the stretches in which they differ [TC_066]', () => {
    const ours = [
      { startS: 0, limit: 16 },
      { startS: 100, limit: 8 },
    ];
    const theirs = [
      { startS: 0, limit: 16 },
      { startS: 120, limit: 8.1 },
    ];

    expect(differencesOf(ours, theirs, 200)).toEqual([{ fromS: 100, toS: 120, ours: 8, theirs: 16 }]);
  });
});

/** Plain arithmetic beside that of the code: in tenths of an ampere, rounded down. */
function tenthAmps(limit: number, unit: 'A' | 'W', phases: number): number {
  return unit === 'A' ? Math.round(limit * 10) : Math.floor(Math.round(limit * 10) / (230 * phases));
}

const cycleMs = { DAILY: 86_400_000, WEEKLY: 604_800_000 };

function limitOfSchedule(
  schedule: ChargingSchedule,
  { kind, recurrency }: ChargingProfile,
  { now, origin }: { now: number; origin: number },
): readonly number[] {
  const passed = now - (kind === 'RELATIVE' ? origin : (schedule.startAt ?? origin));
  const since = recurrency === undefined || passed < 0 ? passed : passed % cycleMs[recurrency];
  const ended = schedule.durationS !== undefined && since >= schedule.durationS * 1000;
  const begun = schedule.periods.filter(({ startS }) => since >= 0 && startS * 1000 <= since);
  const last = ended ? undefined : begun.at(-1);
  return last === undefined ? [] : [tenthAmps(last.limit, schedule.unit, last.phases ?? 3)];
}

/** Says for one second what holds then, by looking at everything anew: slow, and plain enough to be believed. */
function limitInSecond(facts: ChargingFacts, startAt: number, second: number): number | undefined {
  const now = startAt + second * 1000;
  const origin = facts.transaction?.startedAt ?? startAt;
  const places = [3, 2, 1, 0].flatMap((level) => [1, 0].map((evseId) => ({ level, evseId })));
  const ofPurpose = (purpose: string): readonly number[] => {
    const spoken = places.map(({ level, evseId }) =>
      facts.profiles
        .filter((one) => one.evseId === evseId && one.profile.stackLevel === level)
        .filter(({ profile }) => profile.purpose === purpose)
        .filter(() => purpose !== 'TRANSACTION' || facts.transaction !== undefined)
        .filter(({ profile }) => now >= (profile.validFrom ?? now) && now < (profile.validTo ?? now + 1))
        .flatMap(({ profile }) =>
          profile.schedules.flatMap((schedule) => limitOfSchedule(schedule, profile, { now, origin })),
        ),
    );
    return spoken.find((limits) => limits.length > 0) ?? [];
  };
  const own = ofPurpose('TRANSACTION');
  const all = [
    ...(own.length > 0 ? own : ofPurpose('EVSE_DEFAULT')),
    ...ofPurpose('STATION_MAX'),
    ...ofPurpose('EXTERNAL'),
  ];
  return all.length === 0 ? undefined : Math.min(...all) / 10;
}

const windowS = 600;
const around = fc.integer({ min: -400, max: 700 }).map((seconds) => midnight + seconds * 1000);

const anySchedule: fc.Arbitrary<ChargingSchedule> = fc.record(
  {
    unit: fc.constantFrom('A' as const, 'W' as const),
    startAt: around,
    durationS: fc.integer({ min: 1, max: 900 }),
    periods: fc
      .uniqueArray(
        fc.record({ startS: fc.integer({ min: 1, max: 800 }), limit: fc.integer({ min: 0, max: 9000 }) }),
        { maxLength: 4, selector: ({ startS }) => startS },
      )
      .map((rest) =>
        [{ startS: 0, limit: 77 }, ...rest.toSorted((one, other) => one.startS - other.startS)].map(
          ({ startS, limit }) => ({ startS, limit: limit / 10 }),
        ),
      ),
  },
  { requiredKeys: ['unit', 'periods'] },
);

/** Levels of a purpose and EVSE are taken once, as stations see to. */
const anyProfiles: fc.Arbitrary<readonly InstalledProfile[]> = fc.uniqueArray(
  fc
    .record({
      purpose: fc.constantFrom(
        'TRANSACTION' as const,
        'EVSE_DEFAULT' as const,
        'STATION_MAX' as const,
        'EXTERNAL' as const,
      ),
      stackLevel: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom('ABSOLUTE' as const, 'RECURRING' as const, 'RELATIVE' as const),
      recurrency: fc.constantFrom('DAILY' as const, 'WEEKLY' as const),
      evse: fc.integer({ min: 0, max: 1 }),
      validFrom: fc.option(around, { nil: undefined }),
      validTo: fc.option(around, { nil: undefined }),
      schedule: anySchedule,
      daysAgo: fc.integer({ min: 0, max: 20 }),
    })
    .map(({ purpose, stackLevel, kind, recurrency, evse, validFrom, validTo, schedule, daysAgo }) => {
      const startAt =
        kind === 'RECURRING' ? (schedule.startAt ?? midnight) - daysAgo * 86_400_000 : schedule.startAt;
      const { startAt: _, ...rest } = schedule;
      const profile: ChargingProfile = {
        profileId: 1,
        purpose,
        stackLevel,
        kind,
        ...(kind === 'RECURRING' ? { recurrency } : {}),
        ...(validFrom === undefined ? {} : { validFrom }),
        ...(validTo === undefined ? {} : { validTo }),
        ...(purpose === 'TRANSACTION' ? { transactionRef: 'tx' } : {}),
        schedules: [kind === 'RELATIVE' || startAt === undefined ? rest : { ...rest, startAt }],
      };
      const evseId = purpose === 'STATION_MAX' ? 0 : purpose === 'TRANSACTION' ? 1 : evse;
      return { evseId, profile, source: 'CSO' as const, installedAt: 0 };
    }),
  {
    maxLength: 8,
    selector: ({ evseId, profile }) => `${evseId}/${profile.purpose}/${profile.stackLevel}`,
  },
);

describe('any composite schedule', () => {
  test('equals what is worked out second by second, and so exceeds no limit in any second [K08]', () => {
    fc.assert(
      fc.property(anyProfiles, fc.option(around, { nil: undefined }), (profiles, startedAt) => {
        const facts: ChargingFacts = {
          profiles,
          limits: [],
          electrics,
          ...(startedAt === undefined ? {} : { transaction: { transactionRef: 'tx', startedAt } }),
        };

        const periods = composite(facts, { durationS: windowS });

        for (let second = 0; second < windowS; second += 1) {
          const period = periods.findLast(({ startS }) => startS <= second);
          const expected = limitInSecond(facts, midnight, second);
          if (period?.limit !== expected) {
            throw new Error(`second ${second}: ${period?.limit} instead of ${expected}`);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
