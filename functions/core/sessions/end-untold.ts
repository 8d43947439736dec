import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import { DomainError } from '../errors.ts';
import { saneTime } from '../stations/station-clock.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface UntoldEndPorts extends AlertPorts {
  readonly sessions: SessionStore;
}

/** Whether a session is still to be ended by the word of its station, and the system has closed it meanwhile. */
export function isClosedByUs({ state, stopReason, endedByCheck, startKey }: Session): boolean {
  if (state !== 'ENDED') return false;
  return stopReason === 'SUPERSEDED' || (endedByCheck === true && startKey !== undefined);
}

/**
 * Ends a session that its station never told the end of, at the last moment that is known of it, for a person to look at.
 * Where the system numbered it, the station's own end counts when it comes before the bill is made.
 */
export async function endUntold(
  ports: UntoldEndPorts,
  session: Session,
): Promise<'ended' | 'already-ended' | 'unknown'> {
  const { sessionId, stationId, connector, startedAt } = session;
  const entries = await ports.sessions.listEntries(sessionId);
  const endedAt = Math.max(startedAt, ...entries.map(({ at, receivedAt }) => saneTime(at, receivedAt)));
  const outcome = await ports.sessions.endSession(
    { sessionId, stationId, ...(connector ? { connector } : {}) },
    { endedAt, stopReason: 'OTHER', endedByCheck: true },
    [],
  );
  // Stations that start nothing for a refused token may think its end not worth telling.
  const isNothing =
    session.token !== undefined && session.token.status !== 'ACCEPTED' && entries.length === 0;
  if (outcome !== 'ended' || isNothing) return outcome;
  await raiseAlert(ports, {
    category: 'SESSION_ERROR',
    severity: 'MEDIUM',
    kind: 'END_NOT_TOLD',
    message: 'The session is over, but its station never told the end.',
    subject: sessionId,
    stationId,
    sessionId,
  });
  return outcome;
}

/**
 * Ends a session here because an operator knows that it is over; its station is asked nothing. One that has ended stays
 * as it is. Throws `NotFound` for an unknown session.
 */
export async function endByHand(
  ports: UntoldEndPorts,
  { sessionId }: { sessionId: string },
): Promise<Session> {
  const session = await ports.sessions.findSession(sessionId);
  if (!session) throw new DomainError('NotFound', `session ${sessionId} is not known`, 'sessionId');
  if (session.state === 'ENDED') return session;
  await endUntold(ports, session);
  return (await ports.sessions.findSession(sessionId)) ?? session;
}
