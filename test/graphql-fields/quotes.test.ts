import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ocpiExample } from '../core/tariffs/ocpi-tariff.ts';
import { component, tariffOf } from '../core/tariffs/periods.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

const timeZone = 'Europe/Brussels';
const session = {
  start: '2026-03-02T12:00:00+01:00',
  end: '2026-03-02T13:00:00+01:00',
  chargingPeriods: [
    {
      startDateTime: '2026-03-02T12:00:00+01:00',
      dimensions: [
        { type: 'ENERGY', volume: '20.45' },
        { type: 'TIME', volume: '1' },
      ],
    },
  ],
};
const tariff = ocpiExample('tariff_3_alt_url.json');
const quote = (input: View) => asked.ask('Query.quote', { input: { timeZone, session, ...input } });

describe('Query.quote', () => {
  test.each<[string, unknown]>([
    ['its text', JSON.stringify(tariff)],
    ['what it says', tariff],
  ])('prices a session under an OCPI tariff, given by %s', async (_, given) => {
    const made = await quote({ tariff: given });

    expect(made).toMatchObject({
      tariffId: '13',
      currency: 'EUR',
      totalCost: { exclVat: '5.625', inclVat: '6.2375' },
      totalEnergyCost: { exclVat: '5.125', inclVat: '5.6375' },
      totalFixedCost: { exclVat: '0.5', inclVat: '0.6' },
      lines: [
        { part: 'FIXED', type: 'FLAT' },
        { part: 'ENERGY', measured: '20.45', billed: '20.5', stepSize: 100, stepAdded: '0.05' },
      ],
      periods: [
        {
          startTimestamp: '2026-03-02T11:00:00.000Z',
          activity: 'CHARGING',
          energyKwh: '20.45',
          pricedBy: [
            { type: 'FLAT', element: 0 },
            { type: 'ENERGY', element: 0 },
          ],
        },
      ],
      limits: [],
      unpriced: [{ part: 'TIME', quantity: '1' }],
      decimals: 12,
      remarks: [],
    });
  });

  test('prices a reservation that expired under a tariff of the tenant', async () => {
    const priced = {
      priceComponents: [component('TIME', '6', { stepSize: 600 })],
      restrictions: { reservation: 'RESERVATION_EXPIRES' },
    } as const;
    await asked.scene.tariffs.saveTariff(
      tariffOf([priced], { tariffId: 'own', minPrice: { exclVat: '50' } }),
    );
    const reservation = { start: '2026-03-02T12:00:00Z', end: '2026-03-02T12:55:00Z' };

    const made = await quote({ tariffId: 'own', session: { reservation }, decimals: 2 });

    expect(made).toMatchObject({
      totalCost: { exclVat: '6' },
      totalReservationCost: { exclVat: '6' },
      lines: [{ part: 'RESERVATION', billed: '1' }],
      periods: [{ activity: 'RESERVED' }],
    });
  });

  test.each<[string, string, View]>([
    ['NotFound', '', { tariffId: 'nobody’s' }],
    ['Validation', 'input.tariff', {}],
    ['Validation', 'input.tariff', { tariff: 'not JSON' }],
    ['Validation', 'input.tariff.currency', { tariff: { ...(tariff as View), currency: 'x' } }],
    ['Validation', 'input.timeZone', { tariff, timeZone: 'Nowhere' }],
    ['Validation', 'input.decimals', { tariff, decimals: 13 }],
    ['Validation', 'input.session.end', { tariff, session: { ...session, end: null } }],
    [
      'Validation',
      'input.session.chargingPeriods.0.startDateTime',
      { tariff, session: { ...session, start: '2026-03-02T12:30:00+01:00' } },
    ],
  ])('refuses with %s at "%s"', async (code, field, input) => {
    await expect(quote(input)).rejects.toMatchObject({ code, ...(field === '' ? {} : { field }) });
  });
});
