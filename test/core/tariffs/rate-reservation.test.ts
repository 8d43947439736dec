import { describe, expect, test } from 'vitest';
import { rateSession } from '#core/tariffs/rate-session.ts';
import type { ReservedTime } from '#core/tariffs/rating.ts';
import type { TariffElement } from '#core/tariffs/tariff.ts';
import { component, minuteMs, periodsFrom, tariffOf } from './periods.ts';

const noon = Date.parse('2026-03-02T12:00:00+01:00');
const zone = 'Europe/Paris';
const reserved = (minutes: number, expired = false): ReservedTime => ({
  startedAt: noon - minutes * minuteMs,
  endedAt: noon,
  expired,
});
const forReservations = (
  kind: 'RESERVATION' | 'RESERVATION_EXPIRES',
  ...priceComponents: TariffElement['priceComponents']
): TariffElement => ({ priceComponents, restrictions: { reservation: kind } });
const hour = periodsFrom(noon, [{ minutes: 60, energyWh: 10_000 }]);
const perKwh: TariffElement = { priceComponents: [component('ENERGY', '0.3', { vat: '20' })] };

describe('a reservation', () => {
  test('is priced by elements for reservations alone, the session by all others', () => {
    const tariff = tariffOf([
      { priceComponents: [component('TIME', '1'), component('FLAT', '0.5')] },
      forReservations('RESERVATION', component('TIME', '4'), component('FLAT', '2')),
    ]);

    const rating = rateSession(hour, tariff, zone, { reservation: reserved(30) });

    expect(rating.totalReservationCost).toEqual({ exclVat: '4' });
    expect(rating.totalTimeCost).toEqual({ exclVat: '1' });
    expect(rating.totalFixedCost).toEqual({ exclVat: '0.5' });
    expect(rating.periods.map(({ activity, elements }) => [activity, elements])).toEqual([
      ['RESERVED', { FLAT: 1, TIME: 1 }],
      ['CHARGING', { FLAT: 0, TIME: 0 }],
    ]);
  });

  test('that was used has no price for one that expires', () => {
    const tariff = tariffOf([
      forReservations('RESERVATION_EXPIRES', component('TIME', '9'), component('FLAT', '9')),
      perKwh,
    ]);

    const rating = rateSession(hour, tariff, zone, { reservation: reserved(30) });

    expect(rating.totalReservationCost).toBeUndefined();
    expect(rating.unpriced).toEqual([
      { part: 'RESERVATION', quantity: '0.5' },
      { part: 'TIME', quantity: '1' },
    ]);
    expect(rating.explanation).toContain('No price applies to 30 min of reserved time.');
  });

  test('that expired takes its time’s price for that, wherever it stands, and the first flat price', () => {
    const tariff = tariffOf([
      forReservations('RESERVATION', component('TIME', '2'), component('FLAT', '1')),
      forReservations('RESERVATION_EXPIRES', component('TIME', '6'), component('FLAT', '5')),
    ]);

    const rating = rateSession([], tariff, zone, { reservation: reserved(60, true) });

    expect(rating.lines.map(({ type, unitPrice, element }) => [type, unitPrice, element])).toEqual([
      ['FLAT', '1', 0],
      ['TIME', '6', 1],
    ]);
    expect(rating.explanation).toContain('The place was reserved for 1 h, until the reservation expired.');
  });

  test('follows the wall clock as sessions do', () => {
    const tariff = tariffOf([
      {
        priceComponents: [component('TIME', '2')],
        restrictions: { reservation: 'RESERVATION', endTime: '11:30' },
      },
      forReservations('RESERVATION', component('TIME', '6')),
    ]);

    const rating = rateSession(hour, tariff, zone, { reservation: reserved(60) });

    expect(rating.lines.map(({ billed, unitPrice }) => [billed, unitPrice])).toEqual([
      ['0.5', '2'],
      ['0.5', '6'],
    ]);
  });

  test('that nobody used has no least price, and has a greatest', () => {
    const tariff = tariffOf([forReservations('RESERVATION', component('TIME', '2')), perKwh], {
      minPrice: { exclVat: '10' },
      maxPrice: { exclVat: '15' },
    });
    const cost = (minutes: number) =>
      rateSession([], tariff, zone, { reservation: reserved(minutes, true) }).totalCost.exclVat;

    expect([cost(60), cost(600)]).toEqual(['2', '15']);
  });

  test('does not count for what depends on the time since the session began', () => {
    const tariff = tariffOf([
      { priceComponents: [component('TIME', '0')], restrictions: { maxDurationS: 1_800 } },
      { priceComponents: [component('TIME', '2')] },
    ]);

    const rating = rateSession(hour, tariff, zone, { reservation: reserved(60) });

    expect(rating.totalTimeCost).toEqual({ exclVat: '1' });
  });
});

describe('partial costs', () => {
  test('a flat price of an element that prices parking and no charging is one of parking', () => {
    const tariff = tariffOf([
      {
        priceComponents: [component('FLAT', '3'), component('PARKING_TIME', '6')],
        restrictions: { minKwh: '5' },
      },
      {
        priceComponents: [component('FLAT', '1'), component('ENERGY', '0.3'), component('PARKING_TIME', '2')],
      },
    ]);
    const periods = periodsFrom(noon, [
      { minutes: 60, energyWh: 10_000 },
      { minutes: 30, activity: 'PARKING' },
    ]);

    const rating = rateSession(periods, tariff, zone);

    expect(rating.totalParkingCost).toEqual({ exclVat: '6' });
    expect(rating.totalFixedCost).toEqual({ exclVat: '1' });
    expect(rating.totalCost).toEqual({ exclVat: '10' });
  });
});

describe('what was measured within a period', () => {
  const byCurrent = tariffOf([
    { priceComponents: [component('TIME', '9')], restrictions: { minCurrentA: '16', maxCurrentA: '32' } },
    { priceComponents: [component('TIME', '1')] },
  ]);
  const byPower = tariffOf([
    { priceComponents: [component('TIME', '9')], restrictions: { minPowerKw: '11', maxPowerKw: '22' } },
    { priceComponents: [component('TIME', '1')] },
  ]);
  const [base] = periodsFrom(noon, [{ minutes: 60 }]);
  if (!base) throw new Error('no period');

  test.each<[object, string]>([
    [{ minCurrentA: 16, maxCurrentA: 31 }, '9'],
    [{ minCurrentA: 15, maxCurrentA: 31 }, '1'],
    [{ minCurrentA: 16, maxCurrentA: 32 }, '1'],
    [{ maxCurrentA: 20 }, '9'],
    [{ minCurrentA: 20 }, '9'],
    [{ averageCurrentA: 20 }, '9'],
    [{}, '1'],
  ])('%o holds against limits of current', (measured, exclVat) => {
    expect(rateSession([{ ...base, ...measured }], byCurrent, zone).totalCost).toEqual({ exclVat });
  });

  test.each<[object, string]>([
    [{ minPowerW: 11_000, maxPowerW: 21_999 }, '9'],
    [{ minPowerW: 10_999, maxPowerW: 21_999 }, '1'],
    [{ maxPowerW: 22_000 }, '1'],
    [{ averagePowerW: 15_000 }, '9'],
    [{ energyWh: 15_000 }, '9'],
  ])('%o holds against limits of power', (measured, exclVat) => {
    expect(rateSession([{ ...base, ...measured }], byPower, zone).totalCost).toEqual({ exclVat });
  });

  test('energy given back crosses limits of energy the other way', () => {
    const tariff = tariffOf([
      { priceComponents: [component('TIME', '1')], restrictions: { maxKwh: '5' } },
      { priceComponents: [component('TIME', '3')] },
    ]);
    const periods = periodsFrom(noon, [
      { minutes: 60, energyWh: 10_000 },
      { minutes: 60, energyWh: -10_000 },
    ]);

    const rating = rateSession(periods, tariff, zone);

    expect(rating.lines.map(({ unitPrice, measured }) => [unitPrice, measured])).toEqual([
      ['1', '1'],
      ['3', '1'],
    ]);
    expect(rating.periods.map(({ elements, energyWh }) => [elements.TIME, energyWh])).toEqual([
      [0, 5_000],
      [1, 0],
      [0, -5_000],
    ]);
  });

  test('fractions of a Wh are not made whole by a change of price', () => {
    const tariff = tariffOf([
      { priceComponents: [component('ENERGY', '1', { stepSize: 0 })], restrictions: { maxDurationS: 2_700 } },
      { priceComponents: [component('ENERGY', '1', { stepSize: 0 })] },
    ]);

    const rating = rateSession(periodsFrom(noon, [{ minutes: 60, energyWh: 0.6 }]), tariff, zone, {
      decimals: 12,
    });

    expect(rating.lines.map(({ cost }) => cost.exclVat)).toEqual(['0.00045', '0.00015']);
  });
});
