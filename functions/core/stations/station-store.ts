import type { Coordinates } from '../locations/earth.ts';
import type { GeoCell } from '../locations/geo-cell.ts';
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

/** A station that is somewhere on the map. */
export interface PlacedStation {
  readonly stationId: string;
  readonly coordinates: Coordinates;
}

/** What operators own. Bound to one tenant. */
export interface StationStore {
  findStation(stationId: string): Promise<Station | undefined>;
  findStations(stationIds: readonly string[]): Promise<readonly Station[]>;
  /** In the order of station ids; those of locations by the list that each location has. */
  listStations(query: StationQuery, page: PageRequest): Promise<Page<Station>>;
  /** The stations with coordinates in a cell, in the order of their smallest cells and ids. */
  listPlaced(cell: GeoCell, page: PageRequest): Promise<Page<PlacedStation>>;
  /** How many there are; counts no further than `most` pages of the list, and says so (`isAtLeast`). */
  countStations(mostPages: number): Promise<{ count: number; isAtLeast: boolean }>;
  createStation(station: Station): Promise<'created' | 'exists'>;
  /**
   * Replaces the station whose stored revision is one less than the given one's. Whoever moves it (to other coordinates
   * or another location) says what it was before, so that it leaves the lists of its former place.
   */
  replaceStation(station: Station, before?: Station): Promise<'replaced' | 'changed-meanwhile'>;
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
  /** The connections of many stations; what never connected is left out. */
  findLinks(stationIds: readonly string[]): Promise<readonly StationLink[]>;
  /** The stations that are connected, shard after shard, by their ids. */
  listConnected(page: PageRequest): Promise<Page<StationLink>>;
  countConnected(): Promise<number>;
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
  /** Ends the connection if it is still the station's own; with `silentSince` only if it was not seen since then. */
  disconnect(
    stationId: string,
    connectionId: string,
    at: number,
    silentSince?: number,
  ): Promise<'disconnected' | 'not-current'>;
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
  /** Keeps the status unless a later one is stored, and tells whose session runs at the connector. */
  recordConnectorStatus(
    stationId: string,
    connector: ConnectorLive,
  ): Promise<{ readonly outcome: 'recorded' | 'stale'; readonly sessionId?: string }>;
}
