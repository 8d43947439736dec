import * as z from 'zod';
import { checkWish } from '#core/reconcile/desire-configuration.ts';
import { reconcileConfiguration } from '#core/reconcile/reconcile-configuration.ts';
import { connectorTypes } from '#core/stations/connector-types.ts';
import { knownStation } from '#core/stations/known-station.ts';
import { createStation, deleteStation, updateStation } from '#core/stations/provision-station.ts';
import type { Connector, SecurityProfile, Station } from '#core/stations/station.ts';
import {
  type ConfigurationInput,
  configurationShape,
  desire,
  namingEntries,
  settingsIn,
} from './configuration.ts';
import { type FieldRequest, readArguments } from './field-request.ts';
import { coordinatesShape } from './locations.ts';
import type { GraphqlServices } from './services.ts';
import { protocolOf, stationView } from './station-view.ts';
import { findView } from './stations.ts';

type View = Record<string, unknown>;

const connectorInput = z.object({
  connectorId: z.int().min(1),
  evseId: z.int().min(1).nullish(),
  connectorType: z.enum(connectorTypes),
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
  coordinates: coordinatesShape.nullish(),
  configuration: configurationShape.nullish(),
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
export async function create(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { input } = readArguments(createInput, args);
  const tenant = await services.findTenant();
  const protocol = protocolOf(input.ocppVersion ?? 'OCPP_1_6');
  await checkConfiguration(services, { stationId: input.stationId, protocol }, input.configuration);
  const made = await createStation(services, {
    ...present(input),
    stationId: input.stationId,
    name: input.name,
    protocol,
    ...(input.securityProfile == null ? {} : { securityProfile: input.securityProfile as SecurityProfile }),
    timeZone: tenant.timeZone,
    connectors: connectorsOf(input.connectors, protocol),
  });
  await configure(services, made.station, { config: input.configuration, setBy: caller.subject });
  const view = stationView(made.station, {
    stationId: input.stationId,
    connectors: [],
    link: { stationId: input.stationId },
  });
  return { ...view, ocppPassword: made.password };
}

const updateInput = z.object({
  id: z.string(),
  version: z.int().nullish(),
  input: z.object({
    ...described,
    name: z.string().nullish(),
    connectors: z.array(connectorInput).nullish(),
  }),
});

/** `Mutation.updateStation`. A change of how it identifies itself ends its connection. */
export async function update(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id, input, version } = readArguments(updateInput, args);
  const before = await knownStation(services, id);
  const protocol = input.ocppVersion ? protocolOf(input.ocppVersion) : before.protocol;
  await checkConfiguration(services, { stationId: id, protocol }, input.configuration);
  const change = {
    ...present(input),
    ...(input.name == null ? {} : { name: input.name }),
    protocol,
    ...(input.securityProfile == null ? {} : { securityProfile: input.securityProfile as SecurityProfile }),
    ...(input.connectors ? { connectors: connectorsOf(input.connectors, protocol) } : {}),
    ...(input.locationId === null ? { locationId: null } : {}),
  };
  const station = await updateStation(services, id, change, version ?? undefined);
  await configure(services, station, { config: input.configuration, setBy: caller.subject });
  if (input.configuration) await reconcileConfiguration(services, station);
  if (input.password != null || input.securityProfile != null || input.ocppVersion != null) {
    await hangUp(services, id);
  }
  return findView(services, id);
}

/** `Mutation.deleteStation`. */
export async function remove({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<boolean> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  await deleteStation(services, id);
  await hangUp(services, id);
  return true;
}

/** Before anything is written: what a station cannot have, or has too much of, is no reason for half a change. */
async function checkConfiguration(
  services: GraphqlServices,
  { stationId, protocol }: Pick<Station, 'stationId' | 'protocol'>,
  config: ConfigurationInput | null | undefined,
): Promise<void> {
  if (config == null) return;
  const settings = settingsIn(config);
  const wish = { scope: { of: 'STATION', stationId }, settings, protocol, keepOthers: true } as const;
  await namingEntries(settings, 'input.configuration', () => checkWish(services, wish));
}

async function configure(
  services: GraphqlServices,
  station: Station,
  { config, setBy }: { config: ConfigurationInput | null | undefined; setBy: string },
): Promise<void> {
  if (config != null) await desire(services, station, { config, setBy, path: 'input.configuration' });
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
