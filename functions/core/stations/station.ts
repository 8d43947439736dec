/** A connector's place: EVSE number and the connector's number within it. Zero and zero is the station itself. */
export interface ConnectorRef {
  readonly evseId: number;
  readonly connectorId: number;
}

/** A socket or cable of a station, as its owner describes it. */
export interface Connector extends ConnectorRef {
  readonly connectorType: string;
  /** The key its meter signs values with: SubjectPublicKeyInfo as PEM, or DER in hexadecimal or Base64. */
  readonly meterPublicKey?: string;
  /** What roaming partners call its EVSE, when its owner has a name for it. */
  readonly evseUid?: string;
  readonly maxPowerW?: number;
  readonly maxCurrentA?: number;
  readonly voltageV?: number;
  readonly phases?: number;
  /** The tariff that prices sessions here; the tenant's default when absent. */
  readonly tariffId?: string;
}

/** How a station proves itself: 0 nothing, 1 password, 2 password under TLS, 3 client certificate. */
export type SecurityProfile = 0 | 1 | 2 | 3;

/** A password as kept: keyed hashes only, the former one during a rotation. */
export interface PasswordHash {
  readonly salt: string;
  readonly hash: string;
  readonly previous?: { readonly salt: string; readonly hash: string };
}

/** Credentials a station was told to take and has not connected with yet. */
export interface SecurityChange {
  /** `UNSURE`: it may or may not have taken the new password. */
  readonly password?: { readonly commandId: string; readonly outcome?: 'TAKEN' | 'UNSURE' };
  readonly profile?: {
    readonly to: SecurityProfile;
    /** The step under way. */
    readonly commandId: string;
    /** Network slots still to be put in order; absent when nothing is left to be asked. */
    readonly priority?: readonly number[];
  };
}

/** Whether the owner lets a station charge at all. */
export type StationLifecycle = 'ACTIVE' | 'INACTIVE' | 'MAINTENANCE' | 'RETIRED';

/** What a booting station is told: it may work, it must wait to be set up, or it must go away. */
export type RegistrationStatus = 'ACCEPTED' | 'PENDING' | 'REJECTED';

/** What its owner wants it told: absent is `ACCEPT`. `HOLD` keeps it pending until it is set up. */
export type RegistrationWish = 'ACCEPT' | 'HOLD' | 'REJECT';

/** A charging station as its owner registered it. Live state is in `StationLive`. */
export interface Station {
  readonly stationId: string;
  readonly name: string;
  readonly description?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serialNumber?: string;
  readonly firmwareVersion?: string;
  /** The charging protocol it is set up for, by its subprotocol name. */
  readonly protocol: string;
  readonly securityProfile: SecurityProfile;
  readonly password?: PasswordHash;
  readonly securityChange?: SecurityChange;
  readonly lifecycle: StationLifecycle;
  readonly registration?: RegistrationWish;
  readonly locationId?: string;
  readonly address?: string;
  readonly coordinates?: { readonly latitude: number; readonly longitude: number };
  /** They are its location's, and move with it; its own when absent. */
  readonly coordinatesOf?: 'LOCATION';
  /** IANA zone in which its prices change: its location's, when it has one. */
  readonly timeZone: string;
  readonly heartbeatIntervalS: number;
  /** In the order of their station-wide numbers. */
  readonly connectors: readonly Connector[];
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Grows by one with every change: the fence of concurrent updates. */
  readonly revision: number;
}

export type ConnectorStatus =
  | 'AVAILABLE'
  | 'OCCUPIED'
  | 'PREPARING'
  | 'CHARGING'
  | 'SUSPENDED_EV'
  | 'SUSPENDED_EVSE'
  | 'FINISHING'
  | 'RESERVED'
  | 'UNAVAILABLE'
  | 'FAULTED'
  | 'UNKNOWN';

/** The last status a station reported of one connector. */
export interface ConnectorLive extends ConnectorRef {
  readonly status: ConnectorStatus;
  /** When the station says it took this status. */
  readonly statusAt: number;
  readonly errorCode?: string;
  readonly vendorErrorCode?: string;
  readonly info?: string;
  /** The accepted session that runs here. */
  readonly sessionId?: string;
}

/** The connection and the readiness of a station. */
export interface StationLink {
  readonly stationId: string;
  /** Absent while it is not connected. */
  readonly connectionId?: string;
  readonly protocol?: string;
  /** When the latest connection was made: the epoch that fences older ones out. */
  readonly connectedAt?: number;
  readonly disconnectedAt?: number;
  readonly lastSeenAt?: number;
  readonly bootedAt?: number;
  /** What it was told at its last boot; absent for a station that never booted here. */
  readonly registration?: RegistrationStatus;
  /** When it last booted and was accepted. */
  readonly acceptedAt?: number;
  readonly bootReason?: string;
  /** From when on calls may be sent; absent while a fresh connection has said nothing yet. */
  readonly callsFrom?: number;
  /** The one command in flight. */
  readonly inFlight?: { readonly commandId: string; readonly until: number };
}

/** Everything a station last said of itself. */
export interface StationLive {
  readonly stationId: string;
  readonly connectors: readonly ConnectorLive[];
  readonly link: StationLink;
}

/** What a dashboard shows for the whole station. */
export type StationStatus =
  | 'AVAILABLE'
  | 'OCCUPIED'
  | 'RESERVED'
  | 'UNAVAILABLE'
  | 'FAULTED'
  | 'OFFLINE'
  | 'UNKNOWN';
