import type { Clock } from '../ports.ts';
import type { ConnectorStatus } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import type { SetTimer } from '../timers.ts';
import { endUntold, type UntoldEndPorts } from './end-untold.ts';
import type { Session, SessionEntry } from './session.ts';

export interface IdlePorts extends UntoldEndPorts {
  readonly live: StationLiveStore;
  readonly clock: Clock;
  readonly setTimer: SetTimer;
}

/** A session that the system numbered, and the moment since which its station gives it no place. */
export interface IdleSession {
  readonly stationId: string;
  readonly sessionId: string;
  readonly idleSince: number;
}

/** Longer than stations try to send what they kept, and than most wait between two readings. */
const silenceMs = 15 * 60_000;

/** No session runs at connectors that say so. */
const idle: ReadonlySet<ConnectorStatus> = new Set(['AVAILABLE', 'RESERVED', 'UNAVAILABLE', 'FAULTED']);

/** Has a session looked at once its station was silent about it for a while: its end may be on its way. */
export async function awaitSilence(
  { setTimer, clock }: Pick<IdlePorts, 'setTimer' | 'clock'>,
  { stationId, sessionId, idleSince }: IdleSession,
): Promise<void> {
  await setTimer({ kind: 'END_IDLE_SESSION', stationId, sessionId, idleSince }, clock() + silenceMs);
}

/**
 * Ends a session whose stop never came (OCPP 1.6, which has no message to ask about it). Nothing happens when its
 * station told of something later than `idleSince`; while it still tells of what was before, it is waited for.
 */
export async function endIdleSession(ports: IdlePorts, suspect: IdleSession): Promise<void> {
  const { stationId, sessionId, idleSince } = suspect;
  const session = await ports.sessions.findSession(sessionId);
  if (session?.stationId !== stationId || session.state !== 'ACTIVE' || session.startKey === undefined)
    return;
  const entries = await ports.sessions.listEntries(sessionId);
  if (entries.some(({ at }) => at > idleSince) || (await isOccupied(ports, session, idleSince))) return;
  if (ports.clock() - lastReceived(entries) < silenceMs) return awaitSilence(ports, suspect);
  await endUntold(ports, session);
}

function lastReceived(entries: readonly SessionEntry[]): number {
  return Math.max(0, ...entries.map(({ receivedAt }) => receivedAt));
}

/** Whether the connector has said since then that a vehicle is there. */
async function isOccupied(
  { live }: IdlePorts,
  { stationId, connector }: Session,
  since: number,
): Promise<boolean> {
  const place = connector && (await live.findConnector(stationId, connector));
  return place !== undefined && place.statusAt > since && !idle.has(place.status);
}
