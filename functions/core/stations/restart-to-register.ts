import type { Command } from '../commands/command.ts';
import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import { idAt } from '../id-at.ts';
import type { Digest } from '../ports.ts';
import { timeoutMs } from './ask-for-boot.ts';
import { registrationOf } from './register-boot.ts';
import type { StationStore } from './station-store.ts';

const dayMs = 86_400_000;

/**
 * Has a station start anew that refused to boot when it was asked: one that counts itself accepted does (OCPP 2.0.1
 * F06.FR.17), though we know nothing of it, or told it something else since. It does so once nothing charges, and is
 * asked once a day at most. Stations of a protocol that cannot wait for that are left alone. Safe to repeat.
 */
export async function restartToRegister(
  ports: Pick<RequestPorts, 'commands' | 'live' | 'clock'> & { stations: StationStore; digest: Digest },
  { stationId, state, createdAt }: Pick<Command, 'stationId' | 'state' | 'createdAt'>,
): Promise<void> {
  if (state !== 'REJECTED') return;
  const [station, link] = await Promise.all([
    ports.stations.findStation(stationId),
    ports.live.findLink(stationId),
  ]);
  if (!station || station.protocol === 'ocpp1.6' || link?.registration === registrationOf(station)) return;
  const day = createdAt - (createdAt % dayMs);
  const newId = () => idAt(day, ports.digest(`restart/${stationId}`));
  await enqueueCommand(
    { ...ports, newId },
    {
      stationId,
      name: 'RESET',
      request: { kind: 'RESET', when: 'WHEN_IDLE' },
      timeoutMs,
      whenOffline: 'WAIT',
    },
  );
}
