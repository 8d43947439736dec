import { describe, expect, test } from 'vitest';
import { rateSession } from '#core/tariffs/rate-session.ts';
import { ocpiTariff, ocpiTariffOfCdr } from './ocpi-tariff.ts';
import { component, periodsFrom, tariffOf } from './periods.ts';

const noon = '2026-03-02T12:00:00Z';

describe('example tariffs of OCPI 2.2.1 cost what the specification says', () => {
  test.each([
    { vector: 'V1', file: 'tariff_8_simple_025kwh.json', energyWh: 20_000, excl: '5', incl: '5.5' },
    { vector: 'V2', file: 'tariff_9_025kwh_start.json', energyWh: 20_000, excl: '5.5', incl: '6.1' },
    { vector: 'V3', file: 'tariff_12_025kwh_min_price.json', energyWh: 20_000, excl: '5', incl: '5.5' },
    { vector: 'V4', file: 'tariff_12_025kwh_min_price.json', energyWh: 1_000, excl: '0.5', incl: '0.55' },
    { vector: 'V6', file: 'tariff_6_025kwh_start_max_price.json', energyWh: 50_000, excl: '10', incl: '11' },
    { vector: 'V7', file: 'tariff_6_025kwh_start_max_price.json', energyWh: 30_000, excl: '8', incl: '8.85' },
    { vector: 'V11', file: 'tariff_3_alt_url.json', energyWh: 20_450, excl: '5.625', incl: '6.2375' },
  ])('$vector: $energyWh Wh under $file', ({ file, energyWh, excl, incl }) => {
    const periods = periodsFrom(noon, [{ minutes: 90, energyWh }]);

    const rating = rateSession(periods, ocpiTariff(file), 'Europe/Paris');

    expect(rating.totalCost).toEqual({ exclVat: excl, inclVat: incl });
  });

  test.each([
    { vector: 'V8', file: 'tariff_1_simple_2hour.json', excl: '5', incl: '5.5' },
    { vector: 'V10', file: 'tariff_2_alt_text.json', excl: '4.75', incl: '4.997' },
  ])('$vector: two and a half hours under $file', ({ file, excl, incl }) => {
    const rating = rateSession(periodsFrom(noon, [{ minutes: 150 }]), ocpiTariff(file), 'Europe/Paris');

    expect(rating.totalCost).toEqual({ exclVat: excl, inclVat: incl });
  });

  test('V5: 20 kWh and 40 minutes of parking billed as 45', () => {
    const periods = periodsFrom(noon, [
      { minutes: 60, energyWh: 20_000 },
      { minutes: 40, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariff_10_025kwh_parking_start.json'), 'Europe/Paris');

    expect(rating.totalCost).toEqual({ exclVat: '7', inclVat: '7.9' });
    expect(rating.totalParkingCost).toEqual({ exclVat: '1.5', inclVat: '1.8' });
    expect(rating.totalFixedCost).toEqual({ exclVat: '0.5', inclVat: '0.6' });
  });

  test('V9: 150 minutes of charging, 42 of parking billed as 45', () => {
    const periods = periodsFrom(noon, [{ minutes: 150 }, { minutes: 42, activity: 'PARKING' }]);

    const rating = rateSession(periods, ocpiTariff('tariff_13_simple_3hour_5parking.json'), 'Europe/Paris');

    expect(rating.totalCost).toEqual({ exclVat: '11.25', inclVat: '12.75' });
  });

  test('V12: on a Monday at 09:30, 165 minutes at 16 A, then 42 minutes of parking billed as 45', () => {
    const periods = periodsFrom('2026-03-02T09:30:00+01:00', [
      { minutes: 165, currentA: 16 },
      { minutes: 42, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariff_4_complex.json'), 'Europe/Paris');

    expect(rating.totalCost).toEqual({ exclVat: '9', inclVat: '10.3' });
  });

  test('V14: a free tariff costs nothing whatever happens', () => {
    const periods = periodsFrom(noon, [
      { minutes: 600, energyWh: 60_000 },
      { minutes: 600, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariff_5_free_of_charge.json'), 'Europe/Paris');

    expect(rating.totalCost).toEqual({ exclVat: '0' });
  });

  test('V21: 10 minutes of charging across 17:00, then 2 of parking billed as 15', () => {
    const periods = periodsFrom('2026-03-02T16:55:00+01:00', [
      { minutes: 10 },
      { minutes: 2, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariff_14_step_size.json'), 'Europe/Paris');

    expect(rating.totalCost).toEqual({ exclVat: '0.55' });
    expect(rating.totalTimeCost).toEqual({ exclVat: '0.3' });
    expect(rating.totalParkingCost).toEqual({ exclVat: '0.25' });
  });

  test('V26: the example CDR', () => {
    const periods = periodsFrom('2015-06-29T21:39:09Z', [{ minutes: 1.973 * 60, energyWh: 15_342 }]);

    const rating = rateSession(periods, ocpiTariffOfCdr('cdr_example.json'), 'Europe/Brussels');

    expect(rating.totalCost).toEqual({ exclVat: '4', inclVat: '4.4' });
    expect(rating.totalTimeCost).toEqual({ exclVat: '4', inclVat: '4.4' });
  });

  test('V27: energy across two prices is rounded up once, at the price of the last', () => {
    const tariff = tariffOf([
      {
        priceComponents: [component('ENERGY', '0.20', { stepSize: 500 })],
        restrictions: { endTime: '17:00' },
      },
      { priceComponents: [component('ENERGY', '0.27', { stepSize: 500 })] },
    ]);
    const periods = periodsFrom('2026-03-02T16:30:00+01:00', [
      { minutes: 30, energyWh: 4_300 },
      { minutes: 30, energyWh: 1_100 },
    ]);

    const rating = rateSession(periods, tariff, 'Europe/Paris');

    expect(rating.lines.map(({ measured, billed }) => [measured, billed])).toEqual([
      ['4.3', '4.3'],
      ['1.1', '1.2'],
    ]);
    expect(rating.totalCost).toEqual({ exclVat: '1.184' });
  });

  test('V29: charging and parking time round once, the last of the two', () => {
    const tariff = tariffOf([
      {
        priceComponents: [
          component('TIME', '1', { stepSize: 600 }),
          component('PARKING_TIME', '2', { stepSize: 600 }),
        ],
      },
    ]);
    const periods = periodsFrom(noon, [{ minutes: 21 }, { minutes: 16, activity: 'PARKING' }]);

    const rating = rateSession(periods, tariff, 'Europe/Paris');

    expect(rating.lines.map(({ billed }) => billed)).toEqual(['0.35', '0.333333']);
    expect(rating.totalCost).toEqual({ exclVat: '1.0167' });
  });

  test.each([
    { stepSize: 1, excl: '0.029' },
    { stepSize: 25, excl: '0.03125' },
    { stepSize: 500, excl: '0.125' },
  ])('V31: 115.2 Wh in steps of $stepSize Wh', ({ stepSize, excl }) => {
    const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.25', { stepSize })] }]);

    const rating = rateSession(periodsFrom(noon, [{ minutes: 1, energyWh: 115.2 }]), tariff, 'Europe/Paris', {
      decimals: 5,
    });

    expect(rating.totalCost).toEqual({ exclVat: excl });
  });

  test('free for half an hour, then 0.25, then 0.40: prices change with the time since the start', () => {
    const periods = periodsFrom(noon, [{ minutes: 90, energyWh: 9_000 }]);

    const rating = rateSession(
      periods,
      ocpiTariff('tariffrestriction_example_max_duration.json'),
      'Europe/Paris',
    );

    expect(rating.lines.map(({ measured, unitPrice }) => [measured, unitPrice])).toEqual([
      ['3', '0'],
      ['3', '0.25'],
      ['3', '0.4'],
    ]);
    expect(rating.totalCost).toEqual({ exclVat: '1.95', inclVat: '2.34' });
  });

  test('16 kW itself is no longer below 16 kW: prices change with the power', () => {
    const periods = periodsFrom(noon, [
      { minutes: 10, energyWh: 1_000, powerW: 15_999 },
      { minutes: 10, energyWh: 1_000, powerW: 16_000 },
      { minutes: 10, energyWh: 1_000, powerW: 32_000 },
    ]);

    const rating = rateSession(
      periods,
      ocpiTariff('tariffrestriction_example_max_power.json'),
      'Europe/Paris',
    );

    expect(rating.totalCost).toEqual({ exclVat: '1.05', inclVat: '1.26' });
  });
});
