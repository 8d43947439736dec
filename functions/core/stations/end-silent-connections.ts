import type { Clock } from '../ports.ts';
import type { StationLink } from './station.ts';
import type { StationLiveStore } from './station-store.ts';

export interface SilencePorts {
  readonly live: Pick<StationLiveStore, 'listConnected' | 'disconnect'>;
  /** Closes a connection that may be gone already. */
  readonly close: (connectionId: string) => Promise<unknown>;
  readonly clock: Clock;
}

/** How many connections are looked at together. */
const pageSize = 100;

/**
 * Ends the connections of a tenant's stations that have been silent for longer than a living one can be: notice of an
 * end may be lost. One that was heard of meanwhile, or took the place of another, stays. Gives how many it ended.
 */
export async function endSilentConnections(ports: SilencePorts, silentMs: number): Promise<number> {
  const silentSince = ports.clock() - silentMs;
  let ended = 0;
  let cursor: string | undefined;
  do {
    const page = await ports.live.listConnected({
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const link of page.items) {
      if (lastHeardAt(link) < silentSince && (await end(ports, link, silentSince))) ended += 1;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ended;
}

/** To connect is to be heard of. */
function lastHeardAt({ connectedAt = 0, lastSeenAt = 0 }: StationLink): number {
  return Math.max(connectedAt, lastSeenAt);
}

async function end(
  { live, close, clock }: SilencePorts,
  { stationId, connectionId }: StationLink,
  silentSince: number,
): Promise<boolean> {
  if (connectionId === undefined) return false;
  const outcome = await live.disconnect(stationId, connectionId, clock(), silentSince);
  if (outcome !== 'disconnected') return false;
  // Should it live after all, the station comes back with a connection that is its own.
  await close(connectionId);
  return true;
}
