import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTransactionNumber, mendPayload, type Quirk } from '../../functions/ocpp/quirks.ts';
import { stationTime } from '../../functions/ocpp/station-time.ts';
import { chooseSubprotocol, readSubprotocolList } from '../../functions/ocpp/subprotocols.ts';

function mended(payload: Record<string, unknown>): { payload: unknown; quirks: Quirk[] } {
  const quirks: Quirk[] = [];
  return { payload: mendPayload(payload, (quirk) => quirks.push(quirk)), quirks };
}

describe('mending payloads', () => {
  const reading = { timestamp: 't', sampledValue: [{ value: '1' }] };

  test.each(['meterValue', 'transactionData'])('row 53: a %s that is no list becomes one', (name) => {
    expect(mended({ [name]: reading })).toEqual({
      payload: { [name]: [reading] },
      quirks: ['meter-values-not-in-a-list'],
    });
  });

  test('row 53: so does a sampled value', () => {
    expect(mended({ meterValue: [{ timestamp: 't', sampledValue: { value: '1' } }] })).toEqual({
      payload: { meterValue: [reading] },
      quirks: ['meter-values-not-in-a-list'],
    });
  });

  test('row 51: the old spelling of Celsius is accepted in both versions', () => {
    const of = (value: unknown) => ({ meterValue: [{ timestamp: 't', sampledValue: [value] }] });

    expect(mended(of({ value: '4', unit: 'Celcius' }))).toEqual({
      payload: of({ value: '4', unit: 'Celsius' }),
      quirks: ['misspelt-celsius'],
    });
    expect(mended(of({ value: 4, unitOfMeasure: { unit: 'Celcius', multiplier: 0 } }))).toEqual({
      payload: of({ value: 4, unitOfMeasure: { unit: 'Celsius', multiplier: 0 } }),
      quirks: ['misspelt-celsius'],
    });
  });

  test.each([
    [2 ** 53, Number.MAX_SAFE_INTEGER],
    [-1e126, Number.MIN_SAFE_INTEGER],
    [Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER],
    [1e-300, 0],
  ])('row 4: %d, which no counter holds, becomes %d', (number, nearest) => {
    const of = (value: number) => ({ seqNo: value, evse: { id: value }, list: [{ limit: value }] });

    expect(mended(of(number))).toMatchObject({ payload: of(nearest), quirks: expect.any(Array) });
    expect(new Set(mended(of(number)).quirks)).toEqual(new Set(['number-out-of-range']));
    expect(mended(of(nearest))).toEqual({ payload: of(nearest), quirks: [] });
  });

  test('row 52: numbers in ids, readings and members of vendors stay as they came', () => {
    const payload = {
      transactionId: 2 ** 60,
      meterValue: [{ sampledValue: [{ value: 1e25 }] }],
      customData: { vendorId: 'x', count: 1e300 },
    };

    expect(mended(payload)).toEqual({ payload, quirks: [] });
  });

  test('mending never fails, mends what is mended already no further, and touches nothing else', () => {
    const values = [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)];
    const anything = fc.anything({ values, maxDepth: 3 });
    const lists = fc.record({ meterValue: fc.oneof(anything, fc.record({ sampledValue: anything })) });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), lists, (rest, list) => {
        const once = mended({ ...rest, ...list }).payload as Record<string, unknown>;

        expect(mended(once)).toEqual({ payload: once, quirks: [] });
        const { meterValue: _, transactionData: __, ...others } = once;
        const { meterValue: ___, transactionData: ____, ...before } = rest;
        expect(others).toEqual(before);
      }),
    );
  });

  test('row 52: only numbers that we can have given are transactions', () => {
    expect([1, 2 ** 31 - 1].every(isTransactionNumber)).toBe(true);
    expect([0, -1, 2 ** 31, 9e15, 1.5, Number.NaN].some(isTransactionNumber)).toBe(false);
  });
});

describe('row 21: the time of stations', () => {
  const received = Date.parse('2026-03-01T12:00:00Z');
  const read = (text: string) => {
    const quirks: Quirk[] = [];
    return { at: stationTime(text, received, (quirk) => quirks.push(quirk)), quirks };
  };
  const eleven = Date.parse('2026-03-01T11:00:00Z');

  test.each([
    ['2026-03-01T11:00:00Z', eleven],
    ['2026-03-01T11:00:00z', eleven],
    ['2026-03-01T11:00Z', eleven],
    ['2026-03-01 11:00:00Z', eleven],
    ['2026-03-01T11:00:00.5Z', eleven + 500],
    ['2026-03-01T11:00:00,123456Z', eleven + 123],
    ['2026-03-01T13:00:00+02:00', eleven],
    ['2026-03-01T13:00:00+0200', eleven],
    ['2026-03-01T13:00:00+02', eleven],
    ['1970-01-01T00:00:07Z', 7_000],
  ])('%s is read as it stands', (text, at) => {
    expect(read(text)).toEqual({ at, quirks: [] });
  });

  test('without a zone it is UTC, and noted', () => {
    expect(read('2026-03-01T11:00:00.000')).toEqual({ at: eleven, quirks: ['timestamp-without-zone'] });
  });

  test('a moment that does not exist is the moment of arrival, and noted', () => {
    expect(read('2026-13-01T11:00:00Z')).toEqual({ at: received, quirks: ['unusable-timestamp'] });
  });

  test('any moment written as ISO 8601 is read exactly', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), noInvalidDate: true, max: new Date('9999-12-31') }), (date) => {
        expect(read(date.toISOString())).toEqual({ at: date.getTime(), quirks: [] });
      }),
    );
  });
});

describe('row 54: subprotocol lists', () => {
  test.each([
    ['ocpp1.6', ['ocpp1.6'], false],
    ['ocpp2.0.1, ocpp1.6', ['ocpp2.0.1', 'ocpp1.6'], false],
    [', ocpp1.6', ['ocpp1.6'], true],
    ['ocpp1.6,,', ['ocpp1.6'], true],
    ['OCPP1.6', ['ocpp1.6'], true],
    ['', [], false],
  ])('%j', (header, expected, untidy) => {
    expect(readSubprotocolList(header)).toEqual({ names: expected, untidy });
  });

  test('the version that the station is set up for is spoken, whatever else is offered', () => {
    expect(chooseSubprotocol(['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'], 'ocpp1.6')).toBe('ocpp1.6');
    expect(chooseSubprotocol(['ocpp2.0.1'], 'ocpp1.6')).toBeUndefined();
    expect(chooseSubprotocol(['ocpp2.1'], 'ocpp2.1')).toBeUndefined();
  });
});
