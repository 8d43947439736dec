import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { ChargingProfile } from './charging-profile.ts';
import { faultOfProfile } from './profile-faults.ts';
import { invalid, readProfile } from './read-profile.ts';

/**
 * Reads the profile that goes along with a remote start, if one does: a transaction's own, without its name. Throws
 * `Validation` naming the member at fault.
 */
export async function readStartProfile(
  ports: { limits: StationLimitsStore },
  wish: { station: Station; parameters: Readonly<Record<string, unknown>> },
  evseId: number,
): Promise<ChargingProfile | undefined> {
  const { chargingProfile: value } = wish.parameters;
  if (value === undefined || value === null) return undefined;
  const path = 'parameters.chargingProfile';
  const profile = readProfile(value, path);
  const limits = await ports.limits.findLimits(wish.station.stationId);
  const fault = faultOfProfile(profile, { evseId, limits, withStart: true });
  if (fault) throw invalid([path, ...fault.path].join('.'), fault.problem);
  return profile;
}
