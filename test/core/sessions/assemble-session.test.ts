import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import type { SessionEntry } from '#core/sessions/session.ts';
import { periodsOfSession } from '#core/tariffs/periods-of-session.ts';
import {
  arrivals,
  event,
  minutesIn,
  numberedSession,
  readings,
  referencedSession,
  sample,
  start,
  wholeTrace,
} from './traces.ts';

const ac22 = { maxPowerW: 22_000 };

describe('a session the system numbered', () => {
  test('is billed from the readings of its start and stop, not from its samples', () => {
    const record = assembleSession(
      numberedSession(),
      [
        readings(sample(15, 103_000)),
        readings(sample(60, 110_003, { context: 'END' }), sample(0, 99_998, { context: 'BEGIN' })),
      ],
      ac22,
    );

    expect(record).toMatchObject({
      begin: { at: start, energyWh: 100_000, source: 'METER_START' },
      end: { at: minutesIn(60), energyWh: 110_000, source: 'METER_STOP' },
      energyWh: 10_000,
      complete: true,
      missingSeqNos: [],
      reviewReasons: [],
    });
  });

  test('row 14: a start of zero gives way to the first reading its meter could have shown', () => {
    const record = assembleSession(
      numberedSession({ meterStartWh: 0 }),
      [readings(sample(10, 0)), readings(sample(20, 103_000)), readings(sample(40, 106_000))],
      ac22,
    );

    expect(record.begin).toEqual({
      at: minutesIn(20),
      energyWh: 103_000,
      source: 'FIRST_SAMPLE',
      insteadOfZero: true,
    });
    expect(record.energyWh).toBe(7_000);
    expect(record.reviewReasons).toEqual([]);
  });

  test('row 14: a start of zero stands where the meter counts from zero', () => {
    const record = assembleSession(
      numberedSession({ meterStartWh: 0, meterStopWh: 9_000 }),
      [readings(sample(20, 3_000))],
      ac22,
    );

    expect(record.begin).toMatchObject({ energyWh: 0, source: 'METER_START' });
    expect(record.energyWh).toBe(9_000);
  });

  test('row 14 and 15: a register that would be billed as consumption is held for review', () => {
    const record = assembleSession(numberedSession({ meterStartWh: 0 }), [], ac22);

    expect(record.energyWh).toBe(110_000);
    expect(record.reviewReasons).toEqual([
      'The connector cannot have given 110000 Wh in that time with 22000 W.',
    ]);
  });

  test('a stop of zero gives way to the last reading', () => {
    const record = assembleSession(
      numberedSession({ meterStopWh: 0 }),
      [readings(sample(20, 103_000)), readings(sample(40, 106_000))],
      ac22,
    );

    expect(record.end).toEqual({
      at: minutesIn(40),
      energyWh: 106_000,
      source: 'LAST_SAMPLE',
      insteadOfZero: true,
    });
    expect(record.energyWh).toBe(6_000);
  });

  test('row 20: a meter that falls by a rounding has counted nothing', () => {
    const record = assembleSession(numberedSession({ meterStopWh: 99_999 }), [], ac22);

    expect(record.energyWh).toBe(0);
    expect(record.reviewReasons).toEqual([]);
  });

  test('row 20: a meter that falls far is for a person to judge', () => {
    const record = assembleSession(numberedSession({ meterStopWh: 500 }), [], ac22);

    expect(record.energyWh).toBeUndefined();
    expect(record.reviewReasons).toEqual(['The meter fell from 100000 Wh to 500 Wh.']);
  });

  test('row 12: clock-aligned readings are kept but bill nothing', () => {
    const { meterStopWh: _, ...session } = numberedSession();
    const record = assembleSession(session, [readings(sample(45, 109_000, { context: 'CLOCK' }))], ac22);

    expect(record.samples).toHaveLength(1);
    expect(record.end).toBeUndefined();
    expect(record.energyWh).toBeUndefined();
  });

  test('row 12: clock-aligned readings show how the energy grew', () => {
    const record = assembleSession(
      numberedSession(),
      [readings(sample(30, 109_000, { context: 'CLOCK' }))],
      ac22,
    );

    expect(periodsOfSession(record).map(({ endedAt, energyWh }) => [endedAt, energyWh])).toEqual([
      [minutesIn(30), 9_000],
      [minutesIn(60), 1_000],
    ]);
    expect(record).toMatchObject({ energyWh: 10_000, reviewReasons: [] });
  });

  test('row 13: a reading without energy is no reading of zero', () => {
    const { meterStopWh: _, ...session } = numberedSession();
    const record = assembleSession(
      session,
      [readings(sample(30, 105_000)), readings(sample(45, undefined, { powerW: 7_000 }))],
      ac22,
    );

    expect(record.energyWh).toBe(5_000);
  });

  test('readings from before the start and after the end bill nothing', () => {
    const { meterStartWh: _, meterStopWh: __, ...session } = numberedSession();
    const record = assembleSession(
      session,
      [
        readings(sample(-5, 90_000)),
        readings(sample(5, 101_000)),
        readings(sample(50, 108_000)),
        readings(sample(65, 120_000)),
      ],
      ac22,
    );

    expect(record.begin).toMatchObject({ energyWh: 101_000, source: 'FIRST_SAMPLE' });
    expect(record.end).toMatchObject({ energyWh: 108_000, source: 'LAST_SAMPLE' });
    expect(record.samples).toHaveLength(4);
  });

  test('one reading alone tells no energy', () => {
    const { meterStartWh: _, meterStopWh: __, ...session } = numberedSession();
    const record = assembleSession(session, [readings(sample(5, 101_000))], ac22);

    expect(record.energyWh).toBeUndefined();
    expect(record.reviewReasons).toEqual(['The meter gave too few readings to know the energy.']);
  });

  test('row 21: a clock that was never set is for a person to judge', () => {
    const record = assembleSession(numberedSession({ startedAt: 5_000, endedAt: 3_605_000 }), [], ac22);

    expect(record.reviewReasons).toEqual(["The station's clock cannot have been right."]);
  });

  describe('row 21: whose times are compared with those of their receipt', () => {
    const wrong = "The station's clock cannot have been right.";
    const received = { startReceivedAt: start + 500, endReceivedAt: minutesIn(60) + 500 };

    test.each([
      ['an end', { endedAt: Date.UTC(2035, 0, 1) }],
      ['a start', { startedAt: minutesIn(90), endedAt: minutesIn(90) }],
    ])('is for a person to judge when %s came before it happened', (_, times) => {
      const session = numberedSession({ ...received, ...times, meterStopWh: 100_000 });

      expect(assembleSession(session, [], ac22).reviewReasons).toContain(wrong);
    });

    test('is billed when it comes late, with its last reading hours before its end', () => {
      const late = { startReceivedAt: minutesIn(5_000), endReceivedAt: minutesIn(5_001) };
      const session = numberedSession({ ...late, endedAt: minutesIn(600) });
      const live = numberedSession({ ...received, endedAt: minutesIn(600), endReceivedAt: minutesIn(600) });
      const trace = [readings(sample(30, 105_000))];

      expect(assembleSession(session, trace, ac22).reviewReasons).toEqual([]);
      expect(assembleSession(live, trace, ac22).reviewReasons).toEqual([]);
    });

    test('is for a person to judge when it is said to have lasted longer than anybody parks', () => {
      const startedAt = Date.UTC(2024, 2, 2);
      const session = numberedSession({ ...received, startedAt });

      expect(assembleSession(session, [], ac22).reviewReasons).toEqual([
        'The session is said to have lasted 730 days.',
      ]);
    });

    test('is for a person to judge when one of its events came before it happened', () => {
      const early = wholeTrace.map((entry) =>
        entry.phase === 'ENDED' ? { ...entry, receivedAt: entry.at - 3_600_001 } : entry,
      );

      expect(assembleSession(referencedSession(), early, ac22).reviewReasons).toEqual([wrong]);
    });
  });

  test('what another station says of it is not its own', () => {
    const record = assembleSession(
      numberedSession(),
      [{ ...readings(sample(15, 1)), stationId: 'CS-2' }],
      ac22,
    );

    expect(record.samples).toEqual([]);
  });

  describe('row 65: that was superseded', () => {
    const { meterStopWh: _, ...untold } = numberedSession({ stopReason: 'SUPERSEDED' });

    test('ends with the last that is known of it, for a person to judge', () => {
      const record = assembleSession(
        untold,
        [readings(sample(15, 103_000)), readings(sample(40, 107_000)), readings(sample(70, 120_000))],
        ac22,
      );

      expect(record).toMatchObject({ endedAt: minutesIn(40), energyWh: 7_000, complete: false });
      expect(periodsOfSession(record).at(-1)?.endedAt).toBe(minutesIn(40));
      expect(record.reviewReasons).toEqual([
        'The station never told the end; another session began at the connector.',
      ]);
    });

    test('has no length where nothing is known of it', () => {
      expect(assembleSession(untold, [], ac22)).toMatchObject({ startedAt: start, endedAt: start });
    });
  });

  test('while it runs there is an energy so far and nothing to review', () => {
    const { endedAt: _, meterStopWh: __, stopReason: ___, ...running } = numberedSession({ state: 'ACTIVE' });
    const record = assembleSession(running, [readings(sample(15, 103_000))], { maxPowerW: 1 });

    expect(record).toMatchObject({
      energyWh: 3_000,
      complete: false,
      reviewReasons: [],
      lastAt: minutesIn(15),
    });
  });
});

describe('a session its station numbered', () => {
  test('is billed from the samples of its begin and end', () => {
    const record = assembleSession(referencedSession(), wholeTrace, ac22);

    expect(record).toMatchObject({
      begin: { energyWh: 100_000, source: 'BEGIN_SAMPLE' },
      end: { energyWh: 110_000, source: 'END_SAMPLE' },
      energyWh: 10_000,
      complete: true,
      chargingStates: [
        { at: minutesIn(0), state: 'EV_CONNECTED' },
        { at: minutesIn(2), state: 'CHARGING' },
        { at: minutesIn(30), state: 'SUSPENDED_EV' },
        { at: minutesIn(60), state: 'IDLE' },
      ],
      reviewReasons: [],
    });
  });

  test('row 27: an end without energy ends at the last known sample', () => {
    const record = assembleSession(
      referencedSession(),
      [...wholeTrace.slice(0, 4), event(4, 'ENDED', 60)],
      ac22,
    );

    expect(record.end).toMatchObject({ at: minutesIn(30), energyWh: 110_000, source: 'LAST_SAMPLE' });
  });

  test('row 22: gaps in the count are named, and the session is not complete', () => {
    const record = assembleSession(
      referencedSession(),
      wholeTrace.filter(({ seqNo }) => seqNo !== 1 && seqNo !== 2),
      ac22,
    );

    expect(record.missingSeqNos).toEqual([1, 2]);
    expect(record.complete).toBe(false);
  });

  test('row 22: a count that starts above zero starts with its start event', () => {
    const shifted = wholeTrace.map((entry) => ({ ...entry, seqNo: (entry.seqNo ?? 0) + 40 }));

    expect(assembleSession(referencedSession(), shifted, ac22)).toMatchObject({
      missingSeqNos: [],
      complete: true,
    });
  });

  test('row 24: a lost start is missing from zero on, and its session is for review', () => {
    const record = assembleSession(
      referencedSession({ partial: true, startedAt: minutesIn(15) }),
      wholeTrace.slice(1),
      ac22,
    );

    expect(record).toMatchObject({ startedAt: minutesIn(2), missingSeqNos: [0], complete: false });
    expect(record.reviewReasons).toContain('The start of the session never arrived.');
  });

  test('a start that arrives last sets the start', () => {
    const record = assembleSession(
      referencedSession({ partial: true, startedAt: minutesIn(60) }),
      wholeTrace,
      ac22,
    );

    expect(record).toMatchObject({ startedAt: start, complete: true, reviewReasons: [] });
  });

  test('row 23: what comes after the end adds its facts and no gap', () => {
    const record = assembleSession(
      referencedSession(),
      [...wholeTrace, event(9, 'UPDATED', 61, { samples: [sample(61, 119_000)] })],
      ac22,
    );

    expect(record).toMatchObject({ energyWh: 10_000, missingSeqNos: [], complete: true });
  });

  test('a vehicle that is plugged in and out without charging needs no readings', () => {
    const record = assembleSession(
      referencedSession(),
      [
        event(0, 'STARTED', 0, { chargingState: 'EV_CONNECTED' }),
        event(1, 'ENDED', 60, { chargingState: 'IDLE' }),
      ],
      ac22,
    );

    expect(record.energyWh).toBeUndefined();
    expect(record.reviewReasons).toEqual([]);
  });

  test('a wild count lists no more than a thousand gaps', () => {
    const record = assembleSession(
      referencedSession({ partial: true }),
      [event(2_000_000_000, 'ENDED', 60)],
      ac22,
    );

    expect(record.missingSeqNos).toHaveLength(1000);
  });
});

describe('order and repetition', () => {
  const entries: fc.Arbitrary<readonly SessionEntry[]> = fc
    .array(
      fc.record({
        minutes: fc.integer({ min: -5, max: 70 }),
        powerW: fc.constantFrom(0, 1_000),
        energyWh: fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: undefined }),
        context: fc.constantFrom('BEGIN', 'END', 'PERIODIC', 'CLOCK', 'TRIGGER'),
        state: fc.constantFrom('CHARGING', 'SUSPENDED_EV', 'SUSPENDED_EVSE', 'EV_CONNECTED', 'IDLE'),
        counted: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    .map((facts) =>
      facts.map(({ minutes, energyWh, powerW, context, state, counted }, index) =>
        counted
          ? event(index, index === 0 ? 'STARTED' : 'UPDATED', minutes, {
              samples: [sample(minutes, energyWh, { context, powerW })],
              chargingState: state,
            })
          : readings(sample(minutes, energyWh, { context, powerW })),
      ),
    );

  test('permuting and duplicating the entries of a trace never changes the record', () => {
    fc.assert(
      fc.property(
        entries.chain((trace) => fc.tuple(fc.constant(trace), arrivals(trace))),
        fc.constantFrom(numberedSession(), referencedSession(), referencedSession({ partial: true })),
        ([trace, arrived], session) => {
          expect(assembleSession(session, arrived, ac22)).toEqual(assembleSession(session, trace, ac22));
        },
      ),
    );
  });

  test('samples of one moment stand from begin to end', () => {
    const record = assembleSession(numberedSession(), [
      readings(sample(0, 1, { context: 'END' })),
      readings(sample(0, 2)),
      readings(sample(0, 3, { context: 'BEGIN' })),
    ]);

    expect(record.samples.map(({ context }) => context)).toEqual(['BEGIN', 'PERIODIC', 'END']);
  });

  test('of two facts under one key the one received first counts', () => {
    const first = readings(sample(15, 103_000));
    const later = { ...first, receivedAt: first.receivedAt + 1, samples: [sample(15, 104_000)] };
    const session = numberedSession();

    expect(assembleSession(session, [later, first]).samples).toEqual(first.samples);
    expect(assembleSession(session, [first, later]).samples).toEqual(first.samples);
  });

  test('periods cover the session without gaps and hold exactly its energy', () => {
    fc.assert(
      fc.property(entries, fc.constantFrom(numberedSession(), referencedSession()), (trace, session) => {
        const record = assembleSession(session, trace, ac22);
        const periods = periodsOfSession(record);

        expect(periods[0]?.startedAt).toBe(record.startedAt);
        expect(periods.at(-1)?.endedAt).toBe(Math.max(record.startedAt, minutesIn(60)));
        expect(periods.reduce((total, { energyWh }) => total + energyWh, 0)).toBe(record.energyWh ?? 0);
        for (const period of periods) expect(period.energyWh).toBeGreaterThanOrEqual(0);
        for (const [index, period] of periods.slice(1).entries()) {
          expect(period.startedAt).toBe(periods[index]?.endedAt);
        }
      }),
    );
  });
});
