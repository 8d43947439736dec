import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { createStation, deleteStation, updateStation } from '#core/stations/provision-station.ts';
import type { Connector, SecurityProfile, Station } from '#core/stations/station.ts';
import { stationStatus } from '#core/stations/station-status.ts';
import type { StationQuery } from '#core/stations/station-store.ts';
import { type FieldRequest, given, readArguments } from './field-request.ts';
import { firstPage, pageRequest, pageView, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';
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

/** `ChargingSession.station`, many at once. */
export async function stationsOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = requests.map(({ source }) => String(source?.stationId));
  const stations = await services.stations.findStations([...new Set(ids)]);
  const views = await viewsOf(services, stations);
  const byStation = new Map(views.map((view) => [view.stationId, view]));
  return ids.map((id) => byStation.get(id) ?? null);
}

const placed = z.object({ evseId: z.int(), connectorId: z.int() });

/** `ChargingSession.connector`, many at once: by the station as it is now; a place it has no more is null. */
export async function connectorsOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = [...new Set(requests.map(({ source }) => String(source?.stationId)))];
  const [found, lives] = await Promise.all([
    services.stations.findStations(ids),
    services.live.findLives(ids),
  ]);
  return requests.map(({ source }) => {
    const one = found.find(({ stationId }) => stationId === source?.stationId);
    const live = lives.find(({ stationId }) => stationId === source?.stationId);
    const place = placed.safeParse(source?.connectorRef);
    if (!one || !live || !place.success) return null;
    const index = one.connectors.findIndex(
      ({ evseId, connectorId }) => evseId === place.data.evseId && connectorId === place.data.connectorId,
    );
    const connector = one.connectors[index];
    return connector ? connectorView(one, connector, index, live) : null;
  });
}

const notYet = z.null({ error: 'this filter is not built yet' }).optional();
const stationFilter = z
  .strictObject({
    status: notYet,
    manufacturer: z.array(z.string()).max(50).nullish(),
    ocppVersion: z.array(z.string()).max(5).nullish(),
    locationIds: z.array(z.string()).max(50).nullish(),
    coordinates: notYet,
    radiusKm: notYet,
    hasActiveSessions: notYet,
    lastHeartbeatAfter: notYet,
  })
  .nullish();
const stationList = z.object({ filter: stationFilter, ...pagingShape });

/** `Query.stations`: the first page of the tenant's stations, in the order of their ids. */
export async function stations(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { filter } = readArguments(stationList, args);
  const page = await services.stations.listStations(queryOf(filter), firstPage);
  return viewsOf(services, page.items);
}

/** `Query.stationsPage`. */
export async function stationsPage(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(stationList, args);
  const page = await services.stations.listStations(queryOf(read.filter), pageRequest(read));
  const items = await viewsOf(services, page.items);
  return pageView({ ...page, items }, (item) => item);
}

function queryOf(filter: z.infer<typeof stationFilter>): StationQuery {
  const { manufacturer, ocppVersion, locationIds } = filter ?? {};
  return {
    ...(manufacturer ? { manufacturers: manufacturer } : {}),
    ...(ocppVersion ? { protocols: ocppVersion.map(protocolOf) } : {}),
    ...(locationIds ? { locationIds } : {}),
  };
}

/** `Query.stationStatus`. Throws `NotFound`. */
export async function statusOfStation(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<string> {
  const { stationId } = readArguments(byStationId, args);
  await mustFind(services, stationId);
  const { connectors, link } = await services.live.findLive(stationId);
  return stationStatus(connectors, link.connectionId !== undefined);
}

/** `Query.connectorStatus`, by the station-wide number. Throws `NotFound`. */
export async function statusOfConnector(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<string> {
  const read = readArguments(byStationId.extend({ connectorId: z.int() }), args);
  const found = await mustFind(services, read.stationId);
  const connector = found.connectors[read.connectorId - 1];
  if (!connector) throw new DomainError('NotFound', 'the station has no such connector', 'connectorId');
  const live = await services.live.findLive(read.stationId);
  return lastWord(connector, live.connectors)?.status ?? 'UNKNOWN';
}

const connectorInput = z.object({
  connectorId: z.int().min(1),
  evseId: z.int().min(1).nullish(),
  connectorType: z.string().min(1).max(50),
  maxPower: z.int().positive().nullish(),
  maxCurrent: z.int().positive().nullish(),
  voltage: z.int().positive().nullish(),
  numberOfPhases: z.int().min(1).max(3).nullish(),
  tariffId: z.string().nullish(),
});

const described = {
  description: z.string().max(1000).nullish(),
  manufacturer: z.string().max(50).nullish(),
  model: z.string().max(50).nullish(),
  serialNumber: z.string().max(50).nullish(),
  locationId: z.string().max(36).nullish(),
  address: z.string().max(200).nullish(),
  coordinates: z
    .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .nullish(),
  configuration: z.null({ error: 'station configuration is not built yet' }).optional(),
  ocppVersion: z.enum(['OCPP_1_6', 'OCPP_2_0_1']).nullish(),
  securityProfile: z.int().min(0).max(3).nullish(),
  password: z.string().nullish(),
};

const createInput = z.object({
  input: z.object({
    ...described,
    stationId: z.string(),
    name: z.string(),
    connectors: z.array(connectorInput),
  }),
});

/** `Mutation.createStation`: the only answer that ever contains the password. */
export async function create({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View> {
  const { input } = readArguments(createInput, args);
  const tenant = await services.findTenant();
  const protocol = protocolOf(input.ocppVersion ?? 'OCPP_1_6');
  const made = await createStation(services, {
    ...present(input),
    stationId: input.stationId,
    name: input.name,
    protocol,
    securityProfile: (input.securityProfile ?? 2) as SecurityProfile,
    timeZone: tenant.timeZone,
    connectors: connectorsOf(input.connectors, protocol),
  });
  const view = stationView(made.station, {
    stationId: input.stationId,
    connectors: [],
    link: { stationId: input.stationId },
  });
  return { ...view, ocppPassword: made.password };
}

const updateInput = z.object({
  id: z.string(),
  input: z.object({
    ...described,
    name: z.string().nullish(),
    connectors: z.array(connectorInput).nullish(),
  }),
});

/** `Mutation.updateStation`. A change of how it identifies itself ends its connection. */
export async function update(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id, input } = readArguments(updateInput, args);
  const before = await mustFind(services, id);
  const protocol = input.ocppVersion ? protocolOf(input.ocppVersion) : before.protocol;
  await updateStation(services, id, {
    ...present(input),
    ...(input.name == null ? {} : { name: input.name }),
    protocol,
    ...(input.securityProfile == null ? {} : { securityProfile: input.securityProfile as SecurityProfile }),
    ...(input.connectors ? { connectors: connectorsOf(input.connectors, protocol) } : {}),
  });
  if (input.password != null || input.securityProfile != null || input.ocppVersion != null) {
    await hangUp(services, id);
  }
  return findView(services, id);
}

/** `Mutation.deleteStation`. */
export async function remove({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<boolean> {
  const { id } = readArguments(byId, args);
  await deleteStation(services, id);
  await hangUp(services, id);
  return true;
}

async function hangUp(services: GraphqlServices, stationId: string): Promise<void> {
  const link = await services.live.findLink(stationId);
  if (link?.connectionId !== undefined) await services.closeConnection(link.connectionId);
}

/** The optional texts of an input that were given. */
function present(input: z.infer<z.ZodObject<typeof described>>) {
  const { description, manufacturer, model, serialNumber, locationId, address, coordinates, password } =
    input;
  const optional = {
    description,
    manufacturer,
    model,
    serialNumber,
    locationId,
    address,
    coordinates,
    password,
  };
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value != null)) as {
    [Key in keyof typeof optional]?: NonNullable<(typeof optional)[Key]>;
  };
}

/** OCPP 1.6 knows no EVSEs: there each connector is an EVSE of its own, which is what drivers see. */
function connectorsOf(
  inputs: readonly z.infer<typeof connectorInput>[],
  protocol: string,
): readonly Connector[] {
  const flat = protocol === 'ocpp1.6';
  return inputs.map((input) => {
    const { maxPower, maxCurrent, voltage, numberOfPhases, tariffId } = input;
    const place =
      flat || input.evseId == null
        ? { evseId: input.connectorId, connectorId: 1 }
        : { evseId: input.evseId, connectorId: input.connectorId };
    return {
      ...place,
      connectorType: input.connectorType,
      ...(maxPower == null ? {} : { maxPowerW: maxPower }),
      ...(maxCurrent == null ? {} : { maxCurrentA: maxCurrent }),
      ...(voltage == null ? {} : { voltageV: voltage }),
      ...(numberOfPhases == null ? {} : { phases: numberOfPhases }),
      ...(tariffId == null ? {} : { tariffId }),
    };
  });
}

async function findView(services: GraphqlServices, stationId: string): Promise<View | null> {
  const [found, live] = await Promise.all([
    services.stations.findStation(stationId),
    services.live.findLive(stationId),
  ]);
  return found ? stationView(found, live) : null;
}

async function mustFind(services: GraphqlServices, stationId: string): Promise<Station> {
  const found = given(await services.stations.findStation(stationId));
  if (!found) throw new DomainError('NotFound', `station ${stationId} is not known`, 'stationId');
  return found;
}

async function viewsOf(services: GraphqlServices, found: readonly Station[]): Promise<View[]> {
  const lives = await services.live.findLives(found.map(({ stationId }) => stationId));
  const byStation = new Map(lives.map((live) => [live.stationId, live]));
  return found.map((one) => {
    const { stationId } = one;
    return stationView(one, byStation.get(stationId) ?? { stationId, connectors: [], link: { stationId } });
  });
}
