import type { Clock } from '../ports.ts';
import type { AcceptedConnections } from './accepted-connections.ts';
import type { StationLiveStore } from './station-store.ts';

/** How long a station may be known as seen before it is written again. */
const writeEveryMs = 120_000;

/**
 * Remembers when each connection was last written as seen, to spare a write per frame. Several processes may
 * each write once in the interval; none is needed for correctness.
 */
export class SeenHints {
  readonly #writtenAt = new Map<string, number>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** Whether this connection is due to be written, and if so counts it as written. */
  take(connectionId: string, now: number): boolean {
    const writtenAt = this.#writtenAt.get(connectionId);
    if (writtenAt !== undefined && now - writtenAt < writeEveryMs) return false;
    this.mark(connectionId, now);
    return true;
  }

  /** Counts the connection as not written. */
  forget(connectionId: string): void {
    this.#writtenAt.delete(connectionId);
  }

  /** Counts the connection as written now. */
  mark(connectionId: string, now: number): void {
    this.#writtenAt.delete(connectionId);
    if (this.#writtenAt.size >= this.#most) {
      const oldest = this.#writtenAt.keys().next();
      if (!oldest.done) this.#writtenAt.delete(oldest.value);
    }
    this.#writtenAt.set(connectionId, now);
  }
}

/**
 * Notes that a station spoke: any frame counts. The first frame of a connection also lets calls through to the
 * station, which has thereby shown that it is not about to boot. Whether the station is still accepted is learnt
 * on the way: another process may have answered its last boot.
 */
export async function noteSeen(
  ports: { live: StationLiveStore; clock: Clock; acceptedConnections: AcceptedConnections },
  hints: SeenHints,
  seen: { stationId: string; connectionId: string },
): Promise<void> {
  const at = ports.clock();
  if (!hints.take(seen.connectionId, at)) return;
  try {
    const noted = await ports.live.noteSeen({ ...seen, at });
    if (noted === 'not-accepted') ports.acceptedConnections.forget(seen.connectionId);
  } catch (error) {
    // The next frame must try again: until then nobody may call the station.
    hints.forget(seen.connectionId);
    throw error;
  }
}
