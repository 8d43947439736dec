import type { CommandStore } from '../commands/command-store.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import type { Clock, NewId } from '../ports.ts';
import { askForLimits } from '../stations/ask-for-limits.ts';
import { knownStation } from '../stations/known-station.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import type { ChargingProfile } from './charging-profile.ts';
import type { ChargingSettingsStore, ChargingStore, StationCharging } from './charging-store.ts';
import { conflictingProfile, faultOfProfile } from './profile-faults.ts';
import { invalid } from './read-profile.ts';

const orderTimeoutMs = 300_000;

type DesiredProfile = { readonly evseId: number; readonly profile: ChargingProfile };

export interface DesiredPorts {
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly commands: CommandStore;
  readonly charging: ChargingStore;
  readonly chargingSettings: ChargingSettingsStore;
  readonly clock: Clock;
  readonly newId: NewId;
}

/**
 * Sets which profiles a station is to have: limits of the station and defaults of its EVSEs. Throws `NotFound`, or
 * `Validation` naming the member at fault. They are installed by `installDesiredProfiles`.
 */
export async function desireProfiles(
  ports: Pick<DesiredPorts, 'chargingSettings'> & { stations: StationStore; limits: StationLimitsStore },
  { stationId, desired }: { stationId: string; desired: readonly DesiredProfile[] },
): Promise<Station> {
  const station = await knownStation(ports, stationId);
  const limits = await ports.limits.findLimits(stationId);
  for (const [index, { evseId, profile }] of desired.entries()) {
    const path = `profiles.${index}`;
    if (profile.purpose === 'TRANSACTION') {
      throw invalid(`${path}.profile.purpose`, 'may not be that of a transaction');
    }
    const fault = faultOfProfile(profile, { evseId, limits, startRequired: true });
    if (fault) throw invalid(pathOf(path, fault.path), fault.problem);
    const others = desired
      .slice(0, index)
      .map((other) => ({ ...other, source: 'CSO', installedAt: 0 }) as const);
    if (conflictingProfile({ evseId, profile }, others)) {
      throw invalid(`${path}.profile.stackLevel`, 'is taken by another profile of this list');
    }
    if (others.some((other) => other.profile.profileId === profile.profileId)) {
      throw invalid(`${path}.profile.profileId`, 'is taken by another profile of this list');
    }
  }
  await ports.chargingSettings.setDesired(desired, stationId);
  return station;
}

/** Where a fault is, for who wrote the profile beside its EVSE. */
export function pathOf(path: string, [first, ...rest]: readonly (string | number)[]): string {
  return first === 'evseId' ? `${path}.evseId` : [path, 'profile', first, ...rest].join('.');
}

/** More than a station is asked in the time after its boot. */
const recentCommands = 50;

/**
 * Asks a station for the profiles it is desired to have, once after each boot: nothing else tells whether it kept
 * them. What was asked since is not asked again, whatever the station said.
 */
export async function installDesiredProfiles(ports: DesiredPorts, station: Station): Promise<void> {
  const { stationId } = station;
  const { desired } = await ports.chargingSettings.findSettings(stationId);
  if (desired.length === 0) return;
  await askForLimits(ports, station);
  const [link, recent] = await Promise.all([
    ports.live.findLink(stationId),
    ports.commands.listCommands(stationId, { limit: recentCommands }),
  ]);
  const asked = new Set(
    recent.items
      .filter(({ createdAt, state }) => createdAt >= (link?.bootedAt ?? 0) && state !== 'CANCELLED')
      .map(({ request }) => (request.kind === 'SET_CHARGING_PROFILE' ? identityOf(request) : '')),
  );
  for (const { evseId, profile } of desired) {
    const request = { kind: 'SET_CHARGING_PROFILE', evseId, profile } as const;
    if (asked.has(identityOf(request))) continue;
    await enqueueCommand(ports, {
      stationId,
      name: 'SET_CHARGING_PROFILE',
      request,
      timeoutMs: orderTimeoutMs,
      whenOffline: 'WAIT',
    });
  }
}

function identityOf({ evseId, profile }: DesiredProfile): string {
  return `${evseId}/${canonical(profile)}`;
}

/** A desired profile, and whether its station has it: as desired, otherwise, or not at all. */
export interface ProfileDrift extends DesiredProfile {
  readonly state: 'INSTALLED' | 'DIFFERENT' | 'MISSING';
}

/** Holds what is desired against what is known to be installed. */
export function driftOf(
  desired: readonly DesiredProfile[],
  { profiles }: StationCharging,
): readonly ProfileDrift[] {
  return desired.map((one) => {
    const known = profiles.find(({ profile }) => profile.profileId === one.profile.profileId);
    if (!known) return { ...one, state: 'MISSING' };
    const same = known.evseId === one.evseId && canonical(known.profile) === canonical(one.profile);
    return { ...one, state: same ? 'INSTALLED' : 'DIFFERENT' };
  });
}

/** As text in which the same profiles are the same; the numbers of schedules mean nothing. */
function canonical({ schedules, ...profile }: ChargingProfile): string {
  const plain = schedules.map(({ scheduleId: _, ...schedule }) => schedule);
  return JSON.stringify(sorted({ ...profile, schedules: plain }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, member]) => [name, sorted(member)]);
}
