import { DomainError } from '../errors.ts';
import type { CounterStore, DateRange, DayCounter } from './counter-store.ts';
import { addFigures, type Figures, isNothing, noFigures, withoutEmptied } from './figures.ts';
import { localDateAt } from './local-days.ts';

/** The longest period that may be asked for. */
const longestPeriodDays = 400;
/** The most stations that may be named. */
export const mostStations = 100;

const dayMs = 86_400_000;

/** From a moment on, up to another. Epoch milliseconds. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** What is asked for. Of all stations of the tenant when none are named. */
export interface AnalyticsQuery {
  readonly period: Period;
  readonly stationIds?: readonly string[];
  /** What the caller calls the inputs, for refusals. */
  readonly inputs?: { readonly period: string; readonly stationIds: string };
}

/** What was counted, together and apart. */
export interface CountedDays {
  readonly total: Figures;
  /** Only days on which something was counted, in order. */
  readonly days: readonly { readonly date: string; readonly figures: Figures }[];
  /** Of each station that was named, in that order. */
  readonly stations?: readonly { readonly stationId: string; readonly figures: Figures }[];
}

/**
 * What was counted on the days that the period touches in the local time of each station: whole days, however little
 * of them is in the period. Throws `Validation` for a period that is empty or longer than 400 days, for no or more
 * than 100 stations.
 */
export async function countedDays(
  { counters }: { readonly counters: Pick<CounterStore, 'listStationDays' | 'listTenantDays'> },
  query: AnalyticsQuery,
): Promise<CountedDays> {
  checkQuery(query);
  const { period, stationIds } = query;
  const range = datesAnywhere(period);
  if (stationIds === undefined) {
    const touched = touchedBy(period, await counters.listTenantDays(range));
    return { total: totalOf(touched), days: byDate(touched) };
  }
  const wanted = [...new Set(stationIds)];
  const listed = await counters.listStationDays(wanted, range);
  const stations = wanted.map((stationId) => ({
    stationId,
    touched: touchedBy(period, listed.get(stationId) ?? []),
  }));
  const all = stations.flatMap(({ touched }) => touched);
  return {
    total: totalOf(all),
    days: byDate(all),
    stations: stations.map(({ stationId, touched }) => ({ stationId, figures: totalOf(touched) })),
  };
}

/** Throws `Validation` naming the input at fault. */
export function checkQuery({ period: { from, to }, stationIds, inputs }: AnalyticsQuery): void {
  const { period = 'period', stationIds: stations = 'stationIds' } = inputs ?? {};
  if (from >= to) throw new DomainError('Validation', 'the period ends after it begins', period);
  if (to - from > longestPeriodDays * dayMs) {
    throw new DomainError('Validation', `a period has at most ${longestPeriodDays} days`, period);
  }
  const count = stationIds?.length ?? 1;
  if (count < 1 || count > mostStations) {
    throw new DomainError('Validation', `name 1 to ${mostStations} stations`, stations);
  }
}

/** Dates that some zone may show within the period, and a little more. */
function datesAnywhere({ from, to }: Period): DateRange {
  return { first: localDateAt('UTC', from - dayMs), last: localDateAt('UTC', to + dayMs) };
}

/** Each zone's own dates: what is Monday here may be Tuesday there. */
function touchedBy({ from, to }: Period, counters: readonly DayCounter[]): readonly DayCounter[] {
  const ranges = new Map(
    [...new Set(counters.map(({ timeZone }) => timeZone))].map((timeZone) => [
      timeZone,
      { first: localDateAt(timeZone, from), last: localDateAt(timeZone, to - 1) },
    ]),
  );
  return counters.filter(({ date, timeZone }) => {
    const range = ranges.get(timeZone);
    return range !== undefined && range.first <= date && date <= range.last;
  });
}

function totalOf(counters: readonly DayCounter[]): Figures {
  return withoutEmptied(counters.reduce((sum, { figures }) => addFigures(sum, figures), noFigures));
}

function byDate(counters: readonly DayCounter[]): CountedDays['days'] {
  const days = new Map<string, Figures>();
  for (const { date, figures } of counters) days.set(date, addFigures(days.get(date) ?? noFigures, figures));
  return [...days]
    .filter(([, figures]) => !isNothing(figures))
    .map(([date, figures]) => ({ date, figures: withoutEmptied(figures) }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}
