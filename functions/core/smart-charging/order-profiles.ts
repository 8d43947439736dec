import type { CallDesk } from '../commands/call-desk.ts';
import type { Command, CommandRequest } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { type CommandTerms, enqueueCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import type { Clock, NewId } from '../ports.ts';
import { knownStation } from '../stations/known-station.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import type { ChargingProfile, RateUnit } from './charging-profile.ts';
import type { ChargingStore, ProfileCriteria } from './charging-store.ts';
import { pathOf } from './desired-profiles.ts';
import { conflictingProfile, faultOfProfile } from './profile-faults.ts';
import { invalid } from './read-profile.ts';

export interface OrderPorts {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly commands: CommandStore;
  readonly charging: ChargingStore;
  readonly calls: CallDesk;
  readonly clock: Clock;
  readonly newId: NewId;
}

type Order = CommandTerms & { readonly stationId: string };

/**
 * Asks a station to take a profile. Throws `NotFound`, `StationOffline`, `NotSupported` where the protocol has no
 * words for it, `Conflict` for one that may not be valid beside another, and `Validation` naming the member at fault.
 */
export async function orderProfile(
  ports: OrderPorts,
  order: Order & { evseId: number; profile: ChargingProfile },
): Promise<Command> {
  const { stationId, evseId, profile } = order;
  const station = await knownStation(ports, stationId);
  const [limits, charging] = await Promise.all([
    ports.limits.findLimits(stationId),
    ports.charging.findCharging(stationId),
  ]);
  const fault = faultOfProfile(profile, { evseId, limits, startRequired: true });
  if (fault) throw new DomainError('Validation', fault.problem, pathOf('', fault.path).slice(1));
  const other = conflictingProfile({ evseId, profile }, charging.profiles);
  if (other) {
    const { profileId } = other.profile;
    const message = `profile ${profileId} has the same place, purpose and level and is valid at the same time`;
    throw new DomainError('Conflict', message, 'profile.stackLevel');
  }
  return ask(ports, station, order, 'SET_CHARGING_PROFILE', {
    kind: 'SET_CHARGING_PROFILE',
    evseId,
    profile,
  });
}

/** Asks a station to forget the profiles that fit all that is named, which must be something. Throws as above. */
export async function orderClearing(
  ports: OrderPorts,
  order: Order & {
    criteria: Pick<ProfileCriteria, 'evseId' | 'purpose' | 'stackLevel'> & { profileId?: number };
  },
): Promise<Command> {
  const { profileId, evseId, purpose, stackLevel } = order.criteria;
  if (purpose === 'EXTERNAL') throw invalid('purpose', 'names limits that are not ours to clear');
  if ([profileId, evseId, purpose, stackLevel].every((criterion) => criterion === undefined)) {
    throw invalid('profileId', 'or evseId, purpose or stackLevel is required');
  }
  const station = await knownStation(ports, order.stationId);
  return ask(ports, station, order, 'CLEAR_CHARGING_PROFILE', {
    kind: 'CLEAR_CHARGING_PROFILE',
    ...(profileId === undefined ? {} : { profileId }),
    ...(evseId === undefined ? {} : { evseId }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(stackLevel === undefined ? {} : { stackLevel }),
  });
}

/** Asks a station for its composite schedule; what it answers is compared with ours. Throws as above. */
export async function orderComparison(
  ports: OrderPorts,
  order: Order & { evseId: number; durationS: number; unit?: RateUnit },
): Promise<Command> {
  const { stationId, evseId, durationS, unit } = order;
  const station = await knownStation(ports, stationId);
  return ask(ports, station, order, 'GET_COMPOSITE_SCHEDULE', {
    kind: 'GET_COMPOSITE_SCHEDULE',
    evseId,
    durationS,
    ...(unit === undefined ? {} : { unit }),
  });
}

async function ask(
  ports: OrderPorts,
  { stationId, protocol }: Station,
  { timeoutMs, whenOffline, requestedBy }: Order,
  name: string,
  request: CommandRequest,
): Promise<Command> {
  await ports.calls.checkRequest(protocol, request);
  const terms = { timeoutMs, whenOffline, ...(requestedBy === undefined ? {} : { requestedBy }) };
  return enqueueCommand(ports, { stationId, name, request, ...terms });
}
