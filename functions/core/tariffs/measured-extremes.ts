import { samplesOfSession } from '../metering/billing-readings.ts';
import type { MeterSample } from '../metering/sample.ts';
import type { SessionRecord } from '../sessions/assemble-session.ts';
import { totalCurrentOf } from './periods-of-session.ts';
import type { RatedPeriod } from './rating.ts';

/**
 * The periods of a bill with the least and the greatest power and current that were measured in each, all phases together
 * (OCPI 2.2.1 mod_cdrs, CdrDimensionType). A period without a measurement stays as it is. Prices are chosen by averages:
 * between two readings nobody knows when the power passed a border.
 */
export function withMeasuredExtremes(
  periods: readonly RatedPeriod[],
  record: SessionRecord,
): readonly RatedPeriod[] {
  const samples = samplesOfSession(record);
  let first = 0;
  return periods.map((period) => {
    if (period.activity === 'RESERVED') return period;
    while ((samples[first]?.at ?? period.startedAt) < period.startedAt) first += 1;
    const within = samplesUntil(samples, first, period.endedAt);
    const power = rangeOf(within.map(({ powerW }) => powerW));
    const current = rangeOf(within.map(totalCurrentOf));
    return {
      ...period,
      ...(power ? { minPowerW: power.least, maxPowerW: power.greatest } : {}),
      ...(current ? { minCurrentA: current.least, maxCurrentA: current.greatest } : {}),
    };
  });
}

function samplesUntil(samples: readonly MeterSample[], first: number, until: number): readonly MeterSample[] {
  let end = first;
  while ((samples[end]?.at ?? Number.POSITIVE_INFINITY) <= until) end += 1;
  return samples.slice(first, end);
}

function rangeOf(
  values: readonly (number | undefined)[],
): { readonly least: number; readonly greatest: number } | undefined {
  const known = values.filter((value) => value !== undefined);
  const [one] = known;
  if (one === undefined) return undefined;
  return {
    least: known.reduce((least, value) => Math.min(least, value), one),
    greatest: known.reduce((greatest, value) => Math.max(greatest, value), one),
  };
}
