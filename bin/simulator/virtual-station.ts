import { RPCClient } from 'ocpp-rpc';

export type OcppVersion = '1.6' | '2.0.1';

/** How to reach and identify a station. */
export interface StationAccess {
  /** Up to and without the station id: `ws://127.0.0.1:8080/ocpp/demo`. */
  readonly endpoint: string;
  readonly stationId: string;
  readonly version: OcppVersion;
  readonly password?: string;
  /** For `wss://`: what the TLS layer should trust and present, in PEM. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** A charge that is going on at a virtual station. */
export interface Charge {
  readonly evse: number;
  readonly token: string;
  readonly transactionId: string | number;
  seqNo: number;
}

/** What both protocol versions of a virtual station can do. Energy in Wh, power in W, times as dates. */
export interface VirtualStation {
  readonly stationId: string;
  readonly client: RPCClient;
  boot(): Promise<void>;
  heartbeat(): Promise<void>;
  status(evse: number, status: 'Available' | 'Preparing' | 'Charging' | 'Finishing'): Promise<void>;
  /** Whether the token may charge. */
  authorize(token: string): Promise<boolean>;
  /** Starts a charge; `accepted` is the system's verdict on the token. */
  start(
    evse: number,
    token: string,
    at: Date,
    energyWh: number,
  ): Promise<{ charge: Charge; accepted: boolean }>;
  meter(
    charge: Charge,
    reading: { at: Date; energyWh: number; powerW: number; stateOfCharge: number },
  ): Promise<void>;
  stop(charge: Charge, at: Date, energyWh: number): Promise<void>;
  close(): Promise<void>;
}

const subprotocol = { '1.6': 'ocpp1.6', '2.0.1': 'ocpp2.0.1' } as const;
type ClientOptions = ConstructorParameters<typeof RPCClient>[0];

/** Connects an OCPP client of the public `ocpp-rpc` package, which checks every message against the official schemas. */
export async function connectClient(access: StationAccess, options: { strict: boolean }): Promise<RPCClient> {
  const settings: Partial<ClientOptions> = {
    endpoint: access.endpoint,
    identity: access.stationId,
    protocols: [subprotocol[access.version]],
    password: access.password ?? null,
    strictMode: options.strict,
    reconnect: false,
    pingIntervalMs: 0,
    callTimeoutMs: 60_000,
    wsOpts: { ...access.tls },
  };
  // The package declares options as all required although each has a default.
  const client = new RPCClient(settings as ClientOptions);
  await client.connect();
  return client;
}
