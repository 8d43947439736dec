import { describe, expect, test } from 'vitest';
import { rateSession } from '#core/tariffs/rate-session.ts';
import type { ReservedTime } from '#core/tariffs/rating.ts';
import { ocpiTariff, ocpiTariffOfCdr } from './ocpi-tariff.ts';
import { component, minuteMs, periodsFrom, tariffOf } from './periods.ts';

const noon = '2026-03-02T12:00:00Z';
const zone = 'Europe/Paris';

/** What energy costs under an example tariff, with everything exact. */
function costOf(file: string, energyWh: number, minutes = 90) {
  return rateSession(periodsFrom(noon, [{ minutes, energyWh }]), ocpiTariff(file), zone).totalCost;
}

/** A place kept for so long before noon. */
function reserved(minutes: number, expired = false): ReservedTime {
  const endedAt = Date.parse(noon);
  return { startedAt: endedAt - minutes * minuteMs, endedAt, expired };
}

describe('example tariffs of OCPI 2.2.1 cost what the specification says', () => {
  test('V1: 20 kWh at 0.25 per kWh', () => {
    expect(costOf('tariff_8_simple_025kwh.json', 20_000)).toEqual({ exclVat: '5', inclVat: '5.5' });
  });

  test('V2: 20 kWh and a start fee', () => {
    expect(costOf('tariff_9_025kwh_start.json', 20_000)).toEqual({ exclVat: '5.5', inclVat: '6.1' });
  });

  test('V3: 20 kWh above the least price', () => {
    expect(costOf('tariff_12_025kwh_min_price.json', 20_000)).toEqual({ exclVat: '5', inclVat: '5.5' });
  });

  test('V4: 1 kWh below the least price', () => {
    expect(costOf('tariff_12_025kwh_min_price.json', 1_000)).toEqual({ exclVat: '0.5', inclVat: '0.55' });
  });

  test('V5: 20 kWh and 40 minutes of parking billed as 45', () => {
    const periods = periodsFrom(noon, [
      { minutes: 60, energyWh: 20_000 },
      { minutes: 40, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariff_10_025kwh_parking_start.json'), zone);

    expect(rating.totalCost).toEqual({ exclVat: '7', inclVat: '7.9' });
    expect(rating.totalParkingCost).toEqual({ exclVat: '1.5', inclVat: '1.8' });
    expect(rating.totalFixedCost).toEqual({ exclVat: '0.5', inclVat: '0.6' });
  });

  test('V6: 50 kWh above the greatest price', () => {
    expect(costOf('tariff_6_025kwh_start_max_price.json', 50_000)).toEqual({ exclVat: '10', inclVat: '11' });
  });

  test('V7: 30 kWh below the greatest price', () => {
    expect(costOf('tariff_6_025kwh_start_max_price.json', 30_000)).toEqual({ exclVat: '8', inclVat: '8.85' });
  });

  test('V8: two and a half hours at 2 per hour', () => {
    expect(costOf('tariff_1_simple_2hour.json', 0, 150)).toEqual({ exclVat: '5', inclVat: '5.5' });
  });

  test('V9: 150 minutes of charging, 42 of parking billed as 45', () => {
    const periods = periodsFrom(noon, [{ minutes: 150 }, { minutes: 42, activity: 'PARKING' }]);

    const rating = rateSession(periods, ocpiTariff('tariff_13_simple_3hour_5parking.json'), zone);

    expect(rating.totalCost).toEqual({ exclVat: '11.25', inclVat: '12.75' });
  });

  test('V10: two and a half hours at 1.90 with 5.2 % VAT, printed as 4.75 and 5.00', () => {
    const periods = periodsFrom(noon, [{ minutes: 150 }]);
    const tariff = ocpiTariff('tariff_2_alt_text.json');

    const exact = rateSession(periods, tariff, zone);
    const printed = rateSession(periods, tariff, zone, { decimals: 2 });

    expect(exact.totalCost).toEqual({ exclVat: '4.75', inclVat: '4.997' });
    expect(printed.totalCost).toEqual({ exclVat: '4.75', inclVat: '5' });
  });

  test('V11: 20.45 kWh billed as 20.5, printed as 5.63 and 6.24', () => {
    const periods = periodsFrom(noon, [{ minutes: 90, energyWh: 20_450 }]);
    const tariff = ocpiTariff('tariff_3_alt_url.json');

    const exact = rateSession(periods, tariff, zone);
    const printed = rateSession(periods, tariff, zone, { decimals: 2 });

    expect(exact.totalCost).toEqual({ exclVat: '5.625', inclVat: '6.2375' });
    expect(printed.totalCost).toEqual({ exclVat: '5.63', inclVat: '6.24' });
  });

  test('V12: on a Monday at 09:30, 165 minutes at 16 A, then 42 minutes of parking billed as 45', () => {
    const periods = periodsFrom('2026-03-02T09:30:00+01:00', [
      { minutes: 165, currentA: 16 },
      { minutes: 42, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariff_4_complex.json'), zone);

    expect(rating.totalCost).toEqual({ exclVat: '9', inclVat: '10.3' });
  });

  test('V13: on a Saturday at 13:30, 120 minutes at 43 A, then 71 minutes of parking billed as 75, printed as 14.13', () => {
    const periods = periodsFrom('2026-03-07T13:30:00+01:00', [
      { minutes: 120, currentA: 43 },
      { minutes: 71, activity: 'PARKING' },
    ]);
    const tariff = ocpiTariff('tariff_4_complex.json');

    const exact = rateSession(periods, tariff, zone);
    const printed = rateSession(periods, tariff, zone, { decimals: 2 });

    expect(exact.totalCost).toEqual({ exclVat: '12.5', inclVat: '14.125' });
    expect(printed.totalCost.inclVat).toBe('14.13');
  });

  test('V14: a free tariff costs nothing whatever happens', () => {
    const periods = periodsFrom(noon, [
      { minutes: 600, energyWh: 60_000 },
      { minutes: 600, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariff_5_free_of_charge.json'), zone, {
      reservation: reserved(60),
    });

    expect(rating.totalCost).toEqual({ exclVat: '0' });
  });

  test('V26: the example CDR, 1.973 hours billed as two', () => {
    const periods = periodsFrom('2015-06-29T21:39:09Z', [{ minutes: 1.973 * 60, energyWh: 15_342 }]);

    const rating = rateSession(periods, ocpiTariffOfCdr('cdr_example.json'), 'Europe/Brussels');

    expect(rating.totalCost).toEqual({ exclVat: '4', inclVat: '4.4' });
    expect(rating.totalTimeCost).toEqual({ exclVat: '4', inclVat: '4.4' });
  });
});

describe('reservations cost what the specification says', () => {
  const twenty = periodsFrom(noon, [{ minutes: 60, energyWh: 20_000 }]);
  const withSession = (file: string, minutes: number) =>
    rateSession(twenty, ocpiTariff(file), zone, { reservation: reserved(minutes) });
  const expired = (file: string, minutes: number) =>
    rateSession([], ocpiTariff(file), zone, { reservation: reserved(minutes, true) });

  test('V15: reserved for 15 minutes, then 20 kWh', () => {
    const rating = withSession('tariff_15_reservation_5_euro_per_hour.json', 15);

    expect(rating.totalCost).toEqual({ exclVat: '6.75', inclVat: '7.6' });
    expect(rating.totalReservationCost).toEqual({ exclVat: '1.25', inclVat: '1.5' });
    expect(rating.totalFixedCost).toEqual({ exclVat: '0.5', inclVat: '0.6' });
  });

  test('V16: reserved for 13 minutes, billed as 15, for a fee, then 20 kWh', () => {
    const rating = withSession('tariff_16_reservation_2_euro_fee_5_euro_per_hour.json', 13);

    expect(rating.totalCost).toEqual({ exclVat: '8.75', inclVat: '10' });
    expect(rating.totalReservationCost).toEqual({ exclVat: '3.25', inclVat: '3.9' });
  });

  test('V17: reserved for 22 minutes, billed as 30, then 20 kWh', () => {
    const rating = withSession('tariff_17_reservation_with_expire_fee.json', 22);

    expect(rating.totalCost).toEqual({ exclVat: '6.5', inclVat: '7.3' });
  });

  test('V18: a reservation of an hour that expires costs its time and a fee', () => {
    const rating = expired('tariff_17_reservation_with_expire_fee.json', 60);

    expect(rating.totalCost).toEqual({ exclVat: '6', inclVat: '7.2' });
    expect(rating.totalReservationCost).toEqual({ exclVat: '6', inclVat: '7.2' });
    expect(rating.totalFixedCost).toBeUndefined();
  });

  test('V19: reserved for 22 minutes, billed as 30, then 20 kWh, with another price had it expired', () => {
    const rating = withSession('tariff_18_reservation_with_expire_time.json', 22);

    expect(rating.totalCost).toEqual({ exclVat: '7', inclVat: '7.9' });
  });

  test('V20: a reservation of an hour and a half that expires, at the price for that', () => {
    const rating = expired('tariff_18_reservation_with_expire_time.json', 90);

    expect(rating.totalCost).toEqual({ exclVat: '9', inclVat: '10.8' });
  });
});

describe('steps are rounded as the specification says', () => {
  const stepped = ocpiTariff('tariff_14_step_size.json');

  test('V21: 10 minutes of charging across 17:00, then 2 of parking billed as 15', () => {
    const periods = periodsFrom('2026-03-02T16:55:00+01:00', [
      { minutes: 10 },
      { minutes: 2, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, stepped, zone);

    expect(rating.totalCost).toEqual({ exclVat: '0.55' });
    expect(rating.totalTimeCost).toEqual({ exclVat: '0.3' });
    expect(rating.totalParkingCost).toEqual({ exclVat: '0.25' });
  });

  test('V22: 35 minutes of charging across 17:00 billed as 45, the last 20 at the later price', () => {
    const rating = rateSession(periodsFrom('2026-03-02T16:35:00+01:00', [{ minutes: 35 }]), stepped, zone);

    expect(rating.totalCost).toEqual({ exclVat: '1.3' });
    expect(rating.lines.map(({ billed, step }) => [billed, step])).toEqual([
      ['0.416667', undefined],
      ['0.333333', { stepSize: 900, added: '0.166667' }],
    ]);
  });

  test('V23: 12 minutes of charging, 20 of parking that is free from 20:00 on, billed as 15', () => {
    const periods = periodsFrom('2026-03-02T19:40:00+01:00', [
      { minutes: 12 },
      { minutes: 20, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, stepped, zone);

    expect(rating.totalCost).toEqual({ exclVat: '0.73' });
    expect(rating.unpriced).toEqual([{ part: 'PARKING', quantity: '0.2' }]);
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

    const rating = rateSession(periods, tariff, zone);

    expect(rating.lines.map(({ measured, billed }) => [measured, billed])).toEqual([
      ['4.3', '4.3'],
      ['1.1', '1.2'],
    ]);
    expect(rating.totalCost).toEqual({ exclVat: '1.184' });
  });

  test('energy that the second price never reached is rounded up by the first', () => {
    const tariff = tariffOf([
      {
        priceComponents: [component('ENERGY', '0.20', { stepSize: 500 })],
        restrictions: { endTime: '17:00' },
      },
      { priceComponents: [component('ENERGY', '0.27', { stepSize: 500 })] },
    ]);
    const periods = periodsFrom('2026-03-02T16:30:00+01:00', [{ minutes: 30, energyWh: 4_300 }]);

    expect(rateSession(periods, tariff, zone).totalCost).toEqual({ exclVat: '0.9' });
  });

  const hourly = tariffOf([
    {
      priceComponents: [
        component('TIME', '1', { stepSize: 600 }),
        component('PARKING_TIME', '2', { stepSize: 600 }),
      ],
    },
  ]);

  test('V29: charging and parking time round once, the last of the two', () => {
    const periods = periodsFrom(noon, [{ minutes: 21 }, { minutes: 16, activity: 'PARKING' }]);

    const rating = rateSession(periods, hourly, zone);

    expect(rating.lines.map(({ billed }) => billed)).toEqual(['0.35', '0.333333']);
    expect(rating.totalCost).toEqual({ exclVat: '1.0167' });
    expect(rating.lines[1]?.unrounded).toEqual({ exclVat: '0.666666666667' });
  });

  test('a session that ends with charging rounds its charging time, and not the parking before', () => {
    const periods = periodsFrom(noon, [{ minutes: 16, activity: 'PARKING' }, { minutes: 21 }]);

    const rating = rateSession(periods, hourly, zone);

    expect(rating.lines.map(({ type, billed }) => [type, billed])).toEqual([
      ['TIME', '0.5'],
      ['PARKING_TIME', '0.266667'],
    ]);
  });

  test('a reservation rounds by itself, whatever comes after it', () => {
    const tariff = tariffOf([
      {
        priceComponents: [component('TIME', '6', { stepSize: 900 })],
        restrictions: { reservation: 'RESERVATION' },
      },
      { priceComponents: [component('TIME', '1', { stepSize: 600 })] },
    ]);

    const rating = rateSession(periodsFrom(noon, [{ minutes: 21 }]), tariff, zone, {
      reservation: reserved(16),
    });

    expect(rating.lines.map(({ part, billed }) => [part, billed])).toEqual([
      ['RESERVATION', '0.5'],
      ['TIME', '0.5'],
    ]);
  });

  test('V31: 115.2 Wh in steps of 1, 25 and 500 Wh', () => {
    const cost = (stepSize: number, decimals: number) => {
      const tariff = tariffOf([{ priceComponents: [component('ENERGY', '0.25', { stepSize })] }]);
      const periods = periodsFrom(noon, [{ minutes: 1, energyWh: 115.2 }]);
      return rateSession(periods, tariff, zone, { decimals }).totalCost.exclVat;
    };

    expect([cost(1, 12), cost(25, 12), cost(500, 12)]).toEqual(['0.029', '0.03125', '0.125']);
    expect([cost(1, 3), cost(25, 3), cost(500, 3)]).toEqual(['0.029', '0.031', '0.125']);
  });
});

describe('restrictions hold as the specification says', () => {
  test('V24: 1 kWh at 6 kW, 40 at 48 kW, half a kWh at 4 kW', () => {
    const periods = periodsFrom(noon, [
      { minutes: 10, energyWh: 1_000, powerW: 6_000 },
      { minutes: 50, energyWh: 40_000, powerW: 48_000 },
      { minutes: 7.5, energyWh: 500, powerW: 4_000 },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariffrestriction_example_max_power.json'), zone);

    expect(rating.totalCost.exclVat).toBe('20.3');
  });

  test('V25: 5 kWh in the half hour that is free, 1.2 kWh in the ten minutes after it', () => {
    const periods = periodsFrom(noon, [
      { minutes: 30, energyWh: 5_000 },
      { minutes: 10, energyWh: 1_200 },
    ]);

    const rating = rateSession(periods, ocpiTariff('tariffrestriction_example_max_duration.json'), zone);

    expect(rating.totalCost.exclVat).toBe('0.3');
  });

  test('free for half an hour, then 0.25, then 0.40: prices change with the time since the start', () => {
    const periods = periodsFrom(noon, [{ minutes: 90, energyWh: 9_000 }]);

    const rating = rateSession(periods, ocpiTariff('tariffrestriction_example_max_duration.json'), zone);

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

    const rating = rateSession(periods, ocpiTariff('tariffrestriction_example_max_power.json'), zone);

    expect(rating.totalCost).toEqual({ exclVat: '1.05', inclVat: '1.26' });
  });

  test('the first kWh and the first hour free: 20 kWh, then two hours and three quarters of parking', () => {
    const tariff = tariffOf([
      { priceComponents: [component('ENERGY', '0')], restrictions: { maxKwh: '1' } },
      { priceComponents: [component('ENERGY', '0.2')], restrictions: { minKwh: '1' } },
      {
        priceComponents: [component('PARKING_TIME', '0', { stepSize: 60 })],
        restrictions: { maxDurationS: 3_600 },
      },
      {
        priceComponents: [component('PARKING_TIME', '2', { stepSize: 60 })],
        restrictions: { minDurationS: 3_600, maxDurationS: 14_400 },
      },
      { priceComponents: [component('PARKING_TIME', '3', { stepSize: 60 })] },
    ]);
    const periods = periodsFrom(noon, [
      { minutes: 0, energyWh: 20_000 },
      { minutes: 165, activity: 'PARKING' },
    ]);

    expect(rateSession(periods, tariff, zone).totalCost).toEqual({ exclVat: '7.3' });
  });
});
