import type { Clock } from '../ports.ts';
import type { SecurityProfile, Station } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { changeStation, withoutPending } from './change-station.ts';
import { withNewPassword, withOldPassword } from './settle-password.ts';

/** Which of two passwords a station came with. */
export type PasswordUsed = 'CURRENT' | 'PREVIOUS';

/** How a station proved who it is. */
export interface ProvenConnection {
  readonly securityProfile: SecurityProfile;
  /** Absent for one that showed a certificate, and where there is but one password. */
  readonly passwordUsed?: PasswordUsed;
}

/** Whether a connection settles a change that was waiting for it. */
export function settlesChange(station: Station, proven: ProvenConnection): boolean {
  return settled(station, proven) !== undefined;
}

/**
 * Settles what waited for the station to connect: with the new password the old one goes; with the old one, after a
 * change nobody knows the end of, the new one goes; under the higher security profile that becomes the station's floor.
 */
export async function confirmConnection(
  ports: { stations: StationStore; clock: Clock },
  stationId: string,
  proven: ProvenConnection,
): Promise<void> {
  await changeStation(ports, stationId, (station) => settled(station, proven));
}

function settled(station: Station, { securityProfile, passwordUsed }: ProvenConnection): Station | undefined {
  let after: Station | undefined;
  if (passwordUsed === 'CURRENT' && station.password?.previous) after = withNewPassword(station);
  if (passwordUsed === 'PREVIOUS' && station.securityChange?.password?.outcome === 'UNSURE') {
    after = withOldPassword(station);
  }
  const to = station.securityChange?.profile?.to;
  if (to === undefined || securityProfile < to) return after;
  return { ...withoutPending(after ?? station, 'profile'), securityProfile: to };
}
