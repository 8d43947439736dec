import type { MeterSample } from '../metering/sample.ts';
import type { Page, PageRequest } from '../ports.ts';
import type { ConnectorRef } from '../stations/station.ts';
import type { TariffPin } from '../tariffs/tariff-assignment.ts';
import type { MissingEvents, Session, SessionEntry, SessionToken, StopReason } from './session.ts';

/** Which sessions to list: all of the tenant, of a station, of a user, or of any of a few (20 at most), newest first. */
export interface SessionQuery {
  readonly stationId?: string;
  readonly stationIds?: readonly string[];
  readonly userId?: string;
  readonly userIds?: readonly string[];
  /** Start times: at or after, before. */
  readonly startedFrom?: number;
  readonly startedBefore?: number;
}

/** Whose open sessions to list. */
export type OpenSessionQuery = Pick<SessionQuery, 'stationId' | 'stationIds'>;

/** How a session ended. */
export interface SessionEnd {
  readonly endedAt: number;
  /** By the system's own clock, where no entry says so. */
  readonly endReceivedAt?: number;
  readonly meterStopWh?: number;
  readonly stopReason: StopReason;
  readonly stopTokenUid?: string;
  /** The station never told it. */
  readonly endedByCheck?: boolean;
}

/** Facts a later event adds to the head when the head lacks them, as `lackingFacts` has it. */
export interface SessionFacts {
  readonly connector?: ConnectorRef;
  /** Of `connector`: see the session's. */
  readonly connectorAssumed?: boolean;
  readonly token?: SessionToken;
  readonly remoteStartId?: number;
  readonly reservationId?: number;
}

/** Sessions and their entries. Bound to one tenant. Every write is safe to repeat. */
export interface SessionStore {
  findSession(sessionId: string): Promise<Session | undefined>;
  findSessions(sessionIds: readonly string[]): Promise<readonly Session[]>;
  /** In the order of their keys' times. All of them: a session is bounded. */
  listEntries(sessionId: string): Promise<readonly SessionEntry[]>;
  /** The latest of them, as many, in the same order, for people to look at: the very last may be missing for a moment. */
  listLatestEntries(sessionId: string, most: number): Promise<readonly SessionEntry[]>;
  /** The latest entry with samples, for live figures. */
  findLatestEntry(sessionId: string): Promise<SessionEntry | undefined>;
  listSessions(query: SessionQuery, page: PageRequest): Promise<Page<Session>>;
  /** Open sessions of the tenant, oldest first within a shard; of one station or a few (50 at most) oldest first. */
  listOpenSessions(query: OpenSessionQuery, page: PageRequest): Promise<Page<Session>>;
  /** The open sessions of many stations, at most a hundred of each, by station, each station's oldest first. */
  listOpenSessionsOf(stationIds: readonly string[]): Promise<ReadonlyMap<string, readonly Session[]>>;
  countOpenSessions(): Promise<number>;

  /**
   * Opens a session under an id that must be free, and, when `occupies` is set, makes it the session of its
   * connector. Given an id that is taken it changes nothing and says by whom.
   */
  openSession(
    session: Session,
    options: { occupies: boolean },
  ): Promise<{ outcome: 'opened' } | { outcome: 'taken'; by: Session }>;
  /**
   * Records the start event of a session the station numbered: the entry, and the head unless it is there;
   * a partial head is filled. An ended session stays ended.
   */
  recordStart(
    session: Session,
    entry: SessionEntry,
    options: { occupies: boolean },
  ): Promise<'opened' | 'filled' | 'known'>;
  /** Adds entries. Nothing else is read or written. */
  addEntries(sessionId: string, entries: readonly SessionEntry[]): Promise<void>;
  /** Makes a head for a session whose start has not arrived, unless there is one. */
  ensurePartial(session: Session): Promise<{ outcome: 'created' } | { outcome: 'known'; head: Session }>;
  /** Gives the head as it is with these facts; `undefined` when the station has no such session. */
  addFacts(sessionId: string, stationId: string, facts: SessionFacts): Promise<Session | undefined>;
  /**
   * Makes an open session the one of its connector, whoever's that was, and has it leave others that it has. Nothing
   * when the session is over, or has left one of them meanwhile.
   */
  moveToConnector(
    session: { sessionId: string; stationId: string; connector: ConnectorRef },
    leaves: readonly ConnectorRef[],
  ): Promise<'moved' | 'stays'>;
  /**
   * Ends the station's session once: head, entries and the connector's freedom in one write. `unknown` when
   * there is no such session of this station; `already-ended` adds the entries and leaves the end as it was.
   */
  endSession(
    session: { sessionId: string; stationId: string; connector?: ConnectorRef },
    end: SessionEnd,
    entries: readonly SessionEntry[],
  ): Promise<'ended' | 'already-ended' | 'unknown'>;
  /** Keeps whether events are missing; `undefined` when none are. Nothing for a session of another station. */
  noteMissingEvents(
    session: { sessionId: string; stationId: string },
    missing: MissingEvents | undefined,
  ): Promise<void>;
  /**
   * Pins what prices a session, if nothing is pinned and it was not billed; `kept` otherwise, and when the session is
   * not what the pin was chosen for: another start has become known meanwhile.
   */
  pinTariff(
    session: { sessionId: string; stationId: string; startedAt: number },
    pin: TariffPin,
  ): Promise<'pinned' | 'kept'>;
  /**
   * Takes the right to tell a station what the session costs, which comes back after a while. `too-soon` for everybody
   * else until then.
   */
  claimCostUpdate(sessionId: string, at: number, everyMs: number): Promise<'claimed' | 'too-soon'>;
  /** Creates an ended head for a session of which only the end arrived. */
  recordLoneEnd(session: Session, entries: readonly SessionEntry[]): Promise<'recorded' | 'known'>;
  /** A stop or readings for a session nobody knows: kept for an operator to see. */
  recordOrphan(orphan: SessionOrphan): Promise<void>;
  listOrphans(stationId: string, page: PageRequest): Promise<Page<SessionOrphan>>;
  /** Keeps readings that a connector took outside any session, for a month. */
  addConnectorReadings(
    stationId: string,
    connector: ConnectorRef,
    samples: readonly MeterSample[],
    receivedAt: number,
  ): Promise<void>;
  /** By connector, newest first. */
  listConnectorReadings(stationId: string, page: PageRequest): Promise<Page<ConnectorReadings>>;
}

/** Readings that a connector took outside any session, as they came. */
export interface ConnectorReadings extends ConnectorRef {
  readonly stationId: string;
  readonly receivedAt: number;
  readonly samples: readonly MeterSample[];
}

/** What a station said of a transaction we do not know. */
export interface SessionOrphan {
  readonly stationId: string;
  readonly transactionRef: string;
  readonly at: number;
  readonly receivedAt: number;
  readonly meterStopWh?: number;
  readonly entries: readonly SessionEntry[];
}
