import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { creditIdOf } from '#core/cdrs/cdr-id.ts';
import { rateSession } from '#core/tariffs/rate-session.ts';
import type { ChargingPeriod } from '#core/tariffs/rating.ts';
import { type OcpiCdrFacts, toOcpiCdr } from '../../functions/ocpi/cdr.ts';
import { alpha3Of } from '../../functions/ocpi/country-codes.ts';
import { ocpiExample, ocpiTariffOfCdr } from '../core/tariffs/ocpi-tariff.ts';
import { component, tariffOf } from '../core/tariffs/periods.ts';
import { ocpiCdrShape } from './ocpi-cdr-shape.ts';

const example = ocpiExample('cdr_example.json') as Record<string, unknown> & {
  cdr_location: Record<string, unknown>;
};
const startedAt = Date.parse('2015-06-29T21:39:09Z');
const endedAt = Date.parse('2015-06-29T23:37:32Z');
const minuteMs = 60_000;

const facts: OcpiCdrFacts = {
  owner: { countryCode: 'BE', partyId: 'BEC' },
  tokenOwner: { countryCode: 'DE', partyId: 'TNM' },
  contractId: 'DE8ACC12E46L89',
};

/** A CDR that was rated as it stands. */
function cdrOf(
  periods: readonly ChargingPeriod[],
  tariff = ocpiTariffOfCdr('cdr_example.json'),
  more: Partial<Cdr> = {},
): Cdr {
  const rating = rateSession(periods, tariff, 'Europe/Brussels');
  const energyWh = periods.reduce((sum, period) => sum + period.energyWh, 0);
  const parkingMs = periods
    .filter(({ activity }) => activity === 'PARKING')
    .reduce((sum, period) => sum + period.endedAt - period.startedAt, 0);
  return {
    cdrId: '12345',
    sessionId: 'session-1',
    stationId: 'CS-1',
    connector: { evseId: 1, connectorId: 1 },
    place: {
      locationId: 'LOC1',
      name: 'Gent Zuid',
      address: 'F.Rooseveltlaan 3A',
      city: 'Gent',
      postalCode: '9000',
      countryCode: 'BE',
      coordinates: { latitude: 3.729944, longitude: 51.047599 },
      evseUid: '3256',
      connectorType: 'TYPE_2',
      phases: 1,
    },
    transactionRef: '1',
    token: { uid: '012345678', tokenType: 'RFID', status: 'ACCEPTED' },
    authMethod: 'WHITELIST',
    billing: 'BILLABLE',
    startedAt,
    endedAt,
    timeZone: 'Europe/Brussels',
    energyWh,
    chargingTimeS: Math.round((endedAt - startedAt - parkingMs) / 1000),
    parkingTimeS: parkingMs / 1000,
    tariff,
    ...rating,
    createdAt: Date.parse('2015-06-29T22:01:13Z'),
    ...more,
  };
}

const charging = (from: number, minutes: number, energyWh: number): ChargingPeriod => ({
  startedAt: from,
  endedAt: from + minutes * minuteMs,
  energyWh,
  activity: 'CHARGING',
});

describe('a CDR in OCPI’s words', () => {
  test('is the example of the standard', () => {
    const cdr = cdrOf([{ startedAt, endedAt, energyWh: 15_342, activity: 'CHARGING' }]);

    const told = toOcpiCdr(cdr, facts);

    expect(ocpiCdrShape.safeParse(told).error).toBeUndefined();
    const { session_id: _, ...rest } = told;
    // The standard prints hours to three decimals, and gives neither the session nor the energy of its period.
    expect(rest).toEqual({
      ...example,
      cdr_location: { ...example.cdr_location, evse_id: '3256' },
      charging_periods: [
        {
          start_date_time: '2015-06-29T21:39:09Z',
          dimensions: [
            { type: 'ENERGY', volume: 15.342 },
            { type: 'TIME', volume: 1.973056 },
          ],
          tariff_id: '12',
        },
      ],
      total_time: 1.973056,
    });
    expect(Number(told.total_time).toFixed(3)).toBe('1.973');
  });

  test('tells charging, parking and what was kept free by their own dimensions, and no others than a CDR may have', () => {
    const at = startedAt;
    const periods = [
      {
        ...charging(at, 60, 10_000),
        minCurrentA: 30,
        maxCurrentA: 48,
        averageCurrentA: 40,
        averagePowerW: 10_000,
        maxPowerW: 11_040,
      },
      { ...charging(at + 60 * minuteMs, 30, 0), activity: 'PARKING' as const },
    ];
    const tariff = tariffOf([
      { priceComponents: [component('ENERGY', '0.25'), component('PARKING_TIME', '6')] },
    ]);
    const cdr = cdrOf(periods, tariff, { endedAt: at + 90 * minuteMs });

    const told = toOcpiCdr(cdr, facts);

    expect(ocpiCdrShape.safeParse(told).error).toBeUndefined();
    expect(told).toMatchObject({
      total_time: 1.5,
      total_parking_time: 0.5,
      total_energy: 10,
      total_parking_cost: { excl_vat: 3 },
      total_energy_cost: { excl_vat: 2.5 },
      total_cost: { excl_vat: 5.5 },
    });
    const types = (told.charging_periods as { dimensions: { type: string }[] }[]).flatMap(({ dimensions }) =>
      dimensions.map(({ type }) => type),
    );
    expect(new Set(types)).toEqual(
      new Set(['ENERGY', 'TIME', 'MIN_CURRENT', 'MAX_CURRENT', 'MAX_POWER', 'PARKING_TIME']),
    );
  });

  test('starts with its reservation', () => {
    const tariff = tariffOf([
      { priceComponents: [component('TIME', '5')], restrictions: { reservation: 'RESERVATION' } },
      { priceComponents: [component('ENERGY', '0.25')] },
    ]);
    const reservation = { startedAt: startedAt - 15 * minuteMs, endedAt: startedAt, expired: false };
    const periods = [charging(startedAt, 60, 20_000)];
    const rating = rateSession(periods, tariff, 'UTC', { reservation });
    const cdr = cdrOf(periods, tariff, { ...rating, endedAt: startedAt + 60 * minuteMs });

    const told = toOcpiCdr(cdr, facts);

    expect(ocpiCdrShape.safeParse(told).error).toBeUndefined();
    expect(told).toMatchObject({
      start_date_time: '2015-06-29T21:24:09Z',
      total_time: 1,
      total_reservation_cost: { excl_vat: 1.25 },
      charging_periods: [{ dimensions: [{ type: 'RESERVATION_TIME', volume: 0.25 }] }, {}],
    });
  });

  test('of a flat price, or of no time at all, has a period with a dimension', () => {
    const tariff = tariffOf([{ priceComponents: [component('FLAT', '2')] }]);
    const cdr = cdrOf([charging(startedAt, 0, 0)], tariff, { endedAt: startedAt });

    const told = toOcpiCdr(cdr, facts);

    expect(ocpiCdrShape.safeParse(told).error).toBeUndefined();
    expect(told).toMatchObject({ total_fixed_cost: { excl_vat: 2 }, total_time: 0 });
  });

  test('that is a credit differs in its id, its total and what it credits alone', () => {
    const cdr = cdrOf([{ startedAt, endedAt, energyWh: 15_342, activity: 'CHARGING' }]);
    const credit: Cdr = {
      ...cdr,
      cdrId: creditIdOf(cdr.cdrId),
      kind: 'CREDIT',
      creditOf: cdr.cdrId,
      totalCost: { exclVat: '-4', inclVat: '-4.4' },
      correction: { reason: 'the meter was wrong', by: 'alice' },
    };

    const told = toOcpiCdr(credit, facts);

    expect(ocpiCdrShape.safeParse(told).error).toBeUndefined();
    expect(told).toEqual({
      ...toOcpiCdr(cdr, facts),
      id: '12345-C',
      total_cost: { excl_vat: -4, incl_vat: -4.4 },
      credit: true,
      credit_reference_id: '12345',
      remark: 'the meter was wrong',
    });
  });

  test('that takes the place of another is an ordinary one', () => {
    const cdr = cdrOf([charging(startedAt, 60, 1)], undefined, { kind: 'REPLACEMENT', replaces: '12344' });

    const told = toOcpiCdr(cdr, facts);

    expect(ocpiCdrShape.safeParse(told).error).toBeUndefined();
    expect(Object.keys(told)).not.toContain('credit');
  });

  test('carries the signed values of its meter, readable and word for word', () => {
    const text = 'OCMF|{"RD":[{"RV":1}]}|{"SD":"aa"}';
    const base64 = Buffer.from(text).toString('base64');
    const cdr = cdrOf([charging(startedAt, 60, 1)], undefined, {
      signed: [
        { data: text, nature: 'START', verdict: 'VALID', publicKey: 'KEY' },
        { data: base64, nature: 'END', verdict: 'VALID' },
      ],
    });

    const told = toOcpiCdr(cdr, facts);

    expect(ocpiCdrShape.safeParse(told).error).toBeUndefined();
    expect(told.signed_data).toEqual({
      encoding_method: 'OCMF',
      public_key: 'KEY',
      signed_values: [
        { nature: 'Start', plain_data: '{"RD":[{"RV":1}]}', signed_data: base64 },
        { nature: 'End', plain_data: '{"RD":[{"RV":1}]}', signed_data: base64 },
      ],
    });
  });

  test('keeps to the widths of a CDR’s location', () => {
    const cdr = cdrOf([charging(startedAt, 60, 1)]);
    const long = { ...cdr, place: { ...cdr.place, address: 'A'.repeat(100) } };

    expect(ocpiCdrShape.safeParse(toOcpiCdr(long, facts)).error).toBeUndefined();
  });

  test.each(['city', 'countryCode', 'coordinates', 'connectorType', 'address', 'evseUid'] as const)(
    'is none without the %s of its place',
    (name) => {
      const cdr = cdrOf([charging(startedAt, 60, 1)]);
      const { [name]: _, ...place } = cdr.place ?? {};

      expect(() => toOcpiCdr({ ...cdr, place }, facts)).toThrow(`does not say its place.${name}`);
    },
  );

  test.each([
    ['EMAID', 'OTHER'],
    ['APP_USER', 'APP_USER'],
    ['AD_HOC_USER', 'AD_HOC_USER'],
  ] as const)('tells a token of the kind %s as %s', (tokenType, type) => {
    const token = { uid: 'DEABCC12345678', tokenType, status: 'ACCEPTED' } as const;
    const cdr = cdrOf([charging(startedAt, 60, 1)], undefined, { token });

    expect(toOcpiCdr(cdr, { owner: facts.owner }).cdr_token).toEqual({
      country_code: 'BE',
      party_id: 'BEC',
      uid: token.uid,
      type,
      contract_id: token.uid,
    });
  });

  test('whatever was charged, fits the standard and adds up', () => {
    const minutes = fc.integer({ min: 0, max: 600 });
    const stretch = fc.record({
      minutes,
      energyWh: fc.integer({ min: 0, max: 100_000 }),
      activity: fc.constantFrom('CHARGING', 'PARKING'),
    });
    const tariff = tariffOf([
      {
        priceComponents: [component('ENERGY', '0.31', { vat: '20', stepSize: 100 })],
        restrictions: { maxKwh: '5' },
      },
      {
        priceComponents: [
          component('ENERGY', '0.2'),
          component('TIME', '1.3'),
          component('PARKING_TIME', '4'),
        ],
      },
    ]);
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 6 }), (stretches) => {
        let at = startedAt;
        const periods = stretches.map(({ minutes: long, energyWh, activity }): ChargingPeriod => {
          const from = at;
          at += long * minuteMs;
          return { startedAt: from, endedAt: at, energyWh, activity };
        });
        const told = ocpiCdrShape.parse(toOcpiCdr(cdrOf(periods, tariff, { endedAt: at }), facts));

        const volumes = (types: readonly string[]) =>
          told.charging_periods
            .flatMap(({ dimensions }) => dimensions)
            .filter(({ type }) => types.includes(type))
            .reduce((sum, { volume }) => sum + volume, 0);
        expect(volumes(['ENERGY'])).toBeCloseTo(told.total_energy, 6);
        expect(volumes(['TIME', 'PARKING_TIME'])).toBeCloseTo(told.total_time, 4);
        expect(volumes(['PARKING_TIME'])).toBeCloseTo(told.total_parking_time ?? 0, 4);
      }),
    );
  });
});

test('countries have three letters where OCPI asks for them', () => {
  expect(['BE', 'fr', 'XX', ''].map(alpha3Of)).toEqual(['BEL', 'FRA', undefined, undefined]);
});
