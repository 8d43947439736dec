import type { ConnectorRef } from '../stations/station.ts';

/** Whether something was asked to charge or to stop charging, and what the station said. Times in epoch milliseconds. */
export interface AvailabilityRequest {
  /** EVSE 0 is the whole station; connector 0 the whole EVSE. */
  readonly place: ConnectorRef;
  readonly wanted: 'OPERATIVE' | 'INOPERATIVE';
  /** `SCHEDULED`: as soon as the charge that is going on has ended. */
  readonly answer: 'ACCEPTED' | 'SCHEDULED' | 'REJECTED';
  readonly commandId: string;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly askedBy?: string;
}

/** A way into the network that a station was given, by its slot. Without its secrets. */
export interface NetworkProfile {
  readonly slot: number;
  readonly status: 'ACCEPTED' | 'REJECTED' | 'FAILED';
  readonly url: string;
  readonly protocol: string;
  readonly transport: string;
  readonly securityProfile: number;
  readonly networkInterface: string;
  readonly messageTimeoutS: number;
  readonly commandId: string;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** The last word on each place and each slot, at the stations of one tenant: the latest command's. */
export interface StationWordStore {
  noteAvailability(stationId: string, request: AvailabilityRequest): Promise<void>;
  listAvailability(stationId: string): Promise<readonly AvailabilityRequest[]>;
  noteNetworkProfile(stationId: string, profile: NetworkProfile): Promise<void>;
  /** In the order of their slots. */
  listNetworkProfiles(stationId: string): Promise<readonly NetworkProfile[]>;
}
