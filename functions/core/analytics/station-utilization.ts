import { DomainError } from '../errors.ts';
import type { Station } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { isTimeZone } from '../tariffs/local-time.ts';
import { type AnalyticsQuery, checkQuery, countedDays, mostStations, type Period } from './counted-days.ts';
import type { CounterStore } from './counter-store.ts';
import { type Figures, noFigures } from './figures.ts';
import { localDayAt } from './local-days.ts';

/** How much of its time a station was in use. */
export interface StationUtilization {
  readonly stationId: string;
  /** The beginning of the first and the end of the last local day that the period touches. Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly sessionsCount: number;
  readonly energyWh: number;
  readonly faultsCount: number;
  /** As they are registered now. */
  readonly connectorsCount: number;
  /** Seconds of all connectors together: in use, and there to be used. */
  readonly busyS: number;
  readonly connectorS: number;
  /** The former's share of the latter, from 0 to 1. */
  readonly utilization: number;
}

export interface StationUtilizationPorts {
  readonly counters: Pick<CounterStore, 'listStationDays' | 'listTenantDays'>;
  readonly stations: Pick<StationStore, 'findStations' | 'listStations'>;
}

/**
 * How much stations were used on the days that a period touches: those that are named, in that order, without those
 * that are not registered; else all of the tenant, if it has no more than 100. Refuses as `countedDays` does, and when
 * the tenant has too many to go without naming them.
 */
export async function stationUtilization(
  ports: StationUtilizationPorts,
  query: AnalyticsQuery,
): Promise<readonly StationUtilization[]> {
  checkQuery(query);
  const stations = await stationsOf(ports, query);
  if (stations.length === 0) return [];
  const stationIds = stations.map(({ stationId }) => stationId);
  const { stations: counted = [] } = await countedDays(ports, { ...query, stationIds });
  const byId = new Map(counted.map(({ stationId, figures }) => [stationId, figures]));
  return stations.map((station) =>
    utilizationOf(station, query.period, byId.get(station.stationId) ?? noFigures),
  );
}

async function stationsOf(
  { stations }: StationUtilizationPorts,
  { stationIds, inputs }: AnalyticsQuery,
): Promise<readonly Station[]> {
  if (stationIds !== undefined) return stations.findStations([...new Set(stationIds)]);
  const { items, cursor } = await stations.listStations({}, { limit: mostStations });
  if (cursor === undefined) return items;
  const message = `there are more than ${mostStations} stations: name those that you ask for`;
  throw new DomainError('Validation', message, inputs?.stationIds ?? 'stationIds');
}

function utilizationOf(station: Station, period: Period, figures: Figures): StationUtilization {
  const { stationId, connectors } = station;
  const timeZone = isTimeZone(station.timeZone) ? station.timeZone : 'UTC';
  const { from } = localDayAt(timeZone, period.from);
  const { until: to } = localDayAt(timeZone, period.to - 1);
  const connectorMs = connectors.length * (to - from);
  return {
    stationId,
    from,
    to,
    sessionsCount: figures.sessions,
    energyWh: figures.energyWh,
    faultsCount: figures.faults,
    connectorsCount: connectors.length,
    busyS: Math.round(figures.busyMs / 1000),
    connectorS: Math.round(connectorMs / 1000),
    // Connectors that are gone were in use while they were there.
    utilization: connectorMs === 0 ? 0 : Math.min(1, figures.busyMs / connectorMs),
  };
}
