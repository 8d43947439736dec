import type { Clock } from '../ports.ts';
import type { StationLiveStore } from './station-store.ts';

/** A station's new connection. Times in epoch milliseconds. */
export interface NewConnection {
  readonly stationId: string;
  readonly connectionId: string;
  readonly protocol: string;
  readonly connectedAt: number;
}

/**
 * Makes a connection the station's own unless a later one is known already: notices of connections arrive in
 * any order. Calls to the station wait until it has spoken on it.
 */
export async function connectStation(
  ports: { live: StationLiveStore },
  connection: NewConnection,
): Promise<'connected' | 'superseded'> {
  return ports.live.connect(connection);
}

/** Notes the end of a connection; the end of an older one than the station's own says nothing about it. */
export async function disconnectStation(
  ports: { live: StationLiveStore; clock: Clock },
  connection: { stationId: string; connectionId: string },
): Promise<'disconnected' | 'not-current'> {
  return ports.live.disconnect(connection.stationId, connection.connectionId, ports.clock());
}
