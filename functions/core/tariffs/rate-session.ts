import { billVolumes, dimensions, type PiecePrices, volumeOf } from './bill-volumes.ts';
import { explainRating } from './explain-rating.ts';
import { priceLines, totalLines } from './price-lines.ts';
import type { ChargingPeriod, RatedPeriod, Rating } from './rating.ts';
import { type Piece, splitPeriods } from './split-periods.ts';
import type { PriceComponentType, Tariff } from './tariff.ts';
import { componentChooser } from './tariff-conditions.ts';

/** What OCPI numbers carry (transport_and_format, `number`). */
const usualDecimals = 4;

/**
 * Prices a session: at every moment each dimension by the first element of the tariff that fits it, volumes rounded
 * up by the last step size, VAT per component, the total held between the tariff's limits (OCPI 2.2.1 mod_tariffs).
 *
 * Amounts are exact until each line is rounded, once and half up, to four decimals or to `decimals`; totals are
 * sums of lines. Sessions here hold no reservation, so elements for reservations never apply. Dates and times of
 * day are those of `timeZone` (IANA); an unknown zone throws a RangeError, a number in the tariff that is none an
 * Error.
 */
export function rateSession(
  periods: readonly ChargingPeriod[],
  tariff: Tariff,
  timeZone: string,
  options: { readonly decimals?: number } = {},
): Rating {
  const decimals = options.decimals ?? usualDecimals;
  const choose = componentChooser(tariff);
  const pieces = splitPeriods(periods, tariff, timeZone).map((piece) => ({
    piece,
    prices: pricesOf(piece, choose),
  }));
  const { billed: volumes, unpriced } = billVolumes(tariff, pieces);
  const lines = priceLines(tariff, volumes, decimals);
  const { totals, effects } = totalLines(tariff, lines);
  return {
    currency: tariff.currency,
    periods: mergePeriods(pieces.map(({ piece, prices }) => ratedPeriod(piece, prices))),
    lines,
    ...totals,
    explanation: explainRating(tariff, { lines, volumes, unpriced, totals, effects, decimals }),
  };
}

/** The periods of a session that no tariff prices. */
export function unratedPeriods(periods: readonly ChargingPeriod[]): readonly RatedPeriod[] {
  return mergePeriods(periods.map((period) => ({ ...period, elements: {} })));
}

function pricesOf(piece: Piece, choose: ReturnType<typeof componentChooser>): PiecePrices {
  const prices: PiecePrices = {};
  for (const type of dimensions) {
    const applies = type === 'ENERGY' || volumeOf(piece, type) !== 0;
    const place = applies ? choose(type, piece.moment) : undefined;
    if (place) prices[type] = place;
  }
  return prices;
}

function ratedPeriod(piece: Piece, prices: PiecePrices): RatedPeriod {
  const { moment: _, energyMilliWh, ...period } = piece;
  const elements: Partial<Record<PriceComponentType, number>> = {};
  for (const type of dimensions) {
    const place = prices[type];
    if (place) elements[type] = place.element;
  }
  return { ...period, energyWh: energyMilliWh / 1000, elements };
}

/** Joins neighbours that are priced alike: samples alone make no periods of a bill. */
function mergePeriods(periods: readonly RatedPeriod[]): readonly RatedPeriod[] {
  const merged: RatedPeriod[] = [];
  for (const period of periods) {
    const before = merged.at(-1);
    const alike =
      before?.activity === period.activity &&
      JSON.stringify(before.elements) === JSON.stringify(period.elements);
    if (before && alike) merged[merged.length - 1] = joinPeriods(before, period);
    else merged.push(period);
  }
  return merged.map(withMeanPower);
}

function joinPeriods(a: RatedPeriod, b: RatedPeriod): RatedPeriod {
  const { averageCurrentA: currentA, ...rest } = a;
  const averageCurrentA = weighted(
    [currentA, a.endedAt - a.startedAt],
    [b.averageCurrentA, b.endedAt - b.startedAt],
  );
  return {
    ...rest,
    endedAt: b.endedAt,
    energyWh: (Math.round(a.energyWh * 1000) + Math.round(b.energyWh * 1000)) / 1000,
    ...(averageCurrentA === undefined ? {} : { averageCurrentA }),
  };
}

/** What a bill says of power follows from its energy and its time. */
function withMeanPower({ averagePowerW: _, ...period }: RatedPeriod): RatedPeriod {
  const durationMs = period.endedAt - period.startedAt;
  if (durationMs === 0) return period;
  return { ...period, averagePowerW: Math.round((period.energyWh * 3_600_000) / durationMs) };
}

function weighted(
  [a, timeA]: readonly [number | undefined, number],
  [b, timeB]: readonly [number | undefined, number],
): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return timeA + timeB === 0 ? a : Math.round(((a * timeA + b * timeB) / (timeA + timeB)) * 1000) / 1000;
}
