import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DomainError } from '#core/errors.ts';
import { readOcpiSession } from '../../functions/ocpi/charging-period.ts';

const at = (time: string) => `2026-03-02T${time}:00Z`;
const ms = (time: string) => Date.parse(at(time));
const period = (start: string, volumes: Readonly<Record<string, unknown>>) => ({
  start_date_time: at(start),
  dimensions: Object.entries(volumes).map(([type, volume]) => ({ type, volume })),
});
const hours = (periods: readonly unknown[], more: object = {}) => ({
  start: at('12:00'),
  end: at('14:00'),
  charging_periods: periods,
  ...more,
});

function refusedMember(value: unknown): string | undefined {
  try {
    readOcpiSession(value, 'session');
    return undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'Validation') return error.field;
    throw error;
  }
}

describe('charging periods of OCPI', () => {
  test('last until the next begins, the last until the session ends, in whatever order they come', () => {
    const { periods } = readOcpiSession(
      hours([
        period('13:30', { PARKING_TIME: 0.5 }),
        period('12:00', { ENERGY: 4.3, TIME: 1 }),
        period('13:00', { ENERGY: 1.1, TIME: 0.5 }),
      ]),
    );

    expect(periods).toEqual([
      { startedAt: ms('12:00'), endedAt: ms('13:00'), energyWh: 4_300, activity: 'CHARGING' },
      { startedAt: ms('13:00'), endedAt: ms('13:30'), energyWh: 1_100, activity: 'CHARGING' },
      { startedAt: ms('13:30'), endedAt: ms('14:00'), energyWh: 0, activity: 'PARKING' },
    ]);
  });

  test('mean the same in any order', () => {
    const ordered = ['12:00', '12:20', '12:40', '13:00', '13:30'].map((start, index) =>
      period(start, { ENERGY: index, [index < 3 ? 'TIME' : 'PARKING_TIME']: 0.2 }),
    );

    fc.assert(
      fc.property(fc.shuffledSubarray(ordered, { minLength: ordered.length }), (shuffled) => {
        expect(readOcpiSession(hours(shuffled))).toEqual(readOcpiSession(hours(ordered)));
      }),
    );
  });

  test('tell currents and powers, least and greatest', () => {
    const volumes = { TIME: 2, MIN_CURRENT: 6, MAX_CURRENT: 32.5, MIN_POWER: 1.4, MAX_POWER: 15.999 };

    const { periods } = readOcpiSession(hours([period('12:00', volumes)]));

    expect(periods).toMatchObject([
      { minCurrentA: 6, maxCurrentA: 32.5, minPowerW: 1_400, maxPowerW: 15_999 },
    ]);
  });

  test('mean the clock with hours that are rounded to four decimals', () => {
    const { periods } = readOcpiSession({
      start: at('12:00'),
      end: at('12:50'),
      charging_periods: [
        period('12:00', { TIME: 0.1667 }),
        period('12:10', { TIME: '0.3333', PARKING_TIME: 0.3333 }),
      ],
    });

    expect(
      periods.map(({ startedAt, endedAt, activity }) => [activity, (endedAt - startedAt) / 1000]),
    ).toEqual([
      ['CHARGING', 600],
      ['CHARGING', 1200.12],
      ['PARKING', 1199.88],
    ]);
  });

  test('in part without a word of charging or parking are unstated for the rest', () => {
    const { periods } = readOcpiSession(hours([period('12:30', { ENERGY: 5, TIME: 0.25 })]));

    expect(periods.map(({ startedAt, activity, energyWh }) => [startedAt, activity, energyWh])).toEqual([
      [ms('12:00'), 'UNSTATED', 0],
      [ms('12:30'), 'CHARGING', 5_000],
      [ms('12:45'), 'UNSTATED', 0],
    ]);
  });

  test('may give energy back, and may tell both directions apart', () => {
    const { periods } = readOcpiSession(
      hours([
        period('12:00', { ENERGY: -1.5, TIME: 1 }),
        period('13:00', { ENERGY_IMPORT: 2, ENERGY_EXPORT: 0.5, TIME: 1 }),
      ]),
    );

    expect(periods.map(({ energyWh }) => energyWh)).toEqual([-1_500, 1_500]);
  });

  test('of reserved time alone are the reservation', () => {
    const reserved = period('11:00', { RESERVATION_TIME: 1 });

    const used = readOcpiSession({
      start: at('11:00'),
      end: at('14:00'),
      charging_periods: [reserved, period('12:00', { TIME: 2 })],
    });
    const expired = readOcpiSession({ end: at('12:00'), charging_periods: [reserved] });

    expect(used.reservation).toEqual({ startedAt: ms('11:00'), endedAt: ms('12:00'), expired: false });
    expect(used.periods).toMatchObject([{ startedAt: ms('12:00'), activity: 'CHARGING' }]);
    expect(expired.reservation).toEqual({ startedAt: ms('11:00'), endedAt: ms('12:00'), expired: true });
    expect(expired.periods).toEqual([]);
  });

  test('may be missing where a reservation expired', () => {
    const session = readOcpiSession({ reservation: { start: at('11:00'), end: at('12:00'), expired: true } });

    expect(session).toEqual({
      periods: [],
      reservation: { startedAt: ms('11:00'), endedAt: ms('12:00'), expired: true },
    });
  });

  test('after a reservation count from its end, whatever stood between', () => {
    const reservation = { start: at('11:00'), end: at('12:00'), expired: false };
    const asCdr = hours([period('12:30', { TIME: 1.5 })], { start: at('11:00'), reservation });

    expect(readOcpiSession(asCdr).periods[0]).toMatchObject({
      startedAt: ms('12:00'),
      endedAt: ms('12:30'),
      activity: 'UNSTATED',
    });
  });

  test('that make no sense are refused by the member at fault', () => {
    const reservation = { start: at('11:00'), end: at('12:00') };
    const cases: [unknown, string][] = [
      [{}, 'session.charging_periods'],
      [hours([]), 'session.charging_periods'],
      [hours([], { start: 'noon' }), 'session.start'],
      [hours([period('12:00', {})], { end: null }), 'session.end'],
      [hours([period('12:00', {})], { end: '2027-03-04T00:00:00Z' }), 'session.end'],
      [hours([period('12:00', {})], { start: '0206-03-02T12:00:00Z' }), 'session.start'],
      [{ reservation: { ...reservation, end: '2062-03-02T12:00:00Z' } }, 'session.reservation.end'],
      [hours([period('11:00', {})]), 'session.charging_periods.0.start_date_time'],
      [hours([period('15:00', {})]), 'session.charging_periods.0.start_date_time'],
      [hours([{ start_date_time: at('12:00') }]), 'session.charging_periods.0.dimensions'],
      [
        hours([period('13:00', { TIME: 1 }), period('12:00', { TIME: 1.1 })]),
        'session.charging_periods.1.dimensions',
      ],
      [hours([period('12:00', { TIME: -1 })]), 'session.charging_periods.0.dimensions.0.volume'],
      [hours([period('12:00', { TIME: 'long' })]), 'session.charging_periods.0.dimensions.0.volume'],
      [
        hours([
          {
            start_date_time: at('12:00'),
            dimensions: [
              { type: 'TIME', volume: 1 },
              { type: 'TIME', volume: 1 },
            ],
          },
        ]),
        'session.charging_periods.0.dimensions.1.type',
      ],
      [hours([period('12:00', { RESERVATION_TIME: 1, TIME: 1 })]), 'session.charging_periods.0.dimensions'],
      [{ reservation: { ...reservation, end: at('10:00') } }, 'session.reservation.end'],
      [
        hours([period('12:00', {})], { reservation: { ...reservation, end: at('12:30') } }),
        'session.reservation.end',
      ],
    ];

    expect(cases.map(([value]) => refusedMember(value))).toEqual(cases.map(([, path]) => path));
  });
});
