import * as z from 'zod';
import type { Page, PageRequest } from '#core/ports.ts';
import type { StationLink } from '#core/stations/station.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { filteredPage } from './filtered-page.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { ocppVersionOf } from './station-view.ts';

type View = Record<string, unknown>;

type HealthStatus = 'OK' | 'DEGRADED' | 'DOWN';

interface Check {
  readonly name: string;
  readonly status: HealthStatus;
  readonly message: string;
}

/** Pages of a megabyte: more stations than that are "at least so many". */
const mostCountingReads = 5;
const alertsLookedAt = 200;
/** Fewer stations than this share are rarely all connected. */
const usuallyConnected = 0.9;

/**
 * `Query.systemHealth`: what this tenant's own records say of its stations, in at most fifteen reads, however many
 * there are. That the records can be read is part of it.
 */
export async function systemHealth(_: FieldRequest, services: GraphqlServices): Promise<View> {
  const [stations, connected, activeSessions, alerts] = await Promise.all([
    services.stations.countStations(mostCountingReads),
    services.live.countConnected(),
    services.sessions.countOpenSessions(),
    services.alerts.listAlerts({ open: true }, { limit: alertsLookedAt }),
  ]);
  const grave = alerts.items.filter(({ severity }) => severity === 'HIGH' || severity === 'CRITICAL').length;
  const checks = [
    checkStations(stations, connected),
    checkAlerts({ open: alerts.items.length, grave, more: alerts.cursor !== undefined }),
  ];
  const worst = (['DOWN', 'DEGRADED'] as const).find((bad) => checks.some(({ status }) => status === bad));
  return {
    status: worst ?? 'OK',
    checks,
    stationsTotal: stations.count,
    stationsConnected: connected,
    activeSessions,
    openAlerts: alerts.items.length,
    timestamp: rfc3339(services.clock()),
  };
}

function checkStations(
  { count, isAtLeast }: { count: number; isAtLeast: boolean },
  connected: number,
): Check {
  const of = isAtLeast ? `at least ${count}` : `${count}`;
  const share = count === 0 ? 1 : connected / count;
  const status = share >= usuallyConnected ? 'OK' : connected === 0 ? 'DOWN' : 'DEGRADED';
  return { name: 'stations', status, message: `${connected} of ${of} stations are connected` };
}

function checkAlerts({ open, grave, more }: { open: number; grave: number; more: boolean }): Check {
  const atLeast = more ? 'at least ' : '';
  return {
    name: 'alerts',
    status: grave > 0 ? 'DEGRADED' : 'OK',
    message: `${atLeast}${open} alerts are open, ${grave} of them high or critical`,
  };
}

/** `Query.ocppConnections`: the first page of the stations that are connected. */
export async function ocppConnections(_: FieldRequest, services: GraphqlServices): Promise<View[]> {
  const found = await plainList('ocppConnectionsPage', (page) => services.live.listConnected(page));
  return found.map(connectionView);
}

const connectionsPage = z.object({ status: z.enum(['CONNECTED', 'DISCONNECTED']).nullish(), ...pagingShape });

/** `Query.ocppConnectionsPage`. */
export async function ocppConnectionsPage(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(connectionsPage, args);
  const page = pageRequest(read);
  if (read.status !== 'DISCONNECTED') {
    return pageView(await services.live.listConnected(page), connectionView);
  }
  const list = (one: PageRequest) => linksOfAll(services, one);
  return pageView(
    await filteredPage(list, ({ connectionId }) => connectionId === undefined, page),
    connectionView,
  );
}

/** A page of all stations with their connections; of one that never connected there is nothing but its id. */
async function linksOfAll(services: GraphqlServices, page: PageRequest): Promise<Page<StationLink>> {
  const stations = await services.stations.listStations({}, page);
  const links = await services.live.findLinks(stations.items.map(({ stationId }) => stationId));
  const byStation = new Map(links.map((link) => [link.stationId, link]));
  return {
    ...stations,
    items: stations.items.map(({ stationId }) => byStation.get(stationId) ?? { stationId }),
  };
}

function connectionView({ stationId, connectionId, protocol, connectedAt, lastSeenAt }: StationLink): View {
  return {
    stationId,
    status: connectionId === undefined ? 'DISCONNECTED' : 'CONNECTED',
    ocppVersion: protocol === undefined ? undefined : ocppVersionOf(protocol),
    connectedAt: connectedAt === undefined ? undefined : rfc3339(connectedAt),
    lastSeenAt: lastSeenAt === undefined ? undefined : rfc3339(lastSeenAt),
  };
}
