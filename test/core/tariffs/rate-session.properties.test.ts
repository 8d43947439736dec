import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateSession } from '#core/tariffs/rate-session.ts';
import type { ChargingPeriod, Rating } from '#core/tariffs/rating.ts';
import type { Price, PriceComponent, Tariff, TariffElement } from '#core/tariffs/tariff.ts';
import { naivePrice } from './naive-pricing.ts';
import { component, minuteMs, periodsFrom, tariffOf } from './periods.ts';

const zone = 'Europe/Paris';

const cents = fc.integer({ min: 0, max: 2_000 }).map((amount) => String(amount / 1000));
const vat = fc.constantFrom(undefined, '0', '7', '19.6', '20');

function components(stepSizes: readonly number[]): fc.Arbitrary<PriceComponent> {
  return fc
    .record({
      type: fc.constantFrom('ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'),
      price: cents,
      vat,
      stepSize: fc.constantFrom(...stepSizes),
    })
    .map(({ type, price, vat, stepSize }) =>
      component(type, price, { stepSize, ...(vat === undefined ? {} : { vat }) }),
    );
}

function tariffs(stepSizes: readonly number[]): fc.Arbitrary<Tariff> {
  const restrictions = fc.constantFrom<TariffElement['restrictions']>(
    undefined,
    { startTime: '08:00', endTime: '20:00' },
    { startTime: '22:00', endTime: '05:00' },
    { daysOfWeek: ['SATURDAY', 'SUNDAY'] },
    { maxDurationS: 3_600 },
    { minDurationS: 7_200 },
    { startDate: '2026-03-29' },
    { startDate: '2026-03-28', endDate: '2026-03-29', startTime: '20:00', endTime: '04:00' },
    { startTime: '02:30', endTime: '02:30', daysOfWeek: ['SUNDAY'] },
    { minKwh: '7.2' },
    { maxKwh: '3' },
    { maxPowerKw: '11', minKwh: '0.9' },
    { minPowerKw: '11' },
    { minCurrentA: '16', maxCurrentA: '32' },
  );
  const element = fc
    .record({
      priceComponents: fc.array(components(stepSizes), { minLength: 1, maxLength: 3 }),
      restrictions,
    })
    .map(({ priceComponents, restrictions }) =>
      restrictions ? { priceComponents, restrictions } : { priceComponents },
    );
  return fc.array(element, { minLength: 1, maxLength: 4 }).map((elements) => tariffOf(elements));
}

/** Whole minutes around a change of the clocks; each stretch takes so many Wh a minute, so that cuts are exact. */
const sessions = fc
  .record({
    start: fc.integer({ min: 0, max: 3 * 1440 }),
    stretches: fc.array(
      fc.record({
        minutes: fc.integer({ min: 1, max: 400 }),
        whPerMinute: fc.integer({ min: 0, max: 400 }),
        activity: fc.constantFrom('CHARGING', 'PARKING', 'UNSTATED'),
        currentA: fc.constantFrom(undefined, 10, 16, 32),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ start, stretches }) =>
    periodsFrom(
      Date.parse('2026-03-27T00:00:00Z') + start * minuteMs,
      stretches.map(({ minutes, whPerMinute, activity, currentA }) => ({
        minutes,
        activity,
        energyWh: minutes * whPerMinute,
        powerW: whPerMinute * 60,
        ...(currentA === undefined ? {} : { currentA }),
      })),
    ),
  );

/** Sessions whose energy is a multiple of 100 Wh after each minute, after a reservation or not. */
const countedSessions = fc
  .record({
    start: fc.integer({ min: 0, max: 3 * 1440 }),
    reserved: fc.constantFrom(undefined, 22, 90),
    expired: fc.boolean(),
    stretches: fc.array(
      fc.record({
        minutes: fc.integer({ min: 1, max: 240 }),
        energyWh: fc.constantFrom(0, 100),
        powerW: fc.constantFrom(6_000, 11_000, 22_000),
        currentA: fc.constantFrom(10, 16, 32),
        activity: fc.constantFrom('CHARGING', 'PARKING', 'UNSTATED'),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ start, reserved, expired, stretches }) => {
    const startedAt = Date.parse('2026-03-27T00:00:00Z') + start * minuteMs;
    const periods = periodsFrom(
      startedAt,
      stretches.map((stretch) => ({ ...stretch, energyWh: stretch.energyWh * stretch.minutes })),
    );
    const reservation = reserved
      ? { startedAt: startedAt - reserved * minuteMs, endedAt: startedAt, expired }
      : undefined;
    return { periods, reservation };
  });

const reservationElement = fc
  .record({
    flat: cents,
    time: cents,
    vat,
    stepSize: fc.constantFrom(0, 60, 600),
    kind: fc.constantFrom('RESERVATION', 'RESERVATION_EXPIRES'),
    startTime: fc.constantFrom(undefined, '03:00'),
  })
  .map(({ flat, time, vat, stepSize, kind, startTime }): TariffElement => {
    const rest = { stepSize, ...(vat === undefined ? {} : { vat }) };
    return {
      priceComponents: [component('FLAT', flat, rest), component('TIME', time, rest)],
      restrictions: { reservation: kind, ...(startTime ? { startTime } : {}) },
    };
  });

function splitAt(periods: readonly ChargingPeriod[], minute: number): readonly ChargingPeriod[] {
  const at = (periods[0]?.startedAt ?? 0) + minute * minuteMs;
  return periods.flatMap((period) => {
    if (at <= period.startedAt || at >= period.endedAt) return [period];
    const share = (at - period.startedAt) / (period.endedAt - period.startedAt);
    const energyWh = Math.round(period.energyWh * share);
    return [
      { ...period, endedAt: at, energyWh },
      { ...period, startedAt: at, energyWh: period.energyWh - energyWh },
    ];
  });
}

describe('money', () => {
  test('splitting a period never changes the rating', () => {
    fc.assert(
      fc.property(
        tariffs([0, 1]),
        sessions,
        fc.array(fc.integer({ min: 1, max: 1999 })),
        (tariff, whole, cuts) => {
          const split = cuts.reduce(splitAt, whole);

          expect(rateSession(split, tariff, zone)).toEqual(rateSession(whole, tariff, zone));
        },
      ),
    );
  });

  test('every session costs what it comes to minute by minute', () => {
    fc.assert(
      fc.property(
        tariffs([0, 60, 900, 1000]),
        fc.array(reservationElement, { maxLength: 3 }),
        fc.boolean(),
        countedSessions,
        (base, forReservations, ahead, { periods, reservation }) => {
          const parts = ahead ? [forReservations, base.elements] : [base.elements, forReservations];
          const tariff = tariffOf(parts.flat());

          const rating = rateSession(periods, tariff, zone, {
            decimals: 12,
            ...(reservation ? { reservation } : {}),
          });

          const exact = naivePrice(periods, tariff, zone, reservation);
          const { exclVat, inclVat = exclVat } = rating.totalCost;
          // Twenty lines may each be rounded by half of the last decimal.
          expect(distance(exclVat, exact.exclVat, exact.denominator)).toBeLessThanOrEqual(10n);
          expect(distance(inclVat, exact.inclVat, exact.denominator)).toBeLessThanOrEqual(10n);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('more energy never costs less under one flat energy price', () => {
    fc.assert(
      fc.property(
        components([0, 1, 100, 1000]),
        fc.nat(200_000),
        fc.nat(200_000),
        (priced, energyWh, moreWh) => {
          const tariff = tariffOf([{ priceComponents: [{ ...priced, type: 'ENERGY' }] }]);
          const cost = (wh: number) =>
            Number(
              rateSession(periodsFrom(0, [{ minutes: 60, energyWh: wh }]), tariff, zone).totalCost.exclVat,
            );

          expect(cost(energyWh + moreWh)).toBeGreaterThanOrEqual(cost(energyWh));
        },
      ),
    );
  });

  test('the total is the sum of the lines and of the parts, to the last decimal', () => {
    fc.assert(
      fc.property(tariffs([0, 1, 60, 900, 1000]), sessions, (tariff, periods) => {
        const rating = rateSession(periods, tariff, zone);
        const { totalCost, lines } = rating;

        expect(tenThousandths(totalCost.exclVat)).toBe(sum(lines.map(({ cost }) => cost.exclVat)));
        expect(tenThousandths(totalCost.exclVat)).toBe(sum(partsOf(rating).map(({ exclVat }) => exclVat)));
        expect(tenThousandths(totalCost.inclVat ?? totalCost.exclVat)).toBe(
          sum(lines.map(({ cost }) => cost.inclVat ?? cost.exclVat)),
        );
      }),
    );
  });

  test('limits hold each side by itself, change nothing but the total, and say so', () => {
    const limits = fc
      .uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 4, maxLength: 4 })
      .map((amounts) => amounts.toSorted((a, b) => a - b).map((amount) => String(amount / 1000)))
      .map(([a = '', b = '', c = '', d = '']) => ({
        minPrice: { exclVat: a, inclVat: b },
        maxPrice: { exclVat: c, inclVat: d },
      }));
    fc.assert(
      fc.property(tariffs([0, 60]), limits, sessions, (plain, { minPrice, maxPrice }, periods) => {
        const free = rateSession(periods, plain, zone);
        const held = rateSession(periods, { ...plain, minPrice, maxPrice }, zone);

        expect([held.lines, partsOf(held)]).toEqual([free.lines, partsOf(free)]);
        for (const side of ['exclVat', 'inclVat'] as const) {
          const sum = Number(free.totalCost[side] ?? free.totalCost.exclVat);
          const charged = Math.min(Math.max(sum, Number(minPrice[side])), Number(maxPrice[side]));
          const effects = held.limits?.filter((effect) => effect.side === side) ?? [];

          expect(Number(held.totalCost[side])).toBe(charged);
          expect(effects.map(({ sum: was, charged: is }) => [Number(was), Number(is)])).toEqual(
            charged === sum ? [] : [[sum, charged]],
          );
        }
      }),
    );
  });

  test('what is billed is never less than what was measured, and periods keep all energy and time', () => {
    fc.assert(
      fc.property(tariffs([0, 1, 60, 900, 1000]), sessions, (tariff, periods) => {
        const rating = rateSession(periods, tariff, zone);

        for (const { billed, measured } of rating.lines) {
          expect(Number(billed)).toBeGreaterThanOrEqual(Number(measured));
        }
        expect(energyOf(rating.periods)).toBe(energyOf(periods));
        expect(rating.periods[0]?.startedAt).toBe(periods[0]?.startedAt);
        expect(rating.periods.at(-1)?.endedAt).toBe(periods.at(-1)?.endedAt);
        for (const [index, period] of rating.periods.slice(1).entries()) {
          expect(period.startedAt).toBe(rating.periods[index]?.endedAt);
        }
      }),
    );
  });
});

function partsOf(rating: Rating): readonly Price[] {
  return [
    rating.totalReservationCost,
    rating.totalEnergyCost,
    rating.totalTimeCost,
    rating.totalParkingCost,
    rating.totalFixedCost,
  ].flatMap((price) => price ?? []);
}

/** How far an amount is from a fraction, in units of its twelfth decimal. */
function distance(amount: string, numerator: bigint, denominator: bigint): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  const apart = BigInt(whole + fraction.padEnd(12, '0')) - (numerator * 10n ** 12n) / denominator;
  return apart < 0n ? -apart : apart;
}

function sum(amounts: readonly string[]): bigint {
  return amounts.reduce((total, amount) => total + tenThousandths(amount), 0n);
}

/** An amount of at most four decimals as a whole number, without the code under test. */
function tenThousandths(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  expect(fraction.length).toBeLessThanOrEqual(4);
  return BigInt(whole + fraction.padEnd(4, '0'));
}

function energyOf(periods: readonly Pick<ChargingPeriod, 'energyWh'>[]): number {
  return periods.reduce((total, { energyWh }) => total + energyWh, 0);
}
