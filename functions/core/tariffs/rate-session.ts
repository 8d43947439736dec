import { billVolumes, dimensionsOf, type PiecePrices, type PricedPiece, volumeOf } from './bill-volumes.ts';
import { explainRating } from './explain-rating.ts';
import { LocalClock } from './local-time.ts';
import { priceLines, totalLines, unpricedQuantities } from './price-lines.ts';
import { ratedPeriods } from './rated-periods.ts';
import type { ChargingPeriod, Rating, ReservedTime } from './rating.ts';
import { type Stretch, splitPeriods } from './split-periods.ts';
import type { Tariff } from './tariff.ts';
import { componentChooser, type Phase } from './tariff-conditions.ts';

export { unratedPeriods } from './rated-periods.ts';

/** What OCPI numbers carry (transport_and_format, `number`). */
const usualDecimals = 4;

/**
 * Prices a session, and the reservation before it or in its stead: at every moment each dimension by the first element
 * of the tariff that fits it, volumes rounded up by the last step size, VAT per component, the total held between the
 * tariff's limits (OCPI 2.2.1 mod_tariffs). The least price is one of sessions: a reservation that nobody used has none.
 *
 * Amounts are exact until each line is rounded, once and half up, to four decimals or to `decimals`; totals are
 * sums of lines. Periods follow one another. Dates and times of day are those of `timeZone` (IANA); an unknown zone
 * throws a RangeError, a number in the tariff that is none an Error.
 */
export function rateSession(
  periods: readonly ChargingPeriod[],
  tariff: Tariff,
  timeZone: string,
  options: { readonly decimals?: number; readonly reservation?: ReservedTime } = {},
): Rating {
  const { decimals = usualDecimals, reservation } = options;
  const clock = new LocalClock(timeZone);
  const session = pricedPieces(periods, tariff, { phase: 'SESSION', clock });
  const pieces = reservation ? [...reservedPieces(reservation, tariff, clock), ...session] : session;
  const { billed: volumes, unpriced } = billVolumes(tariff, pieces);
  const lines = priceLines(tariff, volumes, decimals);
  const { totals, limits } = totalLines(tariff, lines, { hasSession: periods.length > 0 });
  return {
    currency: tariff.currency,
    periods: ratedPeriods(pieces),
    lines,
    ...totals,
    limits,
    unpriced: unpricedQuantities(unpriced),
    decimals,
    explanation: explainRating(tariff, { lines, volumes, unpriced, totals, limits, decimals, reservation }),
  };
}

function reservedPieces(
  { startedAt, endedAt, expired }: ReservedTime,
  tariff: Tariff,
  clock: LocalClock,
): readonly PricedPiece[] {
  const stretch: Stretch = { startedAt, endedAt, energyWh: 0, activity: 'RESERVED' };
  const phase = expired ? 'EXPIRED_RESERVATION' : 'RESERVATION';
  return pricedPieces([stretch], tariff, { phase, clock });
}

function pricedPieces(
  stretches: readonly Stretch[],
  tariff: Tariff,
  { phase, clock }: { phase: Phase; clock: LocalClock },
): readonly PricedPiece[] {
  const choose = componentChooser(tariff, phase);
  return splitPeriods(stretches, tariff, clock).map((piece) => {
    const prices: PiecePrices = {};
    for (const dimension of dimensionsOf(piece)) {
      // Which price of energy holds is told of every period, whether energy flowed or not.
      const applies = dimension === 'ENERGY' || volumeOf(piece, dimension) !== 0;
      const place = applies ? choose(dimension, piece.moment) : undefined;
      if (place) prices[dimension] = place;
    }
    return { piece, prices };
  });
}
