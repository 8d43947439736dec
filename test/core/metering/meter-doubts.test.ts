import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { energyFromPower } from '#core/metering/energy-from-power.ts';
import type { MeterSample } from '#core/metering/sample.ts';
import { assembleSession, type SessionRecord } from '#core/sessions/assemble-session.ts';
import type { Session } from '#core/sessions/session.ts';
import {
  arrivals,
  event,
  minutesIn,
  numberedSession,
  readings,
  referencedSession,
  sample,
} from '../sessions/traces.ts';

const ac22 = { maxPowerW: 22_000 };

/** A session of an hour with these readings on the way. */
function recordOf(samples: readonly MeterSample[], session: Partial<Session> = {}): SessionRecord {
  return assembleSession(
    numberedSession(session),
    samples.map((one) => readings(one)),
    ac22,
  );
}

describe('a meter that is not what it was', () => {
  test('row 20: one that was exchanged or set back on the way is for a person to judge', () => {
    const { reviewReasons, energyWh } = recordOf(
      [sample(15, 105_000), sample(30, 1_000), sample(45, 4_000)],
      { meterStopWh: 106_000 },
    );

    expect(energyWh).toBe(6_000);
    expect(reviewReasons).toEqual([
      'The meter fell from 105000 Wh to 1000 Wh during the session.',
      'The meter leapt from 4000 Wh to 106000 Wh: the connector cannot have given that.',
    ]);
  });

  test('row 20: one exchanged for a meter that had counted more is for a person to judge', () => {
    const { reviewReasons } = recordOf([sample(1, 100_300), sample(2, 112_000)], { meterStopWh: 118_000 });

    expect(reviewReasons).toEqual([
      'The meter leapt from 100300 Wh to 112000 Wh: the connector cannot have given that.',
    ]);
  });

  test.each([
    [999_998_000, 3_000, 1_000_000_000, 5_000],
    [99_995, 4_005, 100_000, 4_010],
  ])(
    'row 20: one that may have started over, from %d Wh to %d Wh, is billed by nobody but a person',
    (from, to, width, counted) => {
      const { energyWh, reviewReasons } = recordOf([], { meterStartWh: from, meterStopWh: to });

      expect(energyWh).toBeUndefined();
      expect(reviewReasons).toEqual([
        `The meter fell from ${from} Wh to ${to} Wh. If the register started over at ${width} Wh, it counted ${counted} Wh.`,
      ]);
    },
  );

  test('row 17: one that tells kWh as if they were Wh now and then is for a person to judge', () => {
    expect(recordOf([sample(20, 103)]).reviewReasons).toHaveLength(2);
  });

  test('one that stands on a zero for a while is believed', () => {
    expect(recordOf([sample(20, 0), sample(30, 105_000)]).reviewReasons).toEqual([]);
  });

  test('one that counts whole kWh is believed, whenever it steps', () => {
    const steps = Array.from({ length: 60 }, (_, minute) =>
      sample(minute, 100_000 + Math.floor((minute * 3_700) / 60 / 1_000) * 1_000),
    );

    expect(recordOf(steps, { meterStopWh: 103_000 }).reviewReasons).toEqual([]);
  });
});

describe('readings far from the borders of a session', () => {
  const { meterStartWh: _, meterStopWh: __, ...bare } = numberedSession();
  const { startKey: ___, ...session } = bare;

  test('leave it to a person whether something was charged in between', () => {
    const late = assembleSession(bare, [readings(sample(31, 101_000)), readings(sample(60, 102_000))], ac22);
    const early = assembleSession(bare, [readings(sample(0, 101_000)), readings(sample(29, 102_000))], ac22);

    expect(late.reviewReasons).toEqual(['The first reading was taken 31 minutes after the start.']);
    expect(early.reviewReasons).toEqual(['The last reading was taken 31 minutes before the end.']);
  });

  test('leave it to a person also where they stand for a zero', () => {
    const late = recordOf([sample(31, 101_000), sample(50, 102_000)], {
      meterStartWh: 0,
      meterStopWh: 102_500,
    });
    const early = recordOf([sample(10, 101_000), sample(29, 102_000)], { meterStopWh: 0 });

    expect(late.begin).toMatchObject({ source: 'FIRST_SAMPLE', insteadOfZero: true });
    expect(late.reviewReasons).toEqual(['The first reading was taken 31 minutes after the start.']);
    expect(early.end).toMatchObject({ source: 'LAST_SAMPLE', insteadOfZero: true });
    expect(early.reviewReasons).toEqual(['The last reading was taken 31 minutes before the end.']);
  });

  test('matter nothing while the vehicle does not charge', () => {
    const trace = [
      event(0, 'STARTED', 0, { chargingState: 'EV_CONNECTED' }),
      event(1, 'UPDATED', 35, { samples: [sample(35, 101_000)], chargingState: 'CHARGING' }),
      event(2, 'UPDATED', 40, { samples: [sample(40, 102_000)], chargingState: 'SUSPENDED_EV' }),
      event(3, 'ENDED', 120),
    ];

    expect(assembleSession({ ...session, endedAt: minutesIn(120) }, trace, ac22).reviewReasons).toEqual([]);
  });
});

describe('power without a register', () => {
  const { meterStartWh: _, meterStopWh: __, ...bare } = numberedSession();
  const power = [
    sample(0, undefined, { powerW: 0 }),
    sample(30, undefined, { powerW: 6_000 }),
    sample(60, undefined, { powerW: 6_000 }),
  ];

  test('row 13: tells what may have been charged, for a person to judge', () => {
    const record = assembleSession(
      bare,
      power.map((one) => readings(one)),
      ac22,
    );

    expect(record).toMatchObject({ energyWh: 4_500, energyFromPower: true });
    expect(record.reviewReasons).toEqual(['No register was read: 4500 Wh were worked out from power.']);
  });

  test('says nothing where a register was read', () => {
    const record = recordOf(power);

    expect(record.energyWh).toBe(10_000);
    expect(record.energyFromPower).toBeUndefined();
  });

  test('of one moment is no energy, and power to the grid takes none away', () => {
    expect(energyFromPower(power.slice(0, 1))).toBeUndefined();
    expect(energyFromPower([sample(0, undefined, { powerW: -9_000 }), ...power.slice(1)])).toBe(4_500);
  });
});

describe('whatever the readings, a bill without doubts', () => {
  const rises = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 59 });
  const honest = rises.map((steps) => {
    let energyWh = 100_000;
    const samples = steps.map((step, index) => {
      energyWh += step;
      return sample(index + 1, energyWh);
    });
    return { samples, meterStopWh: energyWh };
  });

  test('comes of every honest meter, in any order and however often its readings come', () => {
    fc.assert(
      fc.property(
        honest.chain(({ samples, meterStopWh }) =>
          fc.tuple(arrivals(samples.map((one) => readings(one))), fc.constant(meterStopWh)),
        ),
        ([entries, meterStopWh]) => {
          const record = assembleSession(numberedSession({ meterStopWh }), entries, ac22);

          expect(record.reviewReasons).toEqual([]);
          expect(record.energyWh).toBe(meterStopWh - 100_000);
        },
      ),
    );
  });

  test('never comes of one that was set back or leapt by more than ten kWh on the way', () => {
    fc.assert(
      fc.property(
        honest,
        fc.nat(),
        fc.oneof(fc.integer({ min: -90_000, max: -10_000 }), fc.integer({ min: 10_000, max: 1_000_000 })),
        ({ samples, meterStopWh }, place, by) => {
          const from = place % samples.length;
          const shifted = samples.map((one, index) =>
            index < from ? one : { ...one, energyWh: (one.energyWh ?? 0) + by },
          );
          const entries = shifted.map((one) => readings(one));
          const record = assembleSession(numberedSession({ meterStopWh: meterStopWh + by }), entries, ac22);

          expect(record.reviewReasons.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  test('is never above what the connector can give, nor below zero', () => {
    const any = fc.array(
      fc.record({
        minute: fc.integer({ min: -5, max: 70 }),
        energyWh: fc.integer({ min: 0, max: 10_000_000 }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(any, fc.boolean(), (facts, numbered) => {
        const entries = facts.map(({ minute, energyWh }) => readings(sample(minute, energyWh)));
        const record = assembleSession(numbered ? numberedSession() : referencedSession(), entries, ac22);

        if (record.reviewReasons.length > 0 || record.energyWh === undefined) return;
        expect(record.energyWh).toBeGreaterThanOrEqual(0);
        expect(record.energyWh).toBeLessThanOrEqual(22_000 * 1.1 + 500);
      }),
    );
  });
});
