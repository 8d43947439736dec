import type { CdrKind, CdrReview } from '../cdrs/cdr.ts';
import type { MeterSample } from '../metering/sample.ts';
import type { ConnectorRef } from '../stations/station.ts';
import type { Price } from '../tariffs/tariff.ts';
import type { TariffPin } from '../tariffs/tariff-assignment.ts';
import type { AuthorizationStatus } from '../tokens/authorize-token.ts';
import type { TokenType } from '../tokens/token.ts';

/** Whose session it is, and what the system said when asked. Never `ACCEPTED` without a token we know. */
export interface SessionToken {
  readonly uid: string;
  readonly tokenType: TokenType;
  readonly status: AuthorizationStatus;
  readonly groupId?: string;
  readonly userId?: string;
  /** The roaming partner who pays. */
  readonly partnerId?: string;
  /** What refused it may have come about only after the start, which its station kept: a person decides who pays. */
  readonly refusedSince?: true;
}

/** `ACTIVE` until the station says it ended; ended sessions never open again. */
export type SessionState = 'ACTIVE' | 'ENDED';

export type MissingEvents = 'AWAITED' | 'LOST';

export type StopReason =
  | 'LOCAL'
  | 'REMOTE'
  | 'DEAUTHORIZED'
  | 'EMERGENCY_STOP'
  | 'ENERGY_LIMIT'
  | 'TIME_LIMIT'
  | 'EV_DISCONNECTED'
  | 'POWER_LOSS'
  | 'REBOOT'
  | 'UNLOCK'
  | 'SUPERSEDED'
  | 'OTHER';

/** The head of a charging session. What happened during it is its entries. Times in epoch milliseconds. */
export interface Session {
  readonly sessionId: string;
  readonly stationId: string;
  /** The id the station knows it by, as text. */
  readonly transactionRef: string;
  /** Where the number was ours to give: what a repeat of the same start looks like. */
  readonly startKey?: string;
  /** Unknown while only later events have arrived. */
  readonly connector?: ConnectorRef;
  /** The station has named only the EVSE so far: the connector is taken to be its first. */
  readonly connectorAssumed?: boolean;
  readonly token?: SessionToken;
  readonly state: SessionState;
  /** The station's own time of the start; the first event's while the start has not arrived. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** By the system's own clock, of starts and ends that are no entries. */
  readonly startReceivedAt?: number;
  readonly endReceivedAt?: number;
  readonly meterStartWh?: number;
  readonly meterStopWh?: number;
  readonly stopReason?: StopReason;
  /** The token shown at the end, when it differs from the one at the start. */
  readonly stopTokenUid?: string;
  /** The start event has not arrived (yet). */
  readonly partial?: boolean;
  readonly remoteStartId?: number;
  readonly reservationId?: number;
  /** Of events that never arrived: the station may still send them, or it has none left to send. */
  readonly missingEvents?: MissingEvents;
  /** The station never told the end: it was found out by asking, by its silence, or by an operator. */
  readonly endedByCheck?: boolean;
  /** What prices it, from soon after its start on: later changes of tariffs do not touch it. */
  readonly tariffPin?: TariffPin;
  /** Its latest CDR: the first, a credit of it, or the one that took its place. */
  readonly cdrId?: string;
  /** What that is; absent: the first. */
  readonly cdrKind?: CdrKind;
  /** What somebody still has to decide about that CDR. */
  readonly cdrReview?: CdrReview;
  /** How many entries that CDR was made from, or decided upon. */
  readonly billedEntries?: number;
  /** What its CDR says, for lists: written with the CDR, together with `cdrId`. */
  readonly billed?: BilledSummary;
}

/** The sums of a session's CDR. */
export interface BilledSummary {
  readonly energyWh: number;
  /** The greatest power that it was charged with, where it is known. */
  readonly maxPowerW?: number;
  readonly currency: string;
  readonly totalCost: Price;
}

export type ChargingState = 'CHARGING' | 'EV_CONNECTED' | 'SUSPENDED_EV' | 'SUSPENDED_EVSE' | 'IDLE';

/**
 * One thing a station said during a session. Entries are facts: added once, never changed, in any order.
 * `key` names the fact, so a repeat lands on itself.
 */
export interface SessionEntry {
  readonly key: string;
  readonly stationId: string;
  /** The station's time of the fact. */
  readonly at: number;
  readonly receivedAt: number;
  readonly phase?: 'STARTED' | 'UPDATED' | 'ENDED';
  /** Place in the station's own count of events, from zero, where it counts. */
  readonly seqNo?: number;
  readonly chargingState?: ChargingState;
  readonly trigger?: string;
  readonly offline?: boolean;
  /** Why it ended, in the station's own word: `StopReason` is a part of what stations tell apart. */
  readonly stoppedReason?: string;
  readonly phasesUsed?: number;
  /** What the cable bears. */
  readonly cableMaxCurrentA?: number;
  /** How long energy has flowed, by the station's count. */
  readonly chargingTimeS?: number;
  readonly samples: readonly MeterSample[];
}
