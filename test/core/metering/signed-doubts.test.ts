import { describe, expect, test } from 'vitest';
import { signedDoubts } from '#core/metering/signed-doubts.ts';
import type { JudgedMeterValue, SignedReading } from '#core/metering/signed-values.ts';
import { minutesIn, start } from '../sessions/traces.ts';

const billed = {
  begin: { at: start, energyWh: 100_000, source: 'BEGIN_SAMPLE' },
  end: { at: minutesIn(60), energyWh: 110_000, source: 'END_SAMPLE' },
  energyWh: 10_000,
} as const;

function doubtsOf(nature: 'START' | 'END', ...readings: readonly SignedReading[]): readonly string[] {
  const value: JudgedMeterValue = { data: 'OCMF', verdict: 'VALID', nature, readings };
  return signedDoubts([value], billed);
}

describe('row 57: what a meter signed', () => {
  const begin: SignedReading = { counts: 'REGISTER', border: 'BEGIN', energyWh: 100_000, at: start };
  const end: SignedReading = { counts: 'REGISTER', border: 'END', energyWh: 110_100, at: minutesIn(60) };

  test('leaves no doubt where it is what is billed, up to a rounding', () => {
    expect(doubtsOf('END', begin, end)).toEqual([]);
    expect(doubtsOf('END', { counts: 'TRANSACTION', border: 'END', energyWh: 9_990 })).toEqual([]);
  });

  test.each([
    [
      'begin',
      { ...begin, energyWh: 99_000 },
      'The meter signed 99000 Wh for the begin; billed is from 100000 Wh.',
    ],
    [
      'end',
      { ...end, energyWh: 109_000 },
      'The meter signed 109000 Wh for the end; billed is from 110000 Wh.',
    ],
    [
      'session',
      { counts: 'TRANSACTION', border: 'END', energyWh: 8_000 },
      'The meter signed 8000 Wh for the session; billed are 10000 Wh.',
    ],
    ['time', { ...end, at: minutesIn(121) }, 'What the meter signed for the end is 61 minutes away from it.'],
  ] as const)('is for a person to judge where it differs: %s', (_, reading, doubt) => {
    expect(doubtsOf('END', reading)).toEqual([doubt]);
  });

  test('is of the border that its sample was taken for, where the meter names none', () => {
    const { border: _, ...unnamed } = { ...begin, energyWh: 1 };

    expect(doubtsOf('START', unnamed)).toHaveLength(1);
    expect(doubtsOf('START', unnamed, unnamed)).toEqual([]);
  });
});
