import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ocpiExample } from '../core/tariffs/ocpi-tariff.ts';
import { component, tariffOf } from '../core/tariffs/periods.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
});
afterAll(() => db.close());

const timeZone = 'Europe/Brussels';
const minutes = (after: number, of = '2026-03-02T12:00:00+01:00') =>
  new Date(Date.parse(of) + after * 60_000).toISOString();

/** Stretches of so many minutes, one after the other, as OCPI's charging periods. */
function sessionOf(
  stretches: readonly (readonly [number, Readonly<Record<string, number>>])[],
  start = '2026-03-02T12:00:00+01:00',
) {
  let passed = 0;
  const charging_periods = stretches.map(([lasts, volumes]) => {
    const dimensions = Object.entries(volumes).map(([type, volume]) => ({ type, volume }));
    const period = { start_date_time: minutes(passed, start), dimensions };
    passed += lasts;
    return period;
  });
  return { start: minutes(0, start), end: minutes(passed, start), charging_periods };
}

const reserved = (lasts: number, expired = false) => ({
  reservation: { start: minutes(-lasts), end: minutes(0), expired },
});
const quote = (body: object) => admin.request('POST /tariffs/quote', body);
const twenty = sessionOf([[60, { ENERGY: 20, TIME: 1 }]]);

describe('a quote costs what the examples of OCPI print', () => {
  test.each<[string, string, object, string, string | undefined]>([
    ['20 kWh', 'tariff_8_simple_025kwh.json', sessionOf([[60, { ENERGY: 20 }]]), '5', '5.5'],
    [
      'less than the least price',
      'tariff_12_025kwh_min_price.json',
      sessionOf([[60, { ENERGY: 1 }]]),
      '0.5',
      '0.55',
    ],
    [
      'more than the greatest price',
      'tariff_6_025kwh_start_max_price.json',
      sessionOf([[60, { ENERGY: 50 }]]),
      '10',
      '11',
    ],
    [
      'energy and parking in hours of four decimals',
      'tariff_10_025kwh_parking_start.json',
      sessionOf([
        [60, { ENERGY: 20, TIME: 1 }],
        [40, { PARKING_TIME: 0.6667 }],
      ]),
      '7',
      '7.9',
    ],
    ['time', 'tariff_2_alt_text.json', sessionOf([[150, { TIME: 2.5 }]]), '4.75', '4.997'],
    ['steps of energy', 'tariff_3_alt_url.json', sessionOf([[60, { ENERGY: 20.45 }]]), '5.625', '6.2375'],
    [
      'a current',
      'tariff_4_complex.json',
      sessionOf(
        [
          [165, { TIME: 2.75, MAX_CURRENT: 16 }],
          [42, { PARKING_TIME: 0.7 }],
        ],
        '2026-03-02T09:30:00+01:00',
      ),
      '9',
      '10.3',
    ],
    [
      'steps of time',
      'tariff_14_step_size.json',
      sessionOf(
        [
          [10, { TIME: 0.1667 }],
          [2, { PARKING_TIME: 0.0333 }],
        ],
        '2026-03-02T16:55:00+01:00',
      ),
      '0.55',
      undefined,
    ],
    [
      'powers',
      'tariffrestriction_example_max_power.json',
      sessionOf([
        [10, { ENERGY: 1, MAX_POWER: 6 }],
        [50, { ENERGY: 40, MIN_POWER: 48, MAX_POWER: 48 }],
        [8, { ENERGY: 0.5, MAX_POWER: 4 }],
      ]),
      '20.3',
      '24.36',
    ],
    [
      'a reservation',
      'tariff_16_reservation_2_euro_fee_5_euro_per_hour.json',
      { ...twenty, ...reserved(13) },
      '8.75',
      '10',
    ],
    [
      'a reservation that expired',
      'tariff_18_reservation_with_expire_time.json',
      reserved(90, true),
      '9',
      '10.8',
    ],
  ])('%s', async (_, file, session, excl_vat, incl_vat) => {
    const { status, body } = await quote({ tariff: ocpiExample(file), timeZone, session });

    expect(status).toBe(200);
    expect(body.total_cost).toEqual({ excl_vat, ...(incl_vat === undefined ? {} : { incl_vat }) });
  });

  test('the example CDR comes to its own total', async () => {
    const cdr = ocpiExample('cdr_example.json') as {
      start_date_time: string;
      end_date_time: string;
      tariffs: unknown[];
      charging_periods: unknown[];
    };
    const { start_date_time: start, end_date_time: end, tariffs, charging_periods } = cdr;

    const { body } = await quote({
      tariff: tariffs[0],
      timeZone,
      session: { start, end },
      charging_periods,
    });

    expect(body).toMatchObject({
      currency: 'EUR',
      total_cost: { excl_vat: '4', incl_vat: '4.4' },
      total_time_cost: { excl_vat: '4', incl_vat: '4.4' },
      total_energy_cost: null,
      total_time: '1.973056',
    });
  });
});

describe('a quote', () => {
  test('says each part, each line, each period, and why', async () => {
    const tariff = ocpiExample('tariff_15_reservation_5_euro_per_hour.json');

    const { body } = await quote({ tariff, timeZone, session: { ...twenty, ...reserved(15) } });

    expect(body).toEqual({
      currency: 'EUR',
      total_cost: { excl_vat: '6.75', incl_vat: '7.6' },
      total_fixed_cost: { excl_vat: '0.5', incl_vat: '0.6' },
      total_energy_cost: { excl_vat: '5', incl_vat: '5.5' },
      total_time_cost: null,
      total_parking_cost: null,
      total_reservation_cost: { excl_vat: '1.25', incl_vat: '1.5' },
      total_energy: '20',
      total_time: '1',
      total_parking_time: '0',
      lines: [
        expect.objectContaining({ part: 'RESERVATION', type: 'TIME', unit: 'h', billed: '0.25', element: 0 }),
        expect.objectContaining({ part: 'FIXED', type: 'FLAT', unit: 'session', element: 1, component: 0 }),
        {
          part: 'ENERGY',
          type: 'ENERGY',
          element: 1,
          component: 1,
          unit: 'kWh',
          unit_price: '0.25',
          vat: '10',
          measured: '20',
          billed: '20',
          step: null,
          cost: { excl_vat: '5', incl_vat: '5.5' },
          unrounded: null,
        },
      ],
      periods: [
        {
          start_date_time: '2026-03-02T10:45:00.000Z',
          end_date_time: '2026-03-02T11:00:00.000Z',
          activity: 'RESERVED',
          energy: '0',
          elements: { TIME: 0 },
        },
        {
          start_date_time: '2026-03-02T11:00:00.000Z',
          end_date_time: '2026-03-02T12:00:00.000Z',
          activity: 'CHARGING',
          energy: '20',
          elements: { FLAT: 1, ENERGY: 1 },
        },
      ],
      explanation: {
        sentences: expect.arrayContaining([
          'The place was reserved for 15 min before charging began.',
          'Reserved time: 15 min at 5 EUR per hour: 1.25 EUR, with 20 % VAT 1.5 EUR (tariff element 1).',
          'No price applies to 1 h of charging time.',
        ]),
        tariff_id: '20',
        reservation: { start: '2026-03-02T10:45:00.000Z', end: '2026-03-02T11:00:00.000Z', expired: false },
        rounding: { mode: 'HALF_UP', of: 'LINE', decimals: 12 },
        limits: [],
        unpriced: [{ part: 'TIME', quantity: '1' }],
        remarks: [],
      },
    });
  });

  test('shows steps, limits, and amounts before they are rounded', async () => {
    const tariff = {
      id: 'T',
      currency: 'EUR',
      min_price: { excl_vat: 3 },
      elements: [{ price_components: [{ type: 'TIME', price: 1, vat: 20, step_size: 600 }] }],
    };

    const { body } = await quote({
      tariff,
      timeZone,
      session: sessionOf([[12, { TIME: 0.2 }]]),
      decimals: 2,
    });

    expect(body.lines).toMatchObject([
      {
        measured: '0.2',
        billed: '0.333333',
        step: { step_size: 600, added: '0.133333' },
        cost: { excl_vat: '0.33', incl_vat: '0.4' },
        unrounded: { excl_vat: '0.333333333333', incl_vat: '0.4' },
      },
    ]);
    expect(body.explanation.limits).toEqual([
      { limit: 'min_price', side: 'excl_vat', sum: '0.33', charged: '3' },
    ]);
    expect(body.total_cost).toEqual({ excl_vat: '3', incl_vat: '0.4' });
  });

  test('is given of the tenant’s own tariffs, and of no other tenant’s', async () => {
    const own = tariffOf([{ priceComponents: [component('ENERGY', '0.3')] }], {
      tariffId: 'own',
      status: 'DRAFT',
    });
    await admin.scene.tariffs.saveTariff(own);
    await db.storesOf('another').tariffs.saveTariff({ ...own, tariffId: 'theirs' });

    const [found, inPlace, theirs] = [
      await quote({ tariff_id: 'own', timeZone, session: twenty }),
      await quote({ tariff: 'own', timeZone, session: twenty }),
      await quote({ tariff_id: 'theirs', timeZone, session: twenty }),
    ];

    expect(found.body.total_cost).toEqual({ excl_vat: '6' });
    expect(found.body.explanation.remarks).toEqual(['Tariff "Test" (own) is a draft.']);
    expect(inPlace.body).toEqual(found.body);
    expect(theirs.status).toBe(404);
  });

  test('is for readers, and not for drivers', async () => {
    const body = { tariff: ocpiExample('tariff_8_simple_025kwh.json'), timeZone, session: twenty };

    const statuses = await Promise.all(
      (['VIEWER', 'OPERATOR', 'DRIVER'] as const).map(
        async (role) => (await admin.request('POST /tariffs/quote', body, { roles: [role] })).status,
      ),
    );

    expect(statuses).toEqual([200, 200, 403]);
  });

  const tariff = ocpiExample('tariff_8_simple_025kwh.json') as object;
  const badTariff = {
    ...tariff,
    elements: [{ price_components: [{ type: 'FLAT', price: 'x', step_size: 1 }] }],
  };
  const badSession = {
    ...twenty,
    charging_periods: [{ start_date_time: minutes(0), dimensions: [{ type: 'TIME' }] }],
  };

  test.each<[string, unknown]>([
    ['', 'quote me'],
    ['/tariff', { timeZone, session: twenty }],
    ['/tariff_id', { tariff, tariff_id: 'own', timeZone, session: twenty }],
    ['/timeZone', { tariff, session: twenty }],
    ['/timeZone', { tariff, timeZone: 'Europe/Nowhere', session: twenty }],
    ['/session', { tariff, timeZone }],
    ['/decimals', { tariff, timeZone, session: twenty, decimals: 20 }],
    ['/tariff/elements/0/price_components/0/price', { tariff: badTariff, timeZone, session: twenty }],
    ['/session/charging_periods', { tariff, timeZone, session: {} }],
    ['/session/charging_periods/0/dimensions/0/volume', { tariff, timeZone, session: badSession }],
    [
      '/charging_periods/0/start_date_time',
      { tariff, timeZone, session: { end: minutes(0) }, charging_periods: [{}] },
    ],
  ])('of what makes no sense is refused at "%s"', async (pointer, asked) => {
    const { status, body } = await admin.request('POST /tariffs/quote', asked);

    expect(status).toBe(422);
    expect(body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });
});
