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
    periods: mergePeriods(pieces),
    lines,
    ...totals,
    explanation: explainRating(tariff, { lines, volumes, unpriced, totals, effects, decimals }),
  };
}

/** The periods of a session that no tariff prices. */
export function unratedPeriods(periods: readonly ChargingPeriod[]): readonly RatedPeriod[] {
  return mergePeriods(
    periods.map((period) => ({
      piece: { ...period, energyMilliWh: Math.round(period.energyWh * 1000) },
      prices: {},
    })),
  );
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

/** What of a piece its period keeps. */
type Stretch = Omit<Piece, 'moment'>;

/** A period under construction: what neighbours that are priced alike come to together. */
interface OpenPeriod {
  readonly startedAt: number;
  endedAt: number;
  energyMilliWh: number;
  readonly activity: ChargingPeriod['activity'];
  readonly averagePowerW?: number;
  /** Current times time, over the time in which it is known. */
  currentAMs: number;
  currentMs: number;
  /** Of the first, for a period that takes no time. */
  readonly currentA?: number;
  readonly prices: PiecePrices;
}

/** Joins neighbours that are priced alike: samples alone make no periods of a bill. */
function mergePeriods(pieces: readonly { piece: Stretch; prices: PiecePrices }[]): readonly RatedPeriod[] {
  const merged: OpenPeriod[] = [];
  let last: OpenPeriod | undefined;
  for (const { piece, prices } of pieces) {
    if (!last || !isAlike(last, piece, prices)) {
      last = openPeriod(piece, prices);
      merged.push(last);
      continue;
    }
    last.endedAt = piece.endedAt;
    last.energyMilliWh += piece.energyMilliWh;
    addCurrent(last, piece);
  }
  return merged.map(closePeriod);
}

function isAlike(period: OpenPeriod, piece: Stretch, prices: PiecePrices): boolean {
  return (
    period.activity === piece.activity &&
    dimensions.every((type) => period.prices[type]?.element === prices[type]?.element)
  );
}

function openPeriod(piece: Stretch, prices: PiecePrices): OpenPeriod {
  const { startedAt, endedAt, energyMilliWh, activity, averagePowerW, averageCurrentA } = piece;
  const period: OpenPeriod = {
    startedAt,
    endedAt,
    energyMilliWh,
    activity,
    ...(averagePowerW === undefined ? {} : { averagePowerW }),
    ...(averageCurrentA === undefined ? {} : { currentA: averageCurrentA }),
    currentAMs: 0,
    currentMs: 0,
    prices,
  };
  addCurrent(period, piece);
  return period;
}

function addCurrent(period: OpenPeriod, { startedAt, endedAt, averageCurrentA }: Stretch): void {
  if (averageCurrentA === undefined) return;
  period.currentAMs += averageCurrentA * (endedAt - startedAt);
  period.currentMs += endedAt - startedAt;
}

/** What a bill says of power follows from its energy and its time. */
function closePeriod(period: OpenPeriod): RatedPeriod {
  const { startedAt, endedAt, activity, prices, currentAMs, currentMs, currentA } = period;
  const durationMs = endedAt - startedAt;
  const energyWh = period.energyMilliWh / 1000;
  const averagePowerW =
    durationMs === 0 ? period.averagePowerW : Math.round((energyWh * 3_600_000) / durationMs);
  const averageCurrentA = currentMs === 0 ? currentA : Math.round((currentAMs / currentMs) * 1000) / 1000;
  const elements: Partial<Record<PriceComponentType, number>> = {};
  for (const type of dimensions) {
    const place = prices[type];
    if (place) elements[type] = place.element;
  }
  return {
    startedAt,
    endedAt,
    energyWh,
    activity,
    ...(averagePowerW === undefined ? {} : { averagePowerW }),
    ...(averageCurrentA === undefined ? {} : { averageCurrentA }),
    elements,
  };
}
