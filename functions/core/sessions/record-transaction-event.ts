import type { MeterSample } from '../metering/sample.ts';
import type { Digest } from '../ports.ts';
import type { ReservationStore } from '../reservations/reservation-store.ts';
import { useReservation } from '../reservations/use-reservation.ts';
import type { ConnectorRef } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import type { Authorization } from '../tokens/authorize-token.ts';
import type { TokenType } from '../tokens/token.ts';
import {
  type JudgedStart,
  judgeStart,
  noteTokenEnd,
  noteTokenStart,
  type UsePorts,
} from '../tokens/token-use.ts';
import { judgeStopToken } from './end-session.ts';
import type { ChargingState, Session, SessionEntry, StopReason } from './session.ts';
import { eventKey } from './session-entries.ts';
import { lackingFacts } from './session-facts.ts';
import type { KnownPlace, SessionHints } from './session-hints.ts';
import { referencedSessionId } from './session-id.ts';
import type { SessionFacts } from './session-store.ts';
import { sessionTokenOf } from './start-session.ts';
import { isSamePlace, supersede, supersedeLeftBehind } from './supersede.ts';
import { isAccepted, takeConnector } from './take-connector.ts';

export interface TransactionEventPorts extends UsePorts {
  readonly tenantId: string;
  readonly live: StationLiveStore;
  readonly reservations: ReservationStore;
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
  /** The event names the EVSE alone: `connector` is taken to be its first. */
  readonly connectorAssumed?: boolean;
  readonly samples: readonly MeterSample[];
  readonly chargingState?: ChargingState;
  readonly trigger?: string;
  readonly offline?: boolean;
  /** Only in events that ask for a verdict; it may come later than the start. */
  readonly token?: { readonly uid: string; readonly tokenType: TokenType };
  /** The token was shown to end the session. */
  readonly stops?: boolean;
  readonly stopReason?: StopReason;
  /** What its entry keeps beside the rest. */
  readonly kept?: Pick<SessionEntry, 'stoppedReason' | 'phasesUsed' | 'cableMaxCurrentA' | 'chargingTimeS'>;
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
  const stops = event.stops === true || event.phase === 'ENDED';
  const [known, { authorization, forget }] = await Promise.all([
    event.phase === 'ENDED' ? ports.sessions.findSession(sessionId) : undefined,
    stops ? judgeStop(ports, event) : judgeToken(ports, sessionId, event),
  ]);
  const entry = entryOf(event, ports.clock());
  const session = headOf(sessionId, event, stops ? undefined : authorization);
  if (event.phase === 'STARTED') await recordStart(ports, { session, entry, forget });
  else if (event.phase === 'ENDED') await recordEnd(ports, { session, event, entry, known, authorization });
  else await recordUpdate(ports, { session, event, entry, hints, forget });
  if (event.phase === 'STARTED') hints.add(sessionId, placeOf(event));
  if (event.phase === 'ENDED') hints.add(sessionId);
  const { stationId, reservationId: number } = event;
  if (number !== undefined && authorization?.status === 'ACCEPTED') {
    await useReservation(ports, { stationId, number, sessionId });
  }
  return { sessionId, ...(authorization ? { authorization } : {}) };
}

type Judged = Partial<Pick<JudgedStart, 'authorization'>> & Pick<JudgedStart, 'forget'>;

async function judgeToken(
  ports: TransactionEventPorts,
  sessionId: string,
  { token, stationId, connector, at: shownAt }: TransactionEvent,
): Promise<Judged> {
  if (!token) return { forget: [] };
  const place = { stationId, ...(connector ? { connector } : {}) };
  return judgeStart(
    ports,
    { ...token, stationId, shownAt, ...(connector ? { evseId: connector.evseId } : {}) },
    (session) => session.sessionId === sessionId || isSamePlace(session, place),
  );
}

async function judgeStop(ports: TransactionEventPorts, event: TransactionEvent): Promise<Judged> {
  const authorization = await judgeStopToken(ports, event);
  return { ...(authorization ? { authorization } : {}), forget: [] };
}

async function recordStart(
  ports: TransactionEventPorts,
  { session, entry, forget }: { session: Session; entry: SessionEntry; forget: readonly string[] },
): Promise<void> {
  const accepted = isAccepted(session);
  const other = accepted ? await occupantBeside(ports, session) : undefined;
  const isLate = other !== undefined && other.startedAt > session.startedAt;
  const occupies = accepted && session.connector !== undefined && !isLate;
  const outcome = await ports.sessions.recordStart(session, entry, { occupies });
  if (outcome !== 'known') await noteTokenStart(ports, session, forget);
  if (outcome === 'filled') await takeWhatIsKnown(ports, session.sessionId);
  if (!occupies) return;
  if (outcome === 'known') {
    const first = await ports.sessions.findSession(session.sessionId);
    if (first && isAccepted(first)) await supersedeLeftBehind(ports, first);
  } else if (other) {
    const { stationId, startedAt } = session;
    await supersede(ports, { stationId, sessionId: other.sessionId, endedAt: startedAt });
  }
}

/** Events that came before the start may have told the connector, or a token that was accepted. */
async function takeWhatIsKnown(ports: TransactionEventPorts, sessionId: string): Promise<void> {
  const filled = await ports.sessions.findSession(sessionId);
  if (filled) await takeConnector(ports, filled);
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
  update: {
    session: Session;
    event: TransactionEvent;
    entry: SessionEntry;
    hints: SessionHints;
    forget: readonly string[];
  },
): Promise<void> {
  const { session, event, entry, hints, forget } = update;
  const { sessionId, token, connector } = session;
  await ports.sessions.addEntries(sessionId, [entry]);
  const head = await addToHead(ports, session, hints);
  if (head && (token || connector)) await takeConnector(ports, head);
  hints.add(sessionId, placeOf(event));
  if (head?.state === 'ACTIVE' && head.token?.uid === token?.uid) await noteTokenStart(ports, head, forget);
}

/** The head with what the event tells; nothing is looked at where it certainly knows all of that already. */
async function addToHead(
  ports: TransactionEventPorts,
  session: Session,
  hints: SessionHints,
): Promise<Session | undefined> {
  const { sessionId, stationId, token, remoteStartId, reservationId } = session;
  const tellsPlaceAlone = !token && remoteStartId === undefined && reservationId === undefined;
  if (tellsPlaceAlone && hints.has(sessionId, placeOf(session))) return undefined;
  if (hints.has(sessionId)) return ports.sessions.addFacts(sessionId, stationId, lackingFacts({}, session));
  const partial = { ...session, partial: true };
  const made = await ports.sessions.ensurePartial(partial);
  if (made.outcome === 'created') return partial;
  const lacking = lackingFacts(made.head, session);
  if (Object.keys(lacking).length === 0) return made.head;
  return ports.sessions.addFacts(sessionId, stationId, lacking);
}

function placeOf({
  connector,
  connectorAssumed,
}: Pick<Session, 'connector' | 'connectorAssumed'>): KnownPlace {
  if (!connector) return 'NOWHERE';
  return connectorAssumed === true ? 'EVSE' : 'CONNECTOR';
}

async function recordEnd(
  ports: TransactionEventPorts,
  ended: {
    session: Session;
    event: TransactionEvent;
    entry: SessionEntry;
    known: Session | undefined;
    authorization: Authorization | undefined;
  },
): Promise<void> {
  const { session, event, entry, known, authorization } = ended;
  const { sessionId, stationId } = session;
  const connector = known?.connector ?? session.connector;
  const stopTokenUid =
    authorization && authorization.uid !== known?.token?.uid ? authorization.uid : undefined;
  const stopReason: StopReason = event.stopReason ?? 'LOCAL';
  const end = () =>
    ports.sessions.endSession(
      { sessionId, stationId, ...(connector ? { connector } : {}) },
      { endedAt: event.at, stopReason, ...(stopTokenUid === undefined ? {} : { stopTokenUid }) },
      [entry],
    );
  const outcome = await end();
  if (known) await noteTokenEnd(ports, known);
  const untold = known && lackingFacts(known, placeIn(session));
  if (untold?.connector) await ports.sessions.addFacts(sessionId, stationId, untold);
  if (outcome !== 'unknown') return;
  const { token: _, ...unauthorised } = session;
  const alone = await ports.sessions.recordLoneEnd(
    { ...unauthorised, state: 'ENDED', endedAt: event.at, stopReason, partial: true },
    [entry],
  );
  // Another event made the head in between: now there is a session to end.
  if (alone === 'known') await end();
}

function entryOf(event: TransactionEvent, receivedAt: number): SessionEntry {
  const { stationId, phase, seqNo, at, samples, chargingState, trigger, offline, kept } = event;
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
    ...kept,
  };
}

function headOf(
  sessionId: string,
  event: TransactionEvent,
  authorization: Authorization | undefined,
): Session {
  const { stationId, transactionRef, at, remoteStartId, reservationId } = event;
  const meterStartWh = event.phase === 'STARTED' ? beginRegister(event.samples) : undefined;
  return {
    sessionId,
    stationId,
    transactionRef,
    state: 'ACTIVE',
    startedAt: at,
    ...(meterStartWh === undefined ? {} : { meterStartWh }),
    ...placeIn(event),
    ...(authorization ? { token: sessionTokenOf(authorization) } : {}),
    ...(remoteStartId === undefined ? {} : { remoteStartId }),
    ...(reservationId === undefined ? {} : { reservationId }),
  };
}

function placeIn({
  connector,
  connectorAssumed,
}: Pick<Session, 'connector' | 'connectorAssumed'>): SessionFacts {
  return { ...(connector ? { connector } : {}), ...(connectorAssumed ? { connectorAssumed } : {}) };
}

/** The register at the start, when the start event has it. */
function beginRegister(samples: readonly MeterSample[]): number | undefined {
  return samples.find(({ context, energyWh }) => context === 'BEGIN' && energyWh !== undefined)?.energyWh;
}
