import type { RatedPeriod } from '../tariffs/rating.ts';

/** A quarter of a kilobyte each: so many fit into the largest record of a store (400 kB), and all else that a CDR says. */
export const mostPeriods = 1_000;

/**
 * The periods of a bill, no more than a record holds. A price that goes to and fro with the readings makes more: then
 * of so many neighbours those that are priced alike are put together, one kind after the other. What each price was
 * charged for stays the same, energy and time; `sentences` say that it was done.
 */
export function summarisePeriods(periods: readonly RatedPeriod[]): {
  readonly periods: readonly RatedPeriod[];
  readonly sentences: readonly string[];
} {
  let together = 1;
  let shown = periods;
  while (shown.length > mostPeriods && together < periods.length) {
    together *= 2;
    shown = chunksOf(periods, together).flatMap(putTogether);
  }
  if (together === 1) return { periods, sentences: [] };
  return {
    periods: shown,
    sentences: [
      `The session has ${periods.length} periods: of each ${together} in a row those that are priced alike are shown as one. The sums are those of all.`,
    ],
  };
}

/** The time before the session, for which its place was kept, stands apart. */
function chunksOf(periods: readonly RatedPeriod[], size: number): readonly (readonly RatedPeriod[])[] {
  const reserved = periods.filter(({ activity }) => activity === 'RESERVED');
  const charged = periods.slice(reserved.length);
  const chunks = [reserved];
  for (let first = 0; first < charged.length; first += size) chunks.push(charged.slice(first, first + size));
  return chunks;
}

function putTogether(chunk: readonly RatedPeriod[]): readonly RatedPeriod[] {
  const sums = new Map<string, RatedPeriod>();
  for (const period of chunk) {
    const kind = JSON.stringify([period.activity, period.elements]);
    const sum = sums.get(kind);
    sums.set(kind, sum ? sumOf(sum, period) : period);
  }
  let at = chunk[0]?.startedAt ?? 0;
  return [...sums.values()].map((sum) => {
    const startedAt = at;
    at += durationOf(sum);
    return { ...sum, startedAt, endedAt: at };
  });
}

/** Both one after the other: of their times the duration alone is right. */
function sumOf(one: RatedPeriod, other: RatedPeriod): RatedPeriod {
  const durationMs = durationOf(one) + durationOf(other);
  const energyWh = (Math.round(one.energyWh * 1000) + Math.round(other.energyWh * 1000)) / 1000;
  const averageCurrentA = weighted(one, other);
  return {
    startedAt: one.startedAt,
    endedAt: one.startedAt + durationMs,
    energyWh,
    activity: one.activity,
    ...(durationMs === 0 ? {} : { averagePowerW: Math.round((energyWh * 3_600_000) / durationMs) }),
    ...(averageCurrentA === undefined ? {} : { averageCurrentA }),
    ...extreme('minPowerW', Math.min, one, other),
    ...extreme('maxPowerW', Math.max, one, other),
    ...extreme('minCurrentA', Math.min, one, other),
    ...extreme('maxCurrentA', Math.max, one, other),
    elements: one.elements,
  };
}

function durationOf({ startedAt, endedAt }: RatedPeriod): number {
  return endedAt - startedAt;
}

/** The average current over the time of both, in thousandths; that of one where the other's is not known. */
function weighted(one: RatedPeriod, other: RatedPeriod): number | undefined {
  const [a, b] = [one.averageCurrentA, other.averageCurrentA];
  const durationMs = durationOf(one) + durationOf(other);
  if (a === undefined || b === undefined || durationMs === 0) return a ?? b;
  return Math.round(((a * durationOf(one) + b * durationOf(other)) / durationMs) * 1000) / 1000;
}

type Extreme = 'minPowerW' | 'maxPowerW' | 'minCurrentA' | 'maxCurrentA';

function extreme(
  name: Extreme,
  choose: (...values: number[]) => number,
  one: RatedPeriod,
  other: RatedPeriod,
): Partial<Pick<RatedPeriod, Extreme>> {
  const known = [one[name], other[name]].filter((value) => value !== undefined);
  return known.length === 0 ? {} : { [name]: choose(...known) };
}
