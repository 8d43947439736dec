import type { CallDesk } from '../commands/call-desk.ts';
import type { Command } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import type {
  Attempts,
  DesiredSetting,
  SettingAttempt,
  SettingPlace,
} from '../device-model/configuration.ts';
import type { ConfigurationStore } from '../device-model/configuration-store.ts';
import { componentKey, type Variable, variableKey } from '../device-model/device-model.ts';
import type { DeviceModelStore } from '../device-model/device-model-store.ts';
import type { Clock } from '../ports.ts';
import type { Station } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import { type SettingFacts, underWayMs } from './plan-configuration.ts';

export interface ConfigurationPorts {
  readonly live: StationLiveStore;
  readonly commands: CommandStore;
  readonly configuration: ConfigurationStore;
  readonly deviceModel: DeviceModelStore;
  readonly calls: CallDesk;
  readonly clock: Clock;
}

const nothingDesired = { facts: [], attempts: { byKey: new Map(), revision: 0 }, asked: new Set<string>() };

/** Everything known about the desired settings of a station, in the order of their keys. */
export async function factsOf(
  ports: ConfigurationPorts,
  station: Station,
): Promise<{ facts: readonly SettingFacts[]; attempts: Attempts; asked: ReadonlySet<string> }> {
  const { stationId, firmwareVersion } = station;
  const { clock } = ports;
  const desired = await desiredOf(ports, station);
  // Of most stations nothing is desired, and then nothing else need be known.
  if (desired.length === 0) return nothingDesired;
  const [attempts, link] = await Promise.all([
    ports.configuration.findAttempts(stationId),
    ports.live.findLink(stationId),
  ]);
  const [variables, states] = await Promise.all([
    variablesOf(ports, station, desired),
    statesOf(ports, stationId, attempts),
  ]);
  const facts = desired.map((one): SettingFacts => {
    const attempt = attempts.byKey.get(one.key);
    const variable = variables.get(one.key);
    const commandState = attempt && states.get(attempt.commandId);
    return {
      desired: one,
      ...(variable === undefined ? {} : { variable }),
      ...(attempt === undefined ? {} : { attempt }),
      ...(commandState === undefined ? {} : { commandState }),
      bootedAt: link?.bootedAt ?? 0,
      ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
      now: clock(),
    };
  });
  return {
    facts,
    attempts,
    asked: askedSince({ bootedAt: link?.bootedAt ?? 0, now: clock() }, attempts, states),
  };
}

/** The settings that the station was asked for since it booted, unless the asking got lost on its way. */
function askedSince(
  { bootedAt, now }: { readonly bootedAt: number; readonly now: number },
  { reading }: Attempts,
  states: ReadonlyMap<string, Command['state']>,
): ReadonlySet<string> {
  if (reading?.bootedAt !== bootedAt) return new Set();
  const isYoung = reading.at !== undefined && now - reading.at < underWayMs;
  return new Set(isYoung || reading.commandIds.every((id) => states.has(id)) ? reading.keys : []);
}

/** What is desired of a station: what is said of it, and of its model where nothing is said of it. */
export async function desiredOf(
  { configuration, calls }: Pick<ConfigurationPorts, 'configuration' | 'calls'>,
  { stationId, model, protocol }: Station,
): Promise<readonly DesiredSetting[]> {
  const [own, ofModel] = await Promise.all([
    configuration.findDesired({ of: 'STATION', stationId }),
    model === undefined ? undefined : configuration.findDesired({ of: 'MODEL', model }),
  ]);
  const byKey = new Map<string, DesiredSetting>();
  for (const setting of [...(ofModel?.settings ?? []), ...(own?.settings ?? [])]) {
    const place = await calls.placeOf(protocol, setting.key);
    if (place) byKey.set(place.key, { ...setting, key: place.key });
  }
  return [...byKey.values()].toSorted((one, two) => (one.key < two.key ? -1 : 1));
}

async function variablesOf(
  { deviceModel, calls }: ConfigurationPorts,
  { stationId, protocol }: Station,
  desired: readonly DesiredSetting[],
): Promise<ReadonlyMap<string, Variable>> {
  const found = await Promise.all(desired.map(({ key }) => calls.placeOf(protocol, key)));
  const places = found.filter((place): place is SettingPlace => place !== undefined);
  const refs = new Map(places.map(({ component }) => [componentKey(component), component]));
  const components = await deviceModel.findComponents(stationId, [...refs.values()]);
  const variables = new Map(
    components.flatMap((component) =>
      component.variables.map((one) => [componentKey(component) + variableKey(one), one] as const),
    ),
  );
  return new Map(
    places.flatMap(({ key, component, variable }) => {
      const one = variables.get(componentKey(component) + variableKey(variable));
      return one === undefined ? [] : [[key, one] as const];
    }),
  );
}

/** Where the commands stand that are or may be under way. */
async function statesOf(
  { commands }: ConfigurationPorts,
  stationId: string,
  { byKey, reading }: Attempts,
): Promise<ReadonlyMap<string, Command['state']>> {
  const open = [...byKey.values()].filter(({ answer }: SettingAttempt) => answer === undefined);
  const ids = new Set([...open.map(({ commandId }) => commandId), ...(reading?.commandIds ?? [])]);
  const found = await Promise.all([...ids].map((commandId) => commands.findCommand(stationId, commandId)));
  return new Map(found.flatMap((command) => (command ? [[command.commandId, command.state] as const] : [])));
}
