import type { Page, PageRequest } from '../ports.ts';
import type {
  ConnectorLive,
  ConnectorRef,
  RegistrationStatus,
  Station,
  StationLifecycle,
  StationLink,
  StationLive,
} from './station.ts';

/** Which stations to list. Values of one field are alternatives, fields add up. */
export interface StationQuery {
  readonly manufacturers?: readonly string[];
  readonly protocols?: readonly string[];
  readonly locationIds?: readonly string[];
  readonly lifecycles?: readonly StationLifecycle[];
}

/** What operators own. Bound to one tenant. */
export interface StationStore {
  findStation(stationId: string): Promise<Station | undefined>;
  findStations(stationIds: readonly string[]): Promise<readonly Station[]>;
  /** In the order of station ids. */
  listStations(query: StationQuery, page: PageRequest): Promise<Page<Station>>;
  createStation(station: Station): Promise<'created' | 'exists'>;
  /** Replaces the station whose stored revision is one less than the given one's. */
  replaceStation(station: Station): Promise<'replaced' | 'changed-meanwhile'>;
  deleteStation(stationId: string): Promise<'deleted' | 'absent'>;
}

/** Facts of a boot. Times in epoch milliseconds. */
export interface BootRecord {
  readonly stationId: string;
  readonly connectionId: string;
  readonly bootedAt: number;
  readonly callsFrom: number;
  readonly registration: RegistrationStatus;
  readonly reason?: string;
}

/** What stations say of themselves. Bound to one tenant. */
export interface StationLiveStore {
  findLive(stationId: string): Promise<StationLive>;
  findLives(stationIds: readonly string[]): Promise<readonly StationLive[]>;
  /** Strongly consistent, for deciding whether to send. */
  findLink(stationId: string): Promise<StationLink | undefined>;
  /** The last word on one connector; `undefined` when it never spoke. */
  findConnector(stationId: string, connector: ConnectorRef): Promise<ConnectorLive | undefined>;
  /** Makes this the station's connection unless a later one is known; the calls gate closes until it speaks. */
  connect(link: {
    stationId: string;
    connectionId: string;
    protocol: string;
    connectedAt: number;
  }): Promise<'connected' | 'superseded'>;
  /** Ends the connection if it is still the station's own. */
  disconnect(stationId: string, connectionId: string, at: number): Promise<'disconnected' | 'not-current'>;
  /** Lets no more calls out on this connection until the station has spoken on it again, or on another. */
  closeGate(stationId: string, connectionId: string): Promise<'closed' | 'not-current'>;
  /**
   * Notes that a connection is alive and, when its gate is still closed, opens it. `not-accepted`: noted, and the
   * station's last boot was answered with something else than acceptance.
   */
  noteSeen(seen: {
    stationId: string;
    connectionId: string;
    at: number;
  }): Promise<'noted' | 'not-accepted' | 'not-current'>;
  /** Opens the calls gate from `callsFrom` on, or shuts it for a station that was rejected. */
  recordBoot(boot: BootRecord): Promise<'recorded' | 'not-current'>;
  /** Keeps the status unless a later one is stored. */
  recordConnectorStatus(stationId: string, connector: ConnectorLive): Promise<'recorded' | 'stale'>;
}
