import { describe, expect, test } from 'vitest';
import { rateSession } from '#core/tariffs/rate-session.ts';
import type { TariffRestrictions } from '#core/tariffs/tariff.ts';
import { component, periodsFrom, tariffOf } from './periods.ts';

const paris = 'Europe/Paris';

/** Minutes of charging that fall under the restrictions. */
function minutesWithin(restrictions: TariffRestrictions, startedAt: string, minutes: number): number {
  const tariff = tariffOf([{ priceComponents: [component('TIME', '60')], restrictions }]);
  const rating = rateSession(periodsFrom(startedAt, [{ minutes }]), tariff, paris);
  return Number(rating.totalCost.exclVat);
}

describe('which price applies', () => {
  test('each dimension takes the first element that prices it, not one element for all', () => {
    const tariff = tariffOf([
      { priceComponents: [component('ENERGY', '0.3')] },
      { priceComponents: [component('ENERGY', '9'), component('TIME', '2')] },
    ]);

    const rating = rateSession(
      periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 60, energyWh: 10_000 }]),
      tariff,
      paris,
    );

    expect(rating.periods.map(({ elements }) => elements)).toEqual([{ ENERGY: 0, TIME: 1 }]);
    expect(rating.totalCost).toEqual({ exclVat: '5' });
  });

  test('what no element prices costs nothing and is said so', () => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.3')] }]);
    const periods = periodsFrom('2026-03-02T12:00:00Z', [
      { minutes: 60, energyWh: 10_000 },
      { minutes: 7, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, tariff, paris);

    expect(rating.totalCost).toEqual({ exclVat: '3' });
    expect(rating.totalParkingCost).toBeUndefined();
    expect(rating.explanation).toContain('No price applies to 7 min of parking time.');
  });

  test('elements for reservations never price a session', () => {
    const tariff = tariffOf([
      { priceComponents: [component('TIME', '5')], restrictions: { reservation: 'RESERVATION' } },
      { priceComponents: [component('TIME', '1')] },
    ]);

    const rating = rateSession(periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 60 }]), tariff, paris);

    expect(rating.totalCost).toEqual({ exclVat: '1' });
  });

  test.each<{
    name: string;
    restrictions: TariffRestrictions;
    start: string;
    minutes: number;
    priced: number;
  }>([
    {
      name: 'a daily window holds from its start and without its end',
      restrictions: { startTime: '09:00', endTime: '18:00' },
      start: '2026-03-02T08:00:00+01:00',
      minutes: 720,
      priced: 540,
    },
    {
      name: 'a window that ends before it starts goes over midnight',
      restrictions: { startTime: '22:00', endTime: '06:00' },
      start: '2026-03-02T21:00:00+01:00',
      minutes: 720,
      priced: 480,
    },
    {
      name: 'a window until 00:00 lasts to the end of the day',
      restrictions: { startTime: '20:00', endTime: '00:00' },
      start: '2026-03-02T19:00:00+01:00',
      minutes: 720,
      priced: 240,
    },
    {
      name: 'a window without length is the whole day',
      restrictions: { startTime: '07:00', endTime: '07:00' },
      start: '2026-03-02T06:00:00+01:00',
      minutes: 180,
      priced: 180,
    },
    {
      name: 'weekdays are those of the place, not of UTC',
      restrictions: { daysOfWeek: ['SUNDAY'] },
      start: '2026-03-07T23:30:00Z',
      minutes: 60,
      priced: 60,
    },
    {
      name: 'a weekday ends at local midnight',
      restrictions: { daysOfWeek: ['SUNDAY'] },
      start: '2026-03-08T23:00:00+01:00',
      minutes: 120,
      priced: 60,
    },
    {
      name: 'dates hold from the first and without the last',
      restrictions: { startDate: '2026-03-03', endDate: '2026-03-04' },
      start: '2026-03-02T12:00:00+01:00',
      minutes: 2 * 1440,
      priced: 1440,
    },
    {
      name: 'the night on which clocks go forward has 7 hours between 22:00 and 06:00',
      restrictions: { startTime: '22:00', endTime: '06:00' },
      start: '2026-03-28T20:00:00+01:00',
      minutes: 720,
      priced: 420,
    },
    {
      name: 'the night on which clocks go back has 9 hours between 22:00 and 06:00',
      restrictions: { startTime: '22:00', endTime: '06:00' },
      start: '2026-10-24T20:00:00+02:00',
      minutes: 960,
      priced: 540,
    },
    {
      name: 'a window that starts in the hour that is left out starts when clocks go forward',
      restrictions: { startTime: '02:30', endTime: '04:00' },
      start: '2026-03-29T00:00:00+01:00',
      minutes: 360,
      priced: 60,
    },
    {
      name: 'an hour that comes twice is priced twice',
      restrictions: { startTime: '02:00', endTime: '03:00' },
      start: '2026-10-25T00:00:00+02:00',
      minutes: 360,
      priced: 120,
    },
    {
      name: 'durations count from the start of the session',
      restrictions: { minDurationS: 1800, maxDurationS: 3600 },
      start: '2026-03-02T12:00:00Z',
      minutes: 90,
      priced: 30,
    },
  ])('$name', ({ restrictions, start, minutes, priced }) => {
    expect(minutesWithin(restrictions, start, minutes)).toBe(priced);
  });

  test('energy prices change at the very Wh', () => {
    const tariff = tariffOf([
      { priceComponents: [component('ENERGY', '0.2')], restrictions: { maxKwh: '1.5' } },
      { priceComponents: [component('ENERGY', '0.4')] },
    ]);

    const rating = rateSession(
      periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 37, energyWh: 7_777 }]),
      tariff,
      paris,
    );

    expect(rating.lines.map(({ measured }) => measured)).toEqual(['1.5', '6.277']);
    expect(rating.totalCost).toEqual({ exclVat: '2.8108' });
  });

  test('a stretch without energy has no part in how energy is rounded', () => {
    const tariff = tariffOf([
      {
        priceComponents: [component('ENERGY', '0.2', { stepSize: 1000 })],
        restrictions: { maxDurationS: 3600 },
      },
      { priceComponents: [component('ENERGY', '0.9', { stepSize: 1000 })] },
    ]);
    const periods = periodsFrom('2026-03-02T12:00:00Z', [
      { minutes: 60, energyWh: 1_500 },
      { minutes: 60, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, tariff, paris);

    expect(rating.lines.map(({ billed, unitPrice }) => [billed, unitPrice])).toEqual([['2', '0.2']]);
  });

  test('a current that was not measured is below every limit', () => {
    const tariff = tariffOf([
      { priceComponents: [component('TIME', '9')], restrictions: { minCurrentA: '32' } },
      { priceComponents: [component('TIME', '1')], restrictions: { maxCurrentA: '32' } },
    ]);

    const rating = rateSession(periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 60 }]), tariff, paris);

    expect(rating.totalCost).toEqual({ exclVat: '1' });
  });

  test('each flat price that comes to apply is billed once', () => {
    const tariff = tariffOf([
      { priceComponents: [component('FLAT', '1')], restrictions: { endTime: '17:00' } },
      { priceComponents: [component('FLAT', '2')] },
    ]);

    const rating = rateSession(
      periodsFrom('2026-03-02T16:00:00+01:00', [{ minutes: 30 }, { minutes: 60 }, { minutes: 30 }]),
      tariff,
      paris,
    );

    expect(rating.totalCost).toEqual({ exclVat: '3' });
    expect(rating.totalFixedCost).toEqual({ exclVat: '3' });
  });

  test('neighbouring periods with the same prices become one', () => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.2')] }]);
    const periods = periodsFrom('2026-03-02T12:00:00Z', [
      { minutes: 15, energyWh: 1_000, currentA: 10 },
      { minutes: 45, energyWh: 5_000, currentA: 20 },
      { minutes: 30, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, tariff, paris);

    expect(rating.periods).toEqual([
      {
        startedAt: Date.parse('2026-03-02T12:00:00Z'),
        endedAt: Date.parse('2026-03-02T13:00:00Z'),
        energyWh: 6_000,
        activity: 'CHARGING',
        averagePowerW: 6_000,
        averageCurrentA: 17.5,
        elements: { ENERGY: 0 },
      },
      {
        startedAt: Date.parse('2026-03-02T13:00:00Z'),
        endedAt: Date.parse('2026-03-02T13:30:00Z'),
        energyWh: 0,
        activity: 'PARKING',
        averagePowerW: 0,
        elements: { ENERGY: 0 },
      },
    ]);
  });
});

describe('what it adds up to', () => {
  const hour = periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 60, energyWh: 10_000 }]);

  test('a component without VAT is not taxed, and its neighbour is', () => {
    const tariff = tariffOf([
      { priceComponents: [component('ENERGY', '0.3', { vat: '20' }), component('FLAT', '1')] },
    ]);

    const rating = rateSession(hour, tariff, paris);

    expect(rating.totalCost).toEqual({ exclVat: '4', inclVat: '4.6' });
    expect(rating.totalFixedCost).toEqual({ exclVat: '1' });
  });

  test('a VAT of zero is stated, no VAT is not', () => {
    const zero = tariffOf([{ priceComponents: [component('FLAT', '1', { vat: '0' })] }]);
    const none = tariffOf([{ priceComponents: [component('FLAT', '1')] }]);

    expect(rateSession(hour, zero, paris).totalCost).toEqual({ exclVat: '1', inclVat: '1' });
    expect(rateSession(hour, none, paris).totalCost).toEqual({ exclVat: '1' });
  });

  test('a limit holds each side by itself and leaves the parts alone', () => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.3', { vat: '20' })] }], {
      maxPrice: { exclVat: '4', inclVat: '3.5' },
    });

    const rating = rateSession(hour, tariff, paris);

    expect(rating.totalCost).toEqual({ exclVat: '3', inclVat: '3.5' });
    expect(rating.totalEnergyCost).toEqual({ exclVat: '3', inclVat: '3.6' });
    expect(rating.explanation).toContain(
      'The sum with VAT, 3.6 EUR, is above the greatest price of the tariff: 3.5 EUR is charged.',
    );
  });

  test('a limit without VAT leaves the side with VAT alone', () => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.3', { vat: '20' })] }], {
      minPrice: { exclVat: '5' },
    });

    expect(rateSession(hour, tariff, paris).totalCost).toEqual({ exclVat: '5', inclVat: '3.6' });
  });

  test('a limit that states VAT has the total state it, though no price does', () => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '1.05')] }], {
      maxPrice: { exclVat: '10', inclVat: '11' },
    });

    expect(rateSession(hour, tariff, paris).totalCost).toEqual({ exclVat: '10', inclVat: '10.5' });
  });

  test('halves are rounded up, once, from the exact amount', () => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.00005')] }]);
    const kWh = (energyWh: number) => periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 60, energyWh }]);

    expect(rateSession(kWh(1_000), tariff, paris).totalCost).toEqual({ exclVat: '0.0001' });
    expect(rateSession(kWh(999), tariff, paris).totalCost).toEqual({ exclVat: '0' });
  });

  test('thirds of an hour are exact: three lines of 20 minutes at 1 per hour', () => {
    const tariff = tariffOf([{ priceComponents: [component('TIME', '1')] }]);

    const rating = rateSession(
      periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 20 }, { minutes: 20 }, { minutes: 20 }]),
      tariff,
      paris,
    );

    expect(rating.totalCost).toEqual({ exclVat: '1' });
  });

  test('the bill explains itself line by line', () => {
    const tariff = tariffOf([
      {
        priceComponents: [
          component('ENERGY', '0.25', { vat: '20', stepSize: 1000 }),
          component('TIME', '2', { vat: '20' }),
          component('PARKING_TIME', '6', { stepSize: 300 }),
        ],
      },
    ]);
    const periods = periodsFrom('2026-03-02T12:00:00Z', [
      { minutes: 90, energyWh: 20_450 },
      { minutes: 42, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, tariff, paris);

    expect(rating.explanation).toEqual([
      'Priced by tariff "Test" (test).',
      'Energy: 20.45 kWh, billed as 21 kWh because this price counts in steps of 1 kWh, at 0.25 EUR per kWh: 5.25 EUR, with 20 % VAT 6.3 EUR (tariff element 1).',
      'Charging time: 1 h 30 min at 2 EUR per hour: 3 EUR, with 20 % VAT 3.6 EUR (tariff element 1).',
      'Parking time: 42 min, billed as 45 min because this price counts in steps of 5 min, at 6 EUR per hour: 4.5 EUR, no VAT stated (tariff element 1).',
      'Total: 12.75 EUR without VAT, 14.4 EUR with VAT. Each line is rounded once, half up, to 4 decimals.',
    ]);
  });

  test('a session without a moment still has one period', () => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.25'), component('TIME', '2')] }]);

    const rating = rateSession(
      periodsFrom('2026-03-02T12:00:00Z', [{ minutes: 0, energyWh: 1_000 }]),
      tariff,
      paris,
    );

    expect(rating.periods).toHaveLength(1);
    expect(rating.totalCost).toEqual({ exclVat: '0.25' });
  });
});
