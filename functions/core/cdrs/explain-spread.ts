import type { SessionRecord } from '../sessions/assemble-session.ts';
import { energyCurve } from '../tariffs/periods-of-session.ts';
import type { RatedPeriod } from '../tariffs/rating.ts';

/** Readings a quarter of an hour apart are what meters usually give. */
const usualGapMs = 15 * 60_000;
/** Whoever reads on learns nothing new. */
const mostSentences = 20;

/**
 * Where a price of energy changed between two readings far apart, in sentences: how much was charged before the change
 * and how much after it is not measured then.
 */
export function spreadSentences(record: SessionRecord, periods: readonly RatedPeriod[]): readonly string[] {
  const changes = energyPriceChanges(periods);
  if (changes.length === 0) return [];
  const curve = energyCurve(record);
  const sentences = curve.slice(1).flatMap((until, index) => {
    const from = curve[index] ?? until;
    const energyWh = until.energyWh - from.energyWh;
    const isLong = until.at - from.at > usualGapMs && energyWh > 0;
    if (!isLong || !changes.some((at) => at > from.at && at < until.at)) return [];
    const minutes = Math.round((until.at - from.at) / 60_000);
    return [
      `The price changed within ${minutes} minutes without a reading: the ${energyWh} Wh of that time are spread evenly over its charging.`,
    ];
  });
  const more = sentences.length - mostSentences;
  if (more <= 0) return sentences;
  return [...sentences.slice(0, mostSentences), `The same holds for ${more} more such times.`];
}

function energyPriceChanges(periods: readonly RatedPeriod[]): readonly number[] {
  return periods.slice(1).flatMap(({ startedAt, elements }, index) => {
    const before = periods[index];
    const changed = before?.activity !== 'RESERVED' && before?.elements.ENERGY !== elements.ENERGY;
    return changed ? [startedAt] : [];
  });
}
