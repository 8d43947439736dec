import type { WebSocketTimes } from '../apigateway/websocket-api.ts';
import type { DynamoEngine } from '../dynamodb/endpoint.ts';
import type { ChaosSettings } from '../events/chaos.ts';

/** What a local cloud is started with. */
export interface CloudOptions {
  /** The folder that `cdk synth` wrote. */
  assemblyDir: string;
  /** Keeps tables, queues, undelivered events, secrets, files and signing keys; absent: all of it ends with the process. */
  dataDir?: string;
  /** Keeps the local authority and the certificates; absent: made anew each time. */
  tlsDir?: string;
  /** One file per function; absent: only warnings and errors are told. */
  logsDir?: string;
  /** Ports of the front door; 0 or absent takes a free one. */
  port?: number;
  tlsPort?: number;
  /** The address the front door listens on; default 127.0.0.1. */
  host?: string;
  /** Default: the embedded engine, in `dataDir`. */
  dynamo?: DynamoEngine;
  /** Most environments per function; default `LAMBDA_ENVIRONMENTS`, else 3. */
  environmentLimit?: number;
  chaos?: ChaosSettings;
  times?: CloudTimes;
  /** Gets a line for what happens that somebody should know. */
  logger?: (line: string) => void;
}

/** What takes long in AWS and may be shorter here. */
export interface CloudTimes {
  /** First wait before something failed is tried again: deliveries, messages, records, asynchronous invocations (1 s). */
  retryMs?: number;
  /** Idle time, life and integration timeout of WebSocket connections. */
  webSocket?: Partial<WebSocketTimes>;
  /** How often expired items are removed (30 s). */
  ttlSweepMs?: number;
}
