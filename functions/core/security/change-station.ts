import type { Clock } from '../ports.ts';
import type { Station } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';

const mostAttempts = 5;

/**
 * Changes a station whatever else changes it at the same time: `changed` sees the station as it then is, and gives
 * `undefined` to leave it so. Gives the station as it is afterwards; `undefined` for one that is not there.
 */
export async function changeStation(
  ports: { stations: StationStore; clock: Clock },
  stationId: string,
  changed: (station: Station) => Station | undefined,
): Promise<Station | undefined> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const before = await ports.stations.findStation(stationId);
    const after = before && changed(before);
    if (!before || !after) return before;
    const next = { ...after, updatedAt: ports.clock(), revision: before.revision + 1 };
    if ((await ports.stations.replaceStation(next)) === 'replaced') return next;
  }
  throw new Error(`station ${stationId} is changed too often at once`);
}

/** The station without a pending change of its password, of its profile. */
export function withoutPending(station: Station, which: 'password' | 'profile'): Station {
  const { securityChange, ...rest } = station;
  const { [which]: _, ...left } = securityChange ?? {};
  return Object.keys(left).length === 0 ? rest : { ...rest, securityChange: left };
}
