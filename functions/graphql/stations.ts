import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/ports.ts';
import { knownStation } from '#core/stations/known-station.ts';
import type { Station } from '#core/stations/station.ts';
import { stationStatus } from '#core/stations/station-status.ts';
import type { StationQuery } from '#core/stations/station-store.ts';
import { dateTime, type FieldRequest, readArguments } from './field-request.ts';
import { filteredPage } from './filtered-page.ts';
import { coordinatesShape } from './locations.ts';
import { nearStations, radiusShape } from './near-stations.ts';
import { fittingPage, pageRequest, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { standInConnector, standInStation } from './stand-ins.ts';
import { connectorView, lastWord, protocolOf, stationView } from './station-view.ts';

type View = Record<string, unknown>;

const byId = z.object({ id: z.string() });
const byStationId = z.object({ stationId: z.string() });

/** `Query.station`, `Query.stationByStationId`: null when the tenant has no such station. */
export async function station(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id, stationId } = readArguments(byId.partial().extend(byStationId.partial().shape), args);
  return findView(services, id ?? stationId ?? '');
}

/** `ChargingSession.station`, many at once: of one that is gone what its session still tells. */
export async function stationsOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = requests.map(({ source }) => String(source?.stationId));
  const stations = await services.stations.findStations([...new Set(ids)]);
  const views = await viewsOf(services, stations);
  const byStation = new Map(views.map((view) => [view.stationId, view]));
  const orphans = requests.filter(({ source }) => !byStation.has(source?.stationId));
  const standIns = await standInsOf(services, orphans);
  return requests.map(
    ({ source }) => byStation.get(source?.stationId) ?? standIns.get(source?.sessionId) ?? null,
  );
}

/** Stations that are gone, by the session that tells of them. */
async function standInsOf(
  { sessions }: GraphqlServices,
  requests: readonly FieldRequest[],
): Promise<ReadonlyMap<unknown, View>> {
  if (requests.length === 0) return new Map();
  const ids = new Set(requests.map(({ source }) => String(source?.sessionId)));
  const found = await sessions.findSessions([...ids]);
  return new Map(found.map((session) => [session.sessionId, standInStation(session)]));
}

const placed = z.object({ evseId: z.int(), connectorId: z.int() });

/** `ChargingSession.connector`, many at once: by the station as it is now, else what the session tells of it. */
export async function connectorsOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<View[]> {
  const ids = [...new Set(requests.map(({ source }) => String(source?.stationId)))];
  const [found, lives] = await Promise.all([
    services.stations.findStations(ids),
    services.live.findLives(ids),
  ]);
  return requests.map(({ source }) => {
    const one = found.find(({ stationId }) => stationId === source?.stationId);
    const live = lives.find(({ stationId }) => stationId === source?.stationId);
    const { data: place } = placed.safeParse(source?.connectorRef);
    const index =
      one?.connectors.findIndex(
        ({ evseId, connectorId }) => evseId === place?.evseId && connectorId === place.connectorId,
      ) ?? -1;
    const connector = one?.connectors[index];
    if (!one || !live || !connector) return standInConnector(String(source?.stationId), place);
    return connectorView(one, connector, index, live);
  });
}

const stationFilter = z
  .strictObject({
    status: z.array(z.string()).max(10).nullish(),
    manufacturer: z.array(z.string()).max(50).nullish(),
    ocppVersion: z.array(z.string()).max(5).nullish(),
    locationIds: z.array(z.string()).max(50).nullish(),
    coordinates: coordinatesShape.nullish(),
    radiusKm: radiusShape.nullish(),
    hasActiveSessions: z.boolean().nullish(),
    lastHeartbeatAfter: dateTime.nullish(),
  })
  .refine(({ coordinates, radiusKm }) => coordinates == null || radiusKm != null, {
    path: ['radiusKm'],
    message: 'belongs to coordinates',
  })
  .refine(({ coordinates, radiusKm }) => radiusKm == null || coordinates != null, {
    path: ['coordinates'],
    message: 'belong to radiusKm',
  })
  .nullish();
const stationList = z.object({ filter: stationFilter, ...pagingShape });

/** `Query.stations`: the first page of those that fit, in the order of their ids, or nearest first around a place. */
export async function stations(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { filter } = readArguments(stationList, args);
  return [...(await plainList('stationsPage', (page) => listViews(services, filter, page)))];
}

/** `Query.stationsPage`. */
export async function stationsPage(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(stationList, args);
  const list = (page: PageRequest) => listViews(services, read.filter, page);
  return fittingPage(pageRequest(read), list, (item) => item);
}

/**
 * By what owners wrote on the table, by what stations say of themselves on the way. Around a place the map is asked,
 * and what else is wanted is looked for in what it gives.
 */
function listViews(
  services: GraphqlServices,
  filter: z.infer<typeof stationFilter>,
  page: PageRequest,
): Promise<Page<View>> {
  const query = queryOf(filter);
  const { coordinates, radiusKm } = filter ?? {};
  const list = async (one: PageRequest): Promise<Page<View>> => {
    if (coordinates == null || radiusKm == null) {
      const found = await services.stations.listStations(query, one);
      return { ...found, items: await viewsOf(services, found.items) };
    }
    const near = await nearStations(services, { centre: coordinates, radiusKm }, one);
    const fitting = near.items.filter((station) => fitsOwner(station, query));
    return { ...near, items: await viewsOf(services, fitting) };
  };
  return filteredPage(list, (view) => fitsLive(view, filter), page);
}

function fitsOwner(station: Station, { manufacturers, protocols, locationIds }: StationQuery): boolean {
  return (
    (manufacturers?.includes(station.manufacturer ?? '') ?? true) &&
    (protocols?.includes(station.protocol) ?? true) &&
    (locationIds?.includes(station.locationId ?? '') ?? true)
  );
}

function fitsLive(view: View, filter: z.infer<typeof stationFilter>): boolean {
  const { status, hasActiveSessions, lastHeartbeatAfter } = filter ?? {};
  const connectors = view.connectors as readonly View[];
  const isCharging = connectors.some(({ sessionId }) => sessionId !== undefined);
  const seenAt = typeof view.lastHeartbeat === 'string' ? Date.parse(view.lastHeartbeat) : undefined;
  return (
    (status == null || status.length === 0 || status.includes(String(view.status))) &&
    (hasActiveSessions == null || hasActiveSessions === isCharging) &&
    (lastHeartbeatAfter == null || (seenAt !== undefined && seenAt >= lastHeartbeatAfter))
  );
}

/** No values of a field: any will do. */
function queryOf(filter: z.infer<typeof stationFilter>): StationQuery {
  const { manufacturer, ocppVersion, locationIds } = filter ?? {};
  return {
    ...(manufacturer?.length ? { manufacturers: manufacturer } : {}),
    ...(ocppVersion?.length ? { protocols: ocppVersion.map(protocolOf) } : {}),
    ...(locationIds?.length ? { locationIds } : {}),
  };
}

/** `Query.stationStatus`. Throws `NotFound`. */
export async function statusOfStation(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<string> {
  const { stationId } = readArguments(byStationId, args);
  await knownStation(services, stationId);
  const { connectors, link } = await services.live.findLive(stationId);
  return stationStatus(connectors, link.connectionId !== undefined);
}

/** `Query.connectorStatus`, by the station-wide number. Throws `NotFound`. */
export async function statusOfConnector(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<string> {
  const read = readArguments(byStationId.extend({ connectorId: z.int() }), args);
  const found = await knownStation(services, read.stationId);
  const connector = found.connectors[read.connectorId - 1];
  if (!connector) throw new DomainError('NotFound', 'the station has no such connector', 'connectorId');
  const live = await services.live.findLive(read.stationId);
  return lastWord(connector, live.connectors)?.status ?? 'UNKNOWN';
}

/** A station as the tenant sees it; null when there is none. */
export async function findView(services: GraphqlServices, stationId: string): Promise<View | null> {
  const [found, live] = await Promise.all([
    services.stations.findStation(stationId),
    services.live.findLive(stationId),
  ]);
  return found ? stationView(found, live) : null;
}

/** Stations with what they last said, in their order. */
export async function viewsOf(services: GraphqlServices, found: readonly Station[]): Promise<View[]> {
  const lives = await services.live.findLives(found.map(({ stationId }) => stationId));
  const byStation = new Map(lives.map((live) => [live.stationId, live]));
  return found.map((one) => {
    const { stationId } = one;
    return stationView(one, byStation.get(stationId) ?? { stationId, connectors: [], link: { stationId } });
  });
}
