import * as z from 'zod';
import type { Setting } from '#core/device-model/configuration.ts';
import {
  actualOf,
  type Component,
  settingsComponent,
  type Variable,
} from '#core/device-model/device-model.ts';
import { DomainError } from '#core/errors.ts';
import { desireConfiguration } from '#core/reconcile/desire-configuration.ts';
import { reconcileConfiguration } from '#core/reconcile/reconcile-configuration.ts';
import { knownStation } from '#core/stations/known-station.ts';
import type { Station } from '#core/stations/station.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { inLanes } from './lanes.ts';
import type { GraphqlServices } from './services.ts';
import { findView } from './stations.ts';

type View = Record<string, unknown>;

/** A station has a few hundred components at most. */
const componentsPerRead = 200;
const mostReads = 5;

export const configurationShape = z.strictObject({
  entries: z
    .array(
      z.strictObject({
        component: z.string().min(1).max(200).nullish(),
        key: z.string().min(1).max(200),
        value: z.string().max(1_000),
      }),
    )
    .max(200),
});

export type ConfigurationInput = z.infer<typeof configurationShape>;

/** Settings by the names that operators use: `Component.Variable`, or a key alone. */
export function settingsIn({ entries }: ConfigurationInput): readonly Setting[] {
  return entries.map(({ component, key, value }) => ({
    key: component == null ? key : `${component}.${key}`,
    value,
  }));
}

const updateArguments = z.object({ stationId: z.string(), config: configurationShape });

/**
 * `Mutation.updateStationConfiguration`: what is named is desired of the station from now on, and brought about at once
 * or when it is back.
 */
export async function updateStationConfiguration(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { stationId, config } = readArguments(updateArguments, args);
  const station = await knownStation(services, stationId);
  await desire(services, station, { config, setBy: caller.subject, path: 'config' });
  await reconcileConfiguration(services, station);
  return findView(services, stationId);
}

/** Notes what is desired of a station beside what is desired already. Refusals name the entry at fault. */
export async function desire(
  services: Pick<GraphqlServices, 'configuration' | 'calls' | 'clock'>,
  { stationId, protocol }: Pick<Station, 'stationId' | 'protocol'>,
  { config, setBy, path }: { config: ConfigurationInput; setBy: string; path: string },
): Promise<void> {
  const settings = settingsIn(config);
  await namingEntries(settings, path, () =>
    desireConfiguration(services, {
      scope: { of: 'STATION', stationId },
      settings,
      protocol,
      setBy,
      keepOthers: true,
    }),
  );
}

/** The use case names settings by their keys; here they stand in a list. */
export async function namingEntries<Result>(
  settings: readonly Setting[],
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.field === undefined) throw error;
    const index = settings.findIndex(({ key }) => error.field === `settings.${key}`);
    const field = index < 0 ? `${path}.entries` : `${path}.entries.${index}`;
    throw new DomainError(error.code, error.message, field);
  }
}

/** `ChargingStation.configuration`, many at once: what each station told of its settings; null when it told nothing. */
export async function configurationsOfStations(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  return inLanes(requests, async ({ source }) => {
    const components = await componentsOf(services, String(source?.stationId));
    const told = components.flatMap(({ variables }) => variables.map(({ reportedAt }) => reportedAt));
    const entries = entriesOf(services, components);
    return told.length === 0 ? null : { readAt: rfc3339(Math.max(...told)), entries };
  });
}

const place = z.object({ evseId: z.int(), connectorId: z.int() });

/**
 * `Connector.configuration`, many at once, one read per station: the settings of the connector and of its EVSE. Null
 * where the station told none, as in OCPP 1.6, which has settings of whole stations alone.
 */
export async function configurationsOfConnectors(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const stationIds = [...new Set(requests.map(({ source }) => String(source?.stationId)))];
  const read = await inLanes(stationIds, async (id) => [id, await componentsOf(services, id)] as const);
  const byStation = new Map(read);
  return requests.map(({ source }) => {
    const ref = place.safeParse(source?.connectorRef);
    const components = (byStation.get(String(source?.stationId)) ?? []).filter(
      ({ evseId, connectorId }) =>
        ref.success &&
        evseId === ref.data.evseId &&
        (connectorId ?? ref.data.connectorId) === ref.data.connectorId,
    );
    return components.length === 0 ? null : { entries: entriesOf(services, components) };
  });
}

/** `ChargingStation.capabilities`, many at once; null for stations that did not tell. */
export async function capabilitiesOfStations(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = [...new Set(requests.map(({ source }) => String(source?.stationId)))];
  const stations = await services.stations.findStations(ids);
  const wanted = await Promise.all(
    stations.map(async ({ stationId, protocol }) => ({
      stationId,
      protocol,
      components: await services.calls.capabilityComponents(protocol),
    })),
  );
  const told = await services.deviceModel.findComponentsOf(wanted);
  const known = await Promise.all(
    wanted.map(async ({ stationId, protocol }) => {
      const components = told.get(stationId) ?? [];
      return [stationId, await services.calls.capabilitiesIn(protocol, components)] as const;
    }),
  );
  const byStation = new Map(known);
  return requests.map(({ source }) => {
    const capabilities = byStation.get(String(source?.stationId));
    return capabilities ? { ...capabilities } : null;
  });
}

async function componentsOf(
  { deviceModel }: GraphqlServices,
  stationId: string,
): Promise<readonly Component[]> {
  const components: Component[] = [];
  let cursor: string | undefined;
  for (let reads = 0; reads < mostReads; reads += 1) {
    const page = { limit: componentsPerRead, ...(cursor === undefined ? {} : { cursor }) };
    const found = await deviceModel.listComponents(stationId, {}, page);
    components.push(...found.items);
    cursor = found.cursor;
    if (cursor === undefined) break;
  }
  return components;
}

/** What can be read of the variables that the station has; passwords and keys are nobody's to see. */
function entriesOf({ calls }: GraphqlServices, components: readonly Component[]): View[] {
  return components.flatMap((component) =>
    component.variables
      .filter(({ name, goneAt }) => goneAt === undefined && !calls.isSecret(name))
      .map((variable) => entryView(component, variable)),
  );
}

function entryView(component: Component, variable: Variable): View {
  const actual = actualOf(variable);
  return {
    component: component.name === settingsComponent.name ? null : componentText(component),
    key: named(variable),
    value: actual?.value,
    readOnly: actual?.mutability === 'READ_ONLY' || actual?.constant === true,
  };
}

/** As settings are named everywhere: `Connector@1/1`, `LocalAuthListCtrlr`. */
function componentText(component: Component): string {
  const { evseId, connectorId } = component;
  const connector = connectorId === undefined ? '' : `/${connectorId}`;
  return `${named(component)}${evseId === undefined ? '' : `@${evseId}${connector}`}`;
}

function named({ name, instance }: { readonly name: string; readonly instance?: string }): string {
  return instance === undefined ? name : `${name}[${instance}]`;
}
