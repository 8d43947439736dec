import type { Period } from '#core/analytics/counted-days.ts';
import type { RevenueTotals } from '#core/analytics/revenue-analytics.ts';
import type { SessionTotals } from '#core/analytics/session-analytics.ts';
import { moneyText, type Outcome, type Site, stepMs, type Year } from './year-of-sessions.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a calendar on the wall shows, asked of the runtime itself. */
function dateIn(timeZone: string, at: number): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone });
  formats.set(timeZone, format);
  return format.format(at);
}

export interface Tally {
  sessions: number;
  durationMs: number;
  energyWh: number;
  busyMs: number;
  faults: number;
  bills: NonNullable<Outcome['bill']>[];
}

export const emptyTally = (): Tally => ({
  sessions: 0,
  durationMs: 0,
  energyWh: 0,
  busyMs: 0,
  faults: 0,
  bills: [],
});

/** What one thing of the list adds to one day at one station. */
export interface Entry {
  readonly stationId: string;
  readonly timeZone: string;
  readonly date: string;
  readonly adds: Partial<Tally>;
}

/** The list, day by day: of every session every quarter of an hour is looked at. */
export function entriesOf({ outcomes, faults }: Year): readonly Entry[] {
  const entries: Entry[] = [];
  for (const { stationId, timeZone, startedAt, endedAt, ...outcome } of outcomes) {
    if (!outcome.counts) continue;
    const { energyWh, bill } = outcome;
    const durationMs = endedAt - startedAt;
    const adds = { sessions: 1, durationMs, energyWh, bills: bill ? [bill] : [] };
    entries.push({ stationId, timeZone, date: dateIn(timeZone, startedAt), adds });
    const busy = new Map<string, number>();
    for (let at = startedAt; at < endedAt; at += stepMs) {
      const date = dateIn(timeZone, at);
      busy.set(date, (busy.get(date) ?? 0) + stepMs);
    }
    entries.push(...[...busy].map(([date, busyMs]) => ({ stationId, timeZone, date, adds: { busyMs } })));
  }
  const ofFaults = faults.map(({ stationId, timeZone, at }) => ({
    stationId,
    timeZone,
    date: dateIn(timeZone, at),
    adds: { faults: 1 },
  }));
  return [...entries, ...ofFaults];
}

/** Counts the entries of the days that a period touches, by day and by station. */
export function recount(entries: readonly Entry[], period: Period, stationIds: readonly string[]) {
  const touched = entries.filter(({ stationId, timeZone, date }) => {
    const [first, last] = [dateIn(timeZone, period.from), dateIn(timeZone, period.to - 1)];
    return stationIds.includes(stationId) && first <= date && date <= last;
  });
  const sums = (by: 'date' | 'stationId') =>
    new Map([...Map.groupBy(touched, (entry) => entry[by])].map(([name, group]) => [name, sumOf(group)]));
  return { days: sums('date'), stations: sums('stationId'), all: sumOf(touched) };
}

function sumOf(entries: readonly Entry[]): Tally {
  const sum = emptyTally();
  for (const { adds } of entries) {
    sum.sessions += adds.sessions ?? 0;
    sum.durationMs += adds.durationMs ?? 0;
    sum.energyWh += adds.energyWh ?? 0;
    sum.busyMs += adds.busyMs ?? 0;
    sum.faults += adds.faults ?? 0;
    sum.bills.push(...(adds.bills ?? []));
  }
  return sum;
}

export function sessionTotals({ sessions, durationMs, energyWh, busyMs, faults }: Tally): SessionTotals {
  const averages = {
    averageDurationS: Math.round(durationMs / 1000 / sessions),
    averageEnergyWh: Math.round(energyWh / sessions),
  };
  return {
    sessionsCount: sessions,
    energyWh,
    ...(sessions > 0 ? averages : {}),
    busyS: busyMs / 1000,
    faultsCount: faults,
  };
}

export function revenueTotals({ bills }: Tally, currency: string): RevenueTotals {
  const own = bills.filter((bill) => bill.currency === currency);
  const inclVat = own.map((bill) => bill.inclVat);
  const isKnown = inclVat.every((amount) => amount !== undefined);
  return {
    exclVat: moneyText(own.reduce((sum, { exclVat }) => sum + exclVat, 0n)),
    ...(isKnown ? { inclVat: moneyText(inclVat.reduce((sum, amount) => sum + amount, 0n)) } : {}),
    cdrsCount: own.length,
  };
}

/** The moments at which the days of a period begin and end at a site, found by going through the hours around them. */
export function bordersAt({ timeZone }: Site, { from, to }: Period): { from: number; to: number } {
  const [first, last] = [dateIn(timeZone, from), dateIn(timeZone, to - 1)];
  let begin = from - (from % stepMs);
  while (dateIn(timeZone, begin - stepMs) === first) begin -= stepMs;
  let end = to - (to % stepMs);
  while (dateIn(timeZone, end) === last) end += stepMs;
  return { from: begin, to: end };
}
