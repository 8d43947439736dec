import type { AlertCategory, AlertSeverity } from './alerts/alert.ts';
import type { CdrKind } from './cdrs/cdr.ts';
import type { CommandState } from './commands/command.ts';
import type { JobState } from './jobs/job.ts';
import type { JobKind } from './jobs/job-request.ts';
import type { PartnerStatus } from './partners/partner.ts';
import type { ReservationRefusal, ReservationState, ReservedPlace } from './reservations/reservation.ts';
import type { StopReason } from './sessions/session.ts';
import type { ConnectorRef, ConnectorStatus, RegistrationStatus, StationStatus } from './stations/station.ts';

/** In every event: which fact, whose, of which station, and when by the clock of whoever it happened to. */
interface Fact {
  /** The same whenever the same change is told again: consumers drop what they have seen. */
  readonly eventId: string;
  readonly tenantId: string;
  readonly stationId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A station connected, or its connection ended. */
export interface StationConnectionChanged extends Fact {
  readonly type: 'StationConnectionChanged';
  readonly online: boolean;
  readonly protocol?: string;
}

/** A station reported another status of one of its connectors, or of itself (EVSE 0). */
export interface StationStatusChanged extends Fact {
  readonly type: 'StationStatusChanged';
  /** Of the whole station. */
  readonly status: StationStatus;
  readonly connector: ConnectorRef & { readonly status: ConnectorStatus; readonly errorCode?: string };
}

/** A station may be called from `at` on. */
export interface StationReady extends Fact {
  readonly type: 'StationReady';
}

/** A session was opened, or the start of one that was opened without it arrived. */
export interface SessionStarted extends Fact {
  readonly type: 'SessionStarted';
  readonly sessionId: string;
  readonly connector?: ConnectorRef;
  /** Whether a token of the tenant stands behind it. */
  readonly authorised: boolean;
  /** The roaming partner whose driver it is. */
  readonly partnerId?: string;
}

/** Where a session runs, or whose it is, became known only after its start, or is known better. */
export interface SessionIdentified extends Fact {
  readonly type: 'SessionIdentified';
  readonly sessionId: string;
  readonly connector?: ConnectorRef;
  /** Whether a token of the tenant stands behind it. */
  readonly authorised: boolean;
}

/** Readings of a session arrived, of the moment `at`. The register is not the consumption. */
export interface SessionMetered extends Fact {
  readonly type: 'SessionMetered';
  readonly sessionId: string;
  readonly energyWh?: number;
  readonly powerW?: number;
  readonly currentA?: number;
  readonly voltageV?: number;
  readonly stateOfChargePercent?: number;
  readonly temperatureC?: number;
}

/** A session ended. Events of it may still be missing. */
export interface SessionEnded extends Fact {
  readonly type: 'SessionEnded';
  readonly sessionId: string;
  /** The roaming partner whose driver it was. */
  readonly partnerId?: string;
  readonly stopReason?: StopReason;
}

/** An entry of a session arrived more than a minute after its moment: its CDR may have been made without it. */
export interface SessionEventDelayed extends Fact {
  readonly type: 'SessionEventDelayed';
  readonly sessionId: string;
}

/**
 * A CDR of a session was written, and nothing about it is open: one for review is told when a person has released it
 * or written it off, one that is credited instead never.
 */
export interface CdrIssued extends Fact {
  readonly type: 'CdrIssued';
  readonly sessionId: string;
  readonly cdrId: string;
  /** Absent: `ORIGINAL`. */
  readonly kind?: CdrKind;
}

/** A command was put into a station's queue. */
export interface CommandRequested extends Fact {
  readonly type: 'CommandRequested';
  readonly commandId: string;
}

/** A command came to its end. */
export interface CommandSettled extends Fact {
  readonly type: 'CommandSettled';
  readonly commandId: string;
  /** Its name. */
  readonly command: string;
  /** What was asked: the kind of request, or the name of a call in a protocol's own words. */
  readonly request: string;
  readonly state: CommandState;
  /** Other commands may wait for the slot that its end has freed. */
  readonly othersWait?: true;
}

/** A job was begun, or came to another state. */
export interface JobChanged extends Fact {
  readonly type: 'JobChanged';
  readonly jobId: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly reason?: string;
  readonly campaignId?: string;
}

/** A station started and was told whether it may work. */
export interface StationBooted extends Fact {
  readonly type: 'StationBooted';
  readonly registration: RegistrationStatus;
  readonly reason?: string;
}

/** A station asked for a certificate, or again for one it had asked for. */
export interface CertificateRequested extends Fact {
  readonly type: 'CertificateRequested';
  readonly certificateId: string;
}

/** A token was registered, or what is known of it changed. */
export interface TokenChanged extends Omit<Fact, 'stationId'> {
  readonly type: 'TokenChanged';
  readonly uid: string;
}

/** A roaming partner was registered, or what is known of it changed. */
export interface PartnerChanged extends Omit<Fact, 'stationId'> {
  readonly type: 'PartnerChanged';
  readonly partnerId: string;
  readonly status: PartnerStatus;
}

/** Something came up that an operator should look at; of a station where one is named. */
export interface AlertRaised extends Omit<Fact, 'stationId'> {
  readonly type: 'AlertRaised';
  readonly alertId: string;
  readonly category: AlertCategory;
  readonly severity: AlertSeverity;
  readonly kind: string;
  readonly message: string;
  readonly stationId?: string;
  readonly sessionId?: string;
}

/** A reservation was asked for, or came to another state. */
export interface ReservationChanged extends Fact {
  readonly type: 'ReservationChanged';
  readonly reservationId: string;
  /** The number that the station knows it by. */
  readonly number: number;
  readonly state: ReservationState;
  readonly expiresAt: number;
  readonly place: ReservedPlace;
  readonly tokenUid: string;
  /** Why the station refused. */
  readonly refusal?: ReservationRefusal;
  /** The session that used it. */
  readonly sessionId?: string;
}

/** What limits charging at a station changed, or what a vehicle there asks for. */
export interface ChargingChanged extends Fact {
  readonly type: 'ChargingChanged';
  readonly what: 'PROFILE' | 'LIMIT' | 'NEEDS' | 'CONTROL';
}

/** The limit of a site changed, or somebody asked for it to be divided anew. */
export interface SiteBalanceDue extends Omit<Fact, 'stationId'> {
  readonly type: 'SiteBalanceDue';
  readonly siteId: string;
}

/** What happened, told once it is stored. Without its `type` an event is the detail of the bus event of that name. */
export type CoreEvent =
  | StationConnectionChanged
  | StationStatusChanged
  | StationReady
  | StationBooted
  | SessionStarted
  | SessionIdentified
  | SessionMetered
  | SessionEnded
  | SessionEventDelayed
  | CdrIssued
  | CommandRequested
  | CommandSettled
  | JobChanged
  | CertificateRequested
  | ReservationChanged
  | ChargingChanged
  | SiteBalanceDue
  | TokenChanged
  | PartnerChanged
  | AlertRaised;
