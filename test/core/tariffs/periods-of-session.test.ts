import { describe, expect, test } from 'vitest';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import { periodsOfSession } from '#core/tariffs/periods-of-session.ts';
import {
  event,
  minutesIn,
  numberedSession,
  readings,
  referencedSession,
  sample,
  start,
  wholeTrace,
} from '../sessions/traces.ts';

describe('the periods of a session', () => {
  test('begin at each sample and each change between charging and parking', () => {
    const periods = periodsOfSession(assembleSession(referencedSession(), wholeTrace));

    expect(periods.map(({ startedAt, energyWh, activity }) => [startedAt, energyWh, activity])).toEqual([
      [minutesIn(0), 0, 'PARKING'],
      [minutesIn(2), 4_000, 'CHARGING'],
      [minutesIn(15), 6_000, 'CHARGING'],
      [minutesIn(30), 0, 'PARKING'],
    ]);
  });

  test('are charging all along where the station does not tell', () => {
    const periods = periodsOfSession(assembleSession(numberedSession(), [readings(sample(30, 108_000))]));

    expect(periods).toEqual([
      {
        startedAt: start,
        endedAt: minutesIn(30),
        energyWh: 8_000,
        activity: 'CHARGING',
        averagePowerW: 16_000,
      },
      {
        startedAt: minutesIn(30),
        endedAt: minutesIn(60),
        energyWh: 2_000,
        activity: 'CHARGING',
        averagePowerW: 4_000,
      },
    ]);
  });

  test('put energy between two readings where the vehicle charged', () => {
    const trace = [
      event(0, 'STARTED', 0, { samples: [sample(0, 0, { context: 'BEGIN' })], chargingState: 'CHARGING' }),
      event(1, 'UPDATED', 20, { chargingState: 'SUSPENDED_EV' }),
      event(2, 'ENDED', 60, { samples: [sample(60, 6_000, { context: 'END' })] }),
    ];

    const periods = periodsOfSession(assembleSession(referencedSession(), trace));

    expect(periods.map(({ energyWh }) => energyWh)).toEqual([6_000, 0]);
  });

  test('a vehicle that the station keeps waiting is not parking', () => {
    const trace = [
      event(0, 'STARTED', 0, { chargingState: 'CHARGING' }),
      event(1, 'UPDATED', 20, { chargingState: 'SUSPENDED_EVSE' }),
      event(2, 'ENDED', 60),
    ];

    const periods = periodsOfSession(assembleSession(referencedSession(), trace));

    expect(periods.map(({ activity }) => activity)).toEqual(['CHARGING']);
  });

  test('of several states told for one moment the last one holds from there on', () => {
    const trace = [
      event(0, 'STARTED', 0, {
        samples: [sample(0, 0, { context: 'BEGIN' })],
        chargingState: 'EV_CONNECTED',
      }),
      event(1, 'UPDATED', 0, { chargingState: 'CHARGING' }),
      event(2, 'UPDATED', 30, { chargingState: 'SUSPENDED_EV' }),
      event(3, 'UPDATED', 30, { chargingState: 'CHARGING' }),
      event(4, 'UPDATED', 45, { chargingState: 'CHARGING' }),
      event(5, 'UPDATED', 45, { chargingState: 'SUSPENDED_EV' }),
      event(6, 'ENDED', 60, { samples: [sample(60, 6_000, { context: 'END' })] }),
    ];

    const periods = periodsOfSession(assembleSession(referencedSession(), trace));

    expect(periods.map(({ startedAt, energyWh, activity }) => [startedAt, energyWh, activity])).toEqual([
      [minutesIn(0), 6_000, 'CHARGING'],
      [minutesIn(45), 0, 'PARKING'],
    ]);
  });

  test('take power and current as measured at their ends, all phases together', () => {
    const trace = [
      readings(sample(0, 100_000, { powerW: 10_000, currentA: 16, totalCurrentA: 44 })),
      readings(sample(30, 105_000, { powerW: 11_001, currentA: 16, totalCurrentA: 48 })),
    ];

    const periods = periodsOfSession(assembleSession(numberedSession(), trace));

    expect(periods[0]).toMatchObject({ averagePowerW: 10_501, averageCurrentA: 46 });
    expect(periods[1]).toMatchObject({ averagePowerW: 11_001, averageCurrentA: 48 });
  });

  test('pass over readings that do not lie between begin and end', () => {
    const trace = [
      readings(sample(15, 200_000)),
      readings(sample(30, 105_000)),
      readings(sample(45, 104_000)),
    ];

    const periods = periodsOfSession(assembleSession(numberedSession(), trace));

    expect(periods.map(({ energyWh }) => energyWh)).toEqual([2_500, 2_500, 2_500, 2_500]);
  });

  test('keep all energy when the begin was sampled after the end', () => {
    const trace = [
      readings(sample(70, 1_000, { context: 'BEGIN' })),
      readings(sample(71, 5_000, { context: 'END' })),
    ];

    const periods = periodsOfSession(assembleSession(referencedSession(), trace));

    expect(periods.map(({ energyWh }) => energyWh)).toEqual([4_000]);
  });

  test('spread energy to the end when the end was sampled before the begin', () => {
    const trace = [
      readings(sample(10, 5_000, { context: 'END' })),
      readings(sample(30, 1_000, { context: 'BEGIN' })),
      readings(sample(45, undefined, { powerW: 1 })),
    ];

    const periods = periodsOfSession(assembleSession(referencedSession(), trace));

    expect(periods.map(({ energyWh }) => energyWh)).toEqual([0, 0, 2_000, 2_000]);
  });

  test('are one without length when the session ends where it starts', () => {
    const periods = periodsOfSession(assembleSession(numberedSession({ endedAt: start }), []));

    expect(periods).toEqual([{ startedAt: start, endedAt: start, energyWh: 10_000, activity: 'CHARGING' }]);
  });
});
