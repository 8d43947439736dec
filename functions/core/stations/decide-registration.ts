import type { RequestPorts } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import { askForBoot } from './ask-for-boot.ts';
import { knownStation } from './known-station.ts';
import type { RegistrationWish, Station } from './station.ts';
import type { StationStore } from './station-store.ts';

/**
 * Decides what a station is told when it boots. One that is connected is asked to boot at once; one that was rejected
 * may not be called, so it learns of it when it asks again. Throws `NotFound` or `Conflict`.
 */
export async function decideRegistration(
  ports: Pick<RequestPorts, 'commands' | 'live' | 'clock' | 'newId'> & { stations: StationStore },
  { stationId, wish }: { stationId: string; wish: RegistrationWish },
): Promise<Station> {
  const before = await knownStation(ports, stationId);
  if ((before.registration ?? 'ACCEPT') === wish) return before;
  const { registration: _, ...station } = before;
  const next: Station = {
    ...station,
    ...(wish === 'ACCEPT' ? {} : { registration: wish }),
    updatedAt: ports.clock(),
    revision: before.revision + 1,
  };
  if ((await ports.stations.replaceStation(next)) === 'changed-meanwhile') {
    throw new DomainError('Conflict', `station ${stationId} was changed by somebody else`, 'stationId');
  }
  const link = await ports.live.findLink(stationId);
  if (link?.connectionId !== undefined && link.registration !== 'REJECTED')
    await askForBoot(ports, stationId);
  return next;
}
