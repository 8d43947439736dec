import type { MeterSample } from '../metering/sample.ts';
import type { Clock, Digest } from '../ports.ts';
import type { ReservationStore } from '../reservations/reservation-store.ts';
import { useReservation } from '../reservations/use-reservation.ts';
import type { ConnectorRef } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import { type Authorization, authorizeToken } from '../tokens/authorize-token.ts';
import type { TokenType } from '../tokens/token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import type { ChargingState, Session, SessionEntry, StopReason } from './session.ts';
import { eventKey } from './session-entries.ts';
import type { SessionHints } from './session-hints.ts';
import { referencedSessionId } from './session-id.ts';
import type { SessionFacts, SessionStore } from './session-store.ts';
import { sessionTokenOf } from './start-session.ts';
import { supersede, supersedeLeftBehind } from './supersede.ts';

export interface TransactionEventPorts {
  readonly tenantId: string;
  readonly sessions: SessionStore;
  readonly live: StationLiveStore;
  readonly tokens: TokenStore;
  readonly reservations: ReservationStore;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** One event of a transaction that the station numbered and counts the events of. Times in epoch milliseconds. */
export interface TransactionEvent {
  readonly stationId: string;
  readonly phase: 'STARTED' | 'UPDATED' | 'ENDED';
  readonly transactionRef: string;
  readonly seqNo: number;
  readonly at: number;
  readonly connector?: ConnectorRef;
  readonly samples: readonly MeterSample[];
  readonly chargingState?: ChargingState;
  readonly trigger?: string;
  readonly offline?: boolean;
  /** Only in events that ask for a verdict; it may come later than the start. */
  readonly token?: { readonly uid: string; readonly tokenType: TokenType };
  readonly stopReason?: StopReason;
  readonly remoteStartId?: number;
  readonly reservationId?: number;
}

export interface RecordedEvent {
  readonly sessionId: string;
  /** The verdict on the event's token, when it has one. */
  readonly authorization?: Authorization;
}

/**
 * Records one event of a session, whatever came before it: a repeat lands on itself, an update without a
 * start opens the session as partial, a late start fills it, and nothing opens an ended one again.
 */
export async function recordTransactionEvent(
  ports: TransactionEventPorts,
  event: TransactionEvent,
  hints: SessionHints,
): Promise<RecordedEvent> {
  const sessionId = referencedSessionId(ports.digest, ports.tenantId, event.stationId, event.transactionRef);
  const authorization = event.token ? await authorizeToken(ports, event.token) : undefined;
  const entry = entryOf(event, ports.clock());
  const session = headOf(sessionId, event, authorization);
  if (event.phase === 'STARTED') await recordStart(ports, session, entry);
  else if (event.phase === 'ENDED') await recordEnd(ports, session, event, entry);
  else await recordUpdate(ports, { session, event, entry, hints });
  if (event.phase !== 'UPDATED') hints.add(sessionId);
  const { stationId, reservationId: number } = event;
  if (number !== undefined && authorization?.status === 'ACCEPTED') {
    await useReservation(ports, { stationId, number, sessionId });
  }
  return { sessionId, ...(authorization ? { authorization } : {}) };
}

async function recordStart(
  ports: TransactionEventPorts,
  session: Session,
  entry: SessionEntry,
): Promise<void> {
  const accepted = isAccepted(session);
  const other = accepted ? await occupantBeside(ports, session) : undefined;
  const isLate = other !== undefined && other.startedAt > session.startedAt;
  const occupies = accepted && session.connector !== undefined && !isLate;
  const outcome = await ports.sessions.recordStart(session, entry, { occupies });
  if (!occupies) return;
  if (outcome === 'known') {
    const first = await ports.sessions.findSession(session.sessionId);
    if (first && isAccepted(first)) await supersedeLeftBehind(ports, first);
  } else if (other) {
    const { stationId, startedAt } = session;
    await supersede(ports, { stationId, sessionId: other.sessionId, endedAt: startedAt });
  }
}

/** Nobody refused it: a session without a token is one that its station lets run. */
function isAccepted({ token }: Session): boolean {
  return token === undefined || token.status === 'ACCEPTED';
}

/** The other session that has the connector. A start that comes late finds one there that started after it. */
async function occupantBeside(
  ports: TransactionEventPorts,
  { sessionId, stationId, connector }: Session,
): Promise<Session | undefined> {
  const place = connector ? await ports.live.findConnector(stationId, connector) : undefined;
  if (place?.sessionId === undefined || place.sessionId === sessionId) return undefined;
  return ports.sessions.findSession(place.sessionId);
}

async function recordUpdate(
  ports: TransactionEventPorts,
  update: { session: Session; event: TransactionEvent; entry: SessionEntry; hints: SessionHints },
): Promise<void> {
  const { session, event, entry, hints } = update;
  await ports.sessions.addEntries(session.sessionId, [entry]);
  if (!hints.has(session.sessionId)) {
    await ports.sessions.ensurePartial({ ...session, partial: true });
    hints.add(session.sessionId);
  }
  const facts = factsOf(session, event);
  if (facts) await ports.sessions.addFacts(session.sessionId, session.stationId, facts);
}

/** An update tells the head something only when it carries what heads keep and starts may lack. */
function factsOf(session: Session, event: TransactionEvent): SessionFacts | undefined {
  if (!event.token && event.remoteStartId === undefined && event.reservationId === undefined)
    return undefined;
  const { connector, token, remoteStartId, reservationId } = session;
  return {
    ...(connector ? { connector } : {}),
    ...(token ? { token } : {}),
    ...(remoteStartId === undefined ? {} : { remoteStartId }),
    ...(reservationId === undefined ? {} : { reservationId }),
  };
}

async function recordEnd(
  ports: TransactionEventPorts,
  session: Session,
  event: TransactionEvent,
  entry: SessionEntry,
): Promise<void> {
  const { sessionId, stationId, connector } = session;
  const stopReason: StopReason = event.stopReason ?? 'LOCAL';
  const end = () =>
    ports.sessions.endSession(
      { sessionId, stationId, ...(connector ? { connector } : {}) },
      { endedAt: event.at, stopReason },
      [entry],
    );
  if ((await end()) !== 'unknown') return;
  const { token: _, ...unauthorised } = session;
  const alone = await ports.sessions.recordLoneEnd(
    { ...unauthorised, state: 'ENDED', endedAt: event.at, stopReason, partial: true },
    [entry],
  );
  // Another event made the head in between: now there is a session to end.
  if (alone === 'known') await end();
}

function entryOf(event: TransactionEvent, receivedAt: number): SessionEntry {
  const { stationId, phase, seqNo, at, samples, chargingState, trigger, offline } = event;
  return {
    key: eventKey(seqNo),
    stationId,
    at,
    receivedAt,
    phase,
    seqNo,
    samples,
    ...(chargingState === undefined ? {} : { chargingState }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(offline === undefined ? {} : { offline }),
  };
}

function headOf(
  sessionId: string,
  event: TransactionEvent,
  authorization: Authorization | undefined,
): Session {
  const { stationId, transactionRef, at, connector, remoteStartId, reservationId } = event;
  const meterStartWh = event.phase === 'STARTED' ? beginRegister(event.samples) : undefined;
  return {
    sessionId,
    stationId,
    transactionRef,
    state: 'ACTIVE',
    startedAt: at,
    ...(meterStartWh === undefined ? {} : { meterStartWh }),
    ...(connector ? { connector } : {}),
    ...(authorization ? { token: sessionTokenOf(authorization) } : {}),
    ...(remoteStartId === undefined ? {} : { remoteStartId }),
    ...(reservationId === undefined ? {} : { reservationId }),
  };
}

/** The register at the start, when the start event has it. */
function beginRegister(samples: readonly MeterSample[]): number | undefined {
  return samples.find(({ context, energyWh }) => context === 'BEGIN' && energyWh !== undefined)?.energyWh;
}
