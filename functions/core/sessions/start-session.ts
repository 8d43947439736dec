import type { Clock, Digest } from '../ports.ts';
import type { ReservationStore } from '../reservations/reservation-store.ts';
import { useReservation } from '../reservations/use-reservation.ts';
import type { ConnectorRef } from '../stations/station.ts';
import { saneTime } from '../stations/station-clock.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import type { Authorization } from '../tokens/authorize-token.ts';
import { foldTokenUid, type TokenType } from '../tokens/token.ts';
import { judgeStart, noteTokenStart, type UsePorts } from '../tokens/token-use.ts';
import type { Session, SessionToken } from './session.ts';
import { numberedSessionId, transactionNumberOf } from './session-id.ts';
import { isBehind, isSamePlace, supersede, supersedeLeftBehind } from './supersede.ts';

/** Starts of one tenant may meet on a number; more than a few in a row means the store is broken. */
const mostAttempts = 8;

export interface StartPorts extends UsePorts {
  readonly tenantId: string;
  readonly live: StationLiveStore;
  readonly reservations: ReservationStore;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** A start that asks us for the transaction's number. Times in epoch milliseconds. */
export interface SessionStart {
  readonly stationId: string;
  readonly connector: ConnectorRef;
  readonly token: { readonly uid: string; readonly tokenType: TokenType };
  readonly startedAt: number;
  readonly meterStartWh: number;
  readonly reservationId?: number;
}

export interface StartedSession {
  readonly sessionId: string;
  /** Positive, below 2³¹, unique in the tenant. */
  readonly transactionNumber: number;
  readonly authorization: Authorization;
  /** The same start had been recorded before. */
  readonly repeated: boolean;
}

/**
 * Records the start of a session and gives it a number.
 *
 * 1. The token is judged as of the start; a refused one still gets a session of its own, so that no energy is lost, but one
 *    no driver pays for. 2. The number follows from the start itself: a repeat, whatever its message id, finds
 * the first session and its first verdict. 3. Only an accepted start occupies the connector, and only then is
 * an older open session there ended as superseded, and the reservation that the start names used. 4. A start that its
 * station kept while another session began there leaves the connector to that one, and waits for its own end.
 */
export async function startSession(ports: StartPorts, start: SessionStart): Promise<StartedSession> {
  const startKey = startKeyOf(ports, start);
  const { stationId, connector } = start;
  const receivedAt = ports.clock();
  const [{ authorization, forget }, before] = await Promise.all([
    judgeStart(
      ports,
      { ...start.token, stationId, evseId: connector.evseId, shownAt: start.startedAt },
      (session) => session.startKey === startKey || isSamePlace(session, { stationId, connector }),
    ),
    ports.live.findConnector(stationId, connector),
  ]);
  const occupant =
    before?.sessionId === undefined ? undefined : await ports.sessions.findSession(before.sessionId);
  const accepted = authorization.status === 'ACCEPTED';
  const occupies = accepted && !(occupant && isBehind(start, occupant, receivedAt));
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const transactionNumber = transactionNumberOf(ports.digest, startKey, attempt);
    const session = newSession(ports, start, { startKey, transactionNumber, authorization });
    const result = await ports.sessions.openSession(session, { occupies });
    if (result.outcome === 'opened') {
      await noteTokenStart(ports, session, forget);
      if (occupies && occupant) {
        const endedAt = saneTime(start.startedAt, receivedAt);
        await supersede(ports, { stationId, sessionId: occupant.sessionId, endedAt });
      }
      if (accepted) await useNamed(ports, start, session.sessionId);
      return { sessionId: session.sessionId, transactionNumber, authorization, repeated: false };
    }
    if (result.by.startKey === startKey) {
      await finishFirst(ports, start, result.by);
      return {
        sessionId: session.sessionId,
        transactionNumber,
        authorization: firstVerdict(result.by, authorization),
        repeated: true,
      };
    }
  }
  throw new Error(`no free transaction number after ${mostAttempts} attempts`);
}

/** What the first telling of a start may have died before doing. */
async function finishFirst(ports: StartPorts, start: SessionStart, first: Session): Promise<void> {
  if (first.token?.status !== 'ACCEPTED') return;
  if (first.state === 'ACTIVE') await noteTokenStart(ports, first);
  await supersedeLeftBehind(ports, first);
  await useNamed(ports, start, first.sessionId);
}

/** A refused start leaves its reservation to whom it was made for. */
async function useNamed(ports: StartPorts, start: SessionStart, sessionId: string): Promise<void> {
  const { stationId, reservationId: number } = start;
  if (number !== undefined) await useReservation(ports, { stationId, number, sessionId });
}

/** Enough for no two starts to meet, and a head that stays small. */
const startKeyDigits = 32;

/** What makes two start messages the same start: everything in them but the message id. */
function startKeyOf({ tenantId, digest }: StartPorts, start: SessionStart): string {
  const { stationId, connector, token, startedAt, meterStartWh } = start;
  const said = [
    tenantId,
    stationId,
    connector.evseId,
    connector.connectorId,
    foldTokenUid(token.uid),
    startedAt,
    meterStartWh,
  ];
  return digest(`start/${JSON.stringify(said)}`).slice(0, startKeyDigits);
}

function newSession(
  ports: StartPorts,
  start: SessionStart,
  made: { startKey: string; transactionNumber: number; authorization: Authorization },
): Session {
  return {
    sessionId: numberedSessionId(ports.digest, ports.tenantId, made.transactionNumber),
    stationId: start.stationId,
    transactionRef: String(made.transactionNumber),
    startKey: made.startKey,
    connector: start.connector,
    token: sessionTokenOf(made.authorization),
    state: 'ACTIVE',
    startedAt: start.startedAt,
    startReceivedAt: ports.clock(),
    meterStartWh: start.meterStartWh,
    ...(start.reservationId === undefined ? {} : { reservationId: start.reservationId }),
  };
}

/** The part of a verdict that a session keeps. */
export function sessionTokenOf(authorization: Authorization): SessionToken {
  const { uid, tokenType, status, groupId, userId, partnerId, refusedSince } = authorization;
  return {
    uid,
    tokenType,
    status,
    ...(groupId === undefined ? {} : { groupId }),
    ...(userId === undefined ? {} : { userId }),
    ...(partnerId === undefined ? {} : { partnerId }),
    ...(refusedSince === undefined ? {} : { refusedSince }),
  };
}

function firstVerdict(session: Session, now: Authorization): Authorization {
  return session.token ? { ...now, status: session.token.status } : now;
}
