import { DomainError } from '../errors.ts';
import type { Station } from './station.ts';
import type { StationStore } from './station-store.ts';

/** The tenant's station of this id. Throws `NotFound` when there is none. */
export async function knownStation(
  { stations }: { readonly stations: Pick<StationStore, 'findStation'> },
  stationId: string,
): Promise<Station> {
  const station = await stations.findStation(stationId);
  if (!station) throw new DomainError('NotFound', `station ${stationId} is not known`, 'stationId');
  return station;
}
