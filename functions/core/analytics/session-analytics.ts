import { type AnalyticsQuery, countedDays } from './counted-days.ts';
import type { CounterStore } from './counter-store.ts';
import type { Figures } from './figures.ts';

/** Sessions by the day they started on, and what else happened on those days. */
export interface SessionTotals {
  readonly sessionsCount: number;
  readonly energyWh: number;
  /** Absent without sessions, as the next. */
  readonly averageDurationS?: number;
  readonly averageEnergyWh?: number;
  /** Seconds of all connectors together. */
  readonly busyS: number;
  readonly faultsCount: number;
}

export interface SessionAnalytics extends SessionTotals {
  readonly days: readonly (SessionTotals & { readonly date: string })[];
  /** Of each station that was named. */
  readonly stations?: readonly (SessionTotals & { readonly stationId: string })[];
}

/** Sessions, energy, use and faults on the days that a period touches. Refuses as `countedDays` does. */
export async function sessionAnalytics(
  ports: { readonly counters: Pick<CounterStore, 'listStationDays' | 'listTenantDays'> },
  query: AnalyticsQuery,
): Promise<SessionAnalytics> {
  const { total, days, stations } = await countedDays(ports, query);
  return {
    ...totalsOf(total),
    days: days.map(({ date, figures }) => ({ date, ...totalsOf(figures) })),
    ...(stations
      ? { stations: stations.map(({ stationId, figures }) => ({ stationId, ...totalsOf(figures) })) }
      : {}),
  };
}

function totalsOf({ sessions, durationMs, energyWh, busyMs, faults }: Figures): SessionTotals {
  return {
    sessionsCount: sessions,
    energyWh,
    ...(sessions > 0
      ? {
          averageDurationS: Math.round(durationMs / 1000 / sessions),
          averageEnergyWh: Math.round(energyWh / sessions),
        }
      : {}),
    busyS: Math.round(busyMs / 1000),
    faultsCount: faults,
  };
}
