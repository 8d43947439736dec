import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateSession } from '#core/tariffs/rate-session.ts';
import type { ChargingPeriod, Rating } from '#core/tariffs/rating.ts';
import type { Price, PriceComponent, Tariff, TariffElement } from '#core/tariffs/tariff.ts';
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
        activity: fc.constantFrom('CHARGING', 'PARKING'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ start, stretches }) =>
    periodsFrom(
      Date.parse('2026-03-27T00:00:00Z') + start * minuteMs,
      stretches.map(({ minutes, whPerMinute, activity }) => ({
        minutes,
        activity,
        energyWh: minutes * whPerMinute,
      })),
    ),
  );

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
    rating.totalEnergyCost,
    rating.totalTimeCost,
    rating.totalParkingCost,
    rating.totalFixedCost,
  ].flatMap((price) => price ?? []);
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
