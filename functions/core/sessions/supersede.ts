import { wasKept } from '../stations/station-clock.ts';
import type { Session, StopReason } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** More sessions than this are never left open at one station. */
const mostLeftOpen = 100;

/**
 * Ends a session that an accepted start on the same connector implies is over by then. What it drew, and until when, is
 * known from what its station told of it alone. Nothing happens when it has ended already.
 */
export async function supersede(
  ports: { sessions: SessionStore },
  older: { stationId: string; sessionId: string; endedAt: number },
): Promise<void> {
  const { stationId, sessionId, endedAt } = older;
  const stopReason: StopReason = 'SUPERSEDED';
  await ports.sessions.endSession({ sessionId, stationId }, { endedAt, stopReason }, []);
}

/**
 * Ends what an accepted start should have superseded when it was first recorded: a start is repeated because its
 * answer was lost, perhaps with the process that was to do this. By then another session may have the connector,
 * so the stations' times decide.
 */
export async function supersedeLeftBehind(
  ports: { sessions: SessionStore },
  started: Session,
): Promise<void> {
  const { stationId, startedAt } = started;
  const open = await ports.sessions.listOpenSessions({ stationId }, { limit: mostLeftOpen });
  const leftBehind = open.items.filter((one) => isSamePlace(one, started) && one.startedAt < startedAt);
  for (const { sessionId } of leftBehind) {
    await supersede(ports, { stationId, sessionId, endedAt: startedAt });
  }
}

type Place = Pick<Session, 'stationId' | 'connector'>;

/** Whether both are known to be at the same connector of the same station. */
export function isSamePlace(session: Place, other: Place): boolean {
  const [one, two] = [session.connector, other.connector];
  if (one === undefined || session.stationId !== other.stationId) return false;
  return one.evseId === two?.evseId && one.connectorId === two.connectorId;
}

/**
 * Whether a start that is told at `receivedAt` began before the session that has its connector, and was kept by its
 * station until then: it says nothing about that session.
 */
export function isBehind(
  { startedAt }: Pick<Session, 'startedAt'>,
  occupant: Pick<Session, 'startedAt'>,
  receivedAt: number,
): boolean {
  return wasKept(startedAt, receivedAt) && startedAt < Math.min(occupant.startedAt, receivedAt);
}
