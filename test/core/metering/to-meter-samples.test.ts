import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RawValue } from '#core/metering/sample.ts';
import { toMeterSamples } from '#core/metering/to-meter-samples.ts';

const at = Date.parse('2026-03-02T12:00:00Z');

function raw(quantity: RawValue['quantity'], value: string, rest: Partial<RawValue> = {}): RawValue {
  return { quantity, value, location: 'OUTLET', context: 'PERIODIC', ...rest };
}

function energy(value: string, rest: Partial<RawValue> = {}): RawValue {
  return raw('ENERGY_IMPORT_REGISTER', value, rest);
}

function energyOf(...values: readonly RawValue[]): number | undefined {
  return toMeterSamples(at, values)[0]?.energyWh;
}

describe('units', () => {
  test.each([
    ['row 16: no unit is Wh', energy('1234'), 1_234],
    ['row 17: kWh are thousands of Wh, exactly', energy('1.001', { unit: 'kWh' }), 1_001],
    ['a number no float holds stays exact', energy('8388.609', { unit: 'kWh' }), 8_388_609],
    ['row 18: the multiplier is a power of ten', energy('12345', { multiplier: -1 }), 1_235],
    [
      'row 18: the multiplier comes on top of the unit',
      energy('12', { unit: 'kWh', multiplier: 2 }),
      1_200_000,
    ],
    ['units are read in any case', energy('2', { unit: 'KWH' }), 2_000],
    ['blanks around a number mean nothing', energy(' 42 '), 42],
    ['an exponent is a number', energy('1.5E3'), 1_500],
    ['half a Wh is rounded up', energy('0.0005', { unit: 'kWh' }), 1],
    ['zero is a reading', energy('0'), 0],
  ])('%s', (_, value, expected) => {
    expect(energyOf(value)).toBe(expected);
  });

  test.each([
    energy(''),
    energy('NaN'),
    energy('Infinity'),
    energy('12,5'),
    energy('0x10'),
    energy('1e999'),
    energy('99999999999999999999'),
    energy('-5'),
    energy('5', { unit: 'varh' }),
    energy('5', { multiplier: 400 }),
    energy('5', { multiplier: 0.5 }),
  ])('row 13: what cannot be read is absent, not zero: %j', (value) => {
    expect(toMeterSamples(at, [value])).toEqual([]);
  });

  test('power, voltage, state of charge and temperature come in their base units', () => {
    const samples = toMeterSamples(at, [
      raw('POWER_IMPORT', '11.04', { unit: 'kW' }),
      raw('VOLTAGE', '231.7', { unit: 'V' }),
      raw('STATE_OF_CHARGE', '81', { unit: 'Percent', location: 'EV' }),
      raw('TEMPERATURE', '68', { unit: 'Fahrenheit', location: 'BODY' }),
    ]);

    expect(samples).toEqual([
      {
        at,
        context: 'PERIODIC',
        powerW: 11_040,
        voltageV: 231.7,
        stateOfChargePercent: 81,
        temperatureC: 20,
      },
    ]);
  });

  test.each(['Celsius', 'Celcius'])('row 51: %s is a temperature', (unit) => {
    expect(toMeterSamples(at, [raw('TEMPERATURE', '20.5', { unit })])[0]?.temperatureC).toBe(20.5);
  });

  test('a state of charge beyond 100 percent is left out', () => {
    expect(toMeterSamples(at, [raw('STATE_OF_CHARGE', '655.35')])).toEqual([]);
  });
});

describe('row 19: phases', () => {
  test('the value for all phases wins over the phases', () => {
    expect(energyOf(energy('100', { phase: 'L1' }), energy('310'), energy('200', { phase: 'L2' }))).toBe(310);
  });

  test('without it, energy and power are the sum of the phases', () => {
    const [sample] = toMeterSamples(at, [
      energy('100', { phase: 'L1' }),
      energy('0.2', { phase: 'L2-N', unit: 'kWh' }),
      energy('300', { phase: 'L3' }),
      raw('POWER_IMPORT', '3.6', { phase: 'L1', unit: 'kW' }),
      raw('POWER_IMPORT', '3600', { phase: 'L2' }),
    ]);

    expect(sample).toEqual({ at, context: 'PERIODIC', energyWh: 600, powerW: 7_200 });
  });

  test('a phase that comes under two names counts once', () => {
    expect(energyOf(energy('100', { phase: 'L1' }), energy('100', { phase: 'L1-N' }))).toBe(100);
  });

  test('current is the most loaded phase and, for prices, the sum; neutral is no phase', () => {
    const [sample] = toMeterSamples(at, [
      raw('CURRENT_IMPORT', '15.9', { phase: 'L1' }),
      raw('CURRENT_IMPORT', '16.1', { phase: 'L2' }),
      raw('CURRENT_IMPORT', '16', { phase: 'L3' }),
      raw('CURRENT_IMPORT', '40', { phase: 'N' }),
    ]);

    expect(sample).toEqual({ at, context: 'PERIODIC', currentA: 16.1, totalCurrentA: 48 });
  });

  test('voltage is the average against neutral, not between phases', () => {
    const [sample] = toMeterSamples(at, [
      raw('VOLTAGE', '230', { phase: 'L1-N' }),
      raw('VOLTAGE', '232', { phase: 'L2-N' }),
      raw('VOLTAGE', '400', { phase: 'L1-L2' }),
    ]);

    expect(sample?.voltageV).toBe(231);
  });
});

describe('places and contexts', () => {
  test('energy is counted at the outlet alone', () => {
    expect(energyOf(energy('999', { location: 'INLET' }), energy('10'))).toBe(10);
    expect(energyOf(energy('999', { location: 'EV' }))).toBeUndefined();
    expect(energyOf(energy('999', { location: 'INLET' }))).toBeUndefined();
  });

  test('each context is a sample of its own', () => {
    const samples = toMeterSamples(at, [
      energy('10', { context: 'BEGIN' }),
      energy('20', { context: 'END' }),
      raw('POWER_IMPORT', '0', { context: 'END' }),
    ]);

    expect(samples).toEqual([
      { at, context: 'BEGIN', energyWh: 10 },
      { at, context: 'END', energyWh: 20, powerW: 0 },
    ]);
  });

  test('an energy interval is no register', () => {
    expect(toMeterSamples(at, [raw('ENERGY_IMPORT_INTERVAL', '500')])).toEqual([]);
  });
});

test('row 57: signed values are kept word for word, once, also where their number cannot be read', () => {
  const signedData = { data: 'OCMF|{"RV": 1.50 }|{"SD":"30 44"}', encodingMethod: 'OCMF' };

  const samples = toMeterSamples(at, [
    energy('1.5', { unit: 'kWh', context: 'END', signedData }),
    energy('OCMF|…', { context: 'END', signedData }),
    energy('OCMF|…', { context: 'BEGIN', signedData: { data: 'other' } }),
  ]);

  expect(samples).toEqual([
    { at, context: 'END', energyWh: 1_500, signed: [signedData] },
    { at, context: 'BEGIN', signed: [{ data: 'other' }] },
  ]);
});

test.each([
  ['CURRENT_IMPORT', '9'.repeat(400)],
  ['VOLTAGE', '1e300'],
  ['TEMPERATURE', '-1e13'],
] as const)('row 13: %s that no meter can have shown is absent, and the rest stays', (quantity, value) => {
  expect(toMeterSamples(at, [raw(quantity, value), energy('1500')])).toEqual([
    { at, context: 'PERIODIC', energyWh: 1_500 },
  ]);
});

test('nothing a station sends makes it throw, and energy is always whole', () => {
  const anything: fc.Arbitrary<RawValue> = fc
    .record({
      quantity: fc.constantFrom<RawValue['quantity']>(
        'ENERGY_IMPORT_REGISTER',
        'POWER_IMPORT',
        'CURRENT_IMPORT',
        'VOLTAGE',
        'STATE_OF_CHARGE',
        'TEMPERATURE',
      ),
      value: fc.oneof(
        fc.string(),
        fc.double().map(String),
        fc.integer().map(String),
        fc.constantFrom('1e-320', '9'.repeat(400)),
      ),
      unit: fc.oneof(fc.string(), fc.constantFrom('Wh', 'kWh', 'kW', 'A', 'K', 'constructor')),
      multiplier: fc.oneof(fc.integer(), fc.integer({ min: -4, max: 4 }), fc.double()),
      phase: fc.oneof(fc.string(), fc.constantFrom('L1', 'L2', 'N')),
    })
    .map((part) => ({ ...part, location: 'OUTLET', context: 'PERIODIC' }));

  fc.assert(
    fc.property(fc.array(anything), (values) => {
      for (const sample of toMeterSamples(at, values)) {
        expect(sample.energyWh === undefined || Number.isSafeInteger(sample.energyWh)).toBe(true);
        expect(sample.powerW === undefined || Number.isSafeInteger(sample.powerW)).toBe(true);
        for (const figure of Object.values(sample).filter((value) => typeof value === 'number')) {
          expect(Number.isFinite(figure) && (figure === 0 || Math.abs(figure) >= 1e-9)).toBe(true);
        }
      }
    }),
  );
});
