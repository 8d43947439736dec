import type { AlertStore } from '../alerts/alert-store.ts';
import { raiseAlert } from '../alerts/raise-alert.ts';
import type { Command } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import type { SetTimer } from '../timers.ts';
import { assembleSession } from './assemble-session.ts';
import { awaitSilence } from './end-idle-session.ts';
import { endUntold } from './end-untold.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface CheckPorts {
  readonly sessions: SessionStore;
  readonly commands: CommandStore;
  readonly live: StationLiveStore;
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly newId: NewId;
  readonly setTimer: SetTimer;
}

/** What is on its way when a session ends, or when a station is back, arrives within this. */
const settlingMs = 60_000;
/** A station with a long queue is asked again after this, for as long as the answer matters. */
const againAfterMs = 15 * 60_000;
const longestPursuitMs = 7 * 86_400_000;
/** How long a question may wait for a station that is away. */
const patienceMs = 86_400_000;
const mostOpen = 100;

/**
 * A session that has just ended is looked at again in a while when events of it are missing. Gives the session as it
 * was found.
 */
export async function followEnd(
  ports: CheckPorts,
  { sessionId }: { sessionId: string },
): Promise<Session | undefined> {
  const session = await endedSession(ports, sessionId);
  if (!session || !isNumberedByStation(session) || (await isWhole(ports, session))) return session;
  await ports.sessions.noteMissingEvents(session, 'AWAITED');
  await checkLater(ports, session);
  return session;
}

/** A look that may be behind is enough, for half the price, where it shows the end: that stays as it is. */
async function endedSession(ports: CheckPorts, sessionId: string): Promise<Session | undefined> {
  const [seen] = await ports.sessions.findSessions([sessionId]);
  return seen?.state === 'ENDED' ? seen : ports.sessions.findSession(sessionId);
}

/**
 * Sessions that a station should have ended: those from before it started anew, or those of an EVSE that it says is
 * free. They are looked at again in a while, for their ends may be on their way: a station that can be asked about them
 * is asked; of others it is awaited that nothing more comes.
 */
export async function followIdle(
  ports: CheckPorts,
  { stationId, before, evseId }: { stationId: string; before: number; evseId?: number },
): Promise<void> {
  const { items } = await ports.sessions.listOpenSessions({ stationId }, { limit: mostOpen });
  const suspects = items.filter(
    (session) =>
      session.startedAt <= before && (evseId === undefined || session.connector?.evseId === evseId),
  );
  for (const session of suspects) {
    if (isNumberedByStation(session)) await checkLater(ports, session);
    else await awaitSilence(ports, { ...session, idleSince: before });
  }
}

/** Asks the station about a session that is still open, or of which events are still missing. */
export async function checkSession(
  ports: CheckPorts,
  { stationId, sessionId }: { stationId: string; sessionId: string },
): Promise<void> {
  const session = await ports.sessions.findSession(sessionId);
  if (session?.stationId !== stationId || !isNumberedByStation(session)) return;
  if (session.missingEvents === 'LOST') return;
  if (session.state === 'ENDED' && (await isWhole(ports, session))) {
    await ports.sessions.noteMissingEvents(session, undefined);
    return;
  }
  await askAboutSession(ports, session);
}

/** Puts the question about a session into its station's queue. Throws `NotSupported` where the system numbers them. */
export async function askAboutSession(
  ports: Pick<CheckPorts, 'commands' | 'live' | 'clock' | 'newId'>,
  session: Session,
): Promise<Command> {
  const { stationId, sessionId, transactionRef } = session;
  if (!isNumberedByStation(session)) {
    throw new DomainError('NotSupported', 'stations of this protocol cannot be asked about it', 'sessionId');
  }
  return enqueueCommand(ports, {
    stationId,
    name: 'GET_TRANSACTION_STATUS',
    request: { kind: 'CHECK_SESSION', sessionId, transactionRef },
    timeoutMs: patienceMs,
    whenOffline: 'WAIT',
  });
}

/** What a station says of one of its transactions. */
export interface SessionCheck {
  readonly stationId: string;
  readonly sessionId: string;
  /** Absent when it does not say. */
  readonly ongoing?: boolean;
  /** Whether events of it wait at the station to be sent. */
  readonly messagesQueued: boolean;
}

/**
 * Keeps what a station says of a transaction. Only with nothing left to send does its word end an open session, at the
 * last moment that is known of it; and only then are missing events lost. Otherwise they are on their way.
 */
export async function recordSessionCheck(ports: CheckPorts, check: SessionCheck): Promise<void> {
  const { stationId, sessionId, ongoing, messagesQueued } = check;
  const session = await ports.sessions.findSession(sessionId);
  if (session?.stationId !== stationId) return;
  if (messagesQueued) {
    const isWorthIt = ports.clock() - session.startedAt < longestPursuitMs;
    if (isWorthIt) await checkLater(ports, session, againAfterMs);
    return;
  }
  if (session.state === 'ACTIVE') {
    if (ongoing !== false) return;
    const outcome = await endUntold(ports, session);
    if (outcome === 'ended') await ports.sessions.noteMissingEvents(session, 'LOST');
    return;
  }
  if (await isWhole(ports, session)) {
    await ports.sessions.noteMissingEvents(session, undefined);
    return;
  }
  await ports.sessions.noteMissingEvents(session, 'LOST');
  await tell(
    ports,
    session,
    'EVENTS_LOST',
    'Events of the session are missing, and the station has none left.',
  );
}

async function tell(ports: CheckPorts, session: Session, kind: string, message: string): Promise<void> {
  const { stationId, sessionId } = session;
  const reason = { category: 'SESSION_ERROR', severity: 'MEDIUM', kind, message } as const;
  await raiseAlert(ports, { ...reason, subject: sessionId, stationId, sessionId });
}

async function checkLater(
  ports: CheckPorts,
  { stationId, sessionId }: Session,
  inMs = settlingMs,
): Promise<void> {
  await ports.setTimer({ kind: 'CHECK_SESSION', stationId, sessionId }, ports.clock() + inMs);
}

async function isWhole(ports: CheckPorts, session: Session): Promise<boolean> {
  return assembleSession(session, await ports.sessions.listEntries(session.sessionId)).complete;
}

/** Where the system gives the numbers stations count no events, and there is no question to ask. */
function isNumberedByStation({ startKey }: Session): boolean {
  return startKey === undefined;
}
