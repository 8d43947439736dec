import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { limitFrames } from './frame-limit.ts';
import { isHandshake, refuseUpgrade } from './handshake.ts';
import type { HeaderList } from './header-list.ts';
import type { Invoke } from './invoke.ts';
import { createTokenBucket, type ThrottleSettings } from './throttle.ts';
import {
  type CloseReason,
  type Connection,
  openConnection,
  REFUSE_POSTS_BYTES,
} from './websocket-connection.ts';
import { type ConnectionFacts, readUpgrade } from './websocket-events.ts';
import {
  gatewayError,
  MAX_FRAME_BYTES,
  MAX_MESSAGE_BYTES,
  WebSocketIntegrations,
  type WebSocketRoute,
} from './websocket-integrations.ts';

export interface WebSocketTimes {
  /** Without a message in either direction for this long, the connection closes (AWS: 10 min). */
  idleMs: number;
  /** A connection closes at this age (AWS: 2 h). */
  lifeMs: number;
  /** An integration that has not answered by then has failed (AWS: 29 s). */
  integrationTimeoutMs: number;
}

export interface WebSocketApiConfig {
  apiId: string;
  stageName: string;
  region: string;
  accountId: string;
  routes: WebSocketRoute[];
  routeSelectionExpression: string;
  invoke: Invoke;
  /** `requestContext.domainName`; the API's execute-api host when absent. */
  domainName?: string;
  times?: Partial<WebSocketTimes>;
  /** Applies to connects and frames together, as stage throttling does. */
  throttle?: ThrottleSettings;
}

/** What `GET @connections/{id}` tells. */
export interface ConnectionInfo {
  connectedAt: string;
  lastActiveAt: string;
  identity: { sourceIp: string; userAgent: string };
}

export type PostResult = 'ok' | 'gone' | 'too-large' | 'limit-exceeded';

export interface WebSocketApi {
  /**
   * Takes an upgrade request. `url` is the one after the edge's rewriting (`/{stage}?...`), `headers` those the
   * edge sends to its origin; without them the request's own are shown to the functions.
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    url: URL,
    headers?: HeaderList,
  ): Promise<void>;
  /** Sends a text message. 'ok' means accepted for sending, not received by the client. */
  post(connectionId: string, data: string | Uint8Array): PostResult;
  /** Tells about an open connection; undefined when it is gone. */
  get(connectionId: string): ConnectionInfo | undefined;
  /** Closes a connection; a later post answers 'gone' at once. */
  delete(connectionId: string): 'ok' | 'gone';
  /** Closes every connection with 1001 and settles when their `$disconnect` routes have run. */
  close(): Promise<void>;
}

const DEFAULT_TIMES: WebSocketTimes = {
  idleMs: 10 * 60_000,
  lifeMs: 2 * 60 * 60_000,
  integrationTimeoutMs: 29_000,
};
const CLOSE_GRACE_MS = 500;

/**
 * One stage of an API Gateway WebSocket API with Lambda proxy integrations.
 * Source: API Gateway developer guide, "WebSocket APIs", and its quotas page. README.md says what is not imitated.
 * @throws {Error} for a route selection expression or an identity source that is not supported
 */
export function createWebSocketApi(config: WebSocketApiConfig): WebSocketApi {
  return new Stage(config);
}

class Stage implements WebSocketApi {
  readonly #path: string;
  readonly #times: WebSocketTimes;
  readonly #integrations: WebSocketIntegrations;
  readonly #bucket: { take(): boolean };
  readonly #connections = new Map<string, Connection>();
  readonly #sockets = new Set<WebSocket>();
  readonly #upgrading = new Set<Duplex>();
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    // The answer of `$connect` alone decides the subprotocol; it is added as a raw header.
    handleProtocols: () => false,
  });

  constructor(config: WebSocketApiConfig) {
    const { apiId, stageName, region, accountId, invoke } = config;
    const domainName = config.domainName ?? `${apiId}.execute-api.${region}.amazonaws.com`;
    this.#path = `/${stageName}`;
    this.#times = { ...DEFAULT_TIMES, ...config.times };
    this.#bucket = createTokenBucket(config.throttle);
    const stage = { apiId, stageName, domainName, region, accountId };
    this.#integrations = new WebSocketIntegrations(stage, config, invoke, this.#times.integrationTimeoutMs);
    this.#server.on('headers', (lines, request) => {
      const subprotocol = this.#subprotocols.get(request);
      if (subprotocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
    });
  }

  async handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    url: URL,
    headers?: HeaderList,
  ) {
    const ignore = () => socket.destroy();
    socket.on('error', ignore);
    const refuse = (status: number, message: string, extra = {}) =>
      refuseUpgrade(socket, status, { message, ...extra });
    if (!isHandshake(request)) return refuse(400, 'Bad Request');
    if (url.pathname.replace(/\/$/, '') !== this.#path) return refuse(403, 'Forbidden');
    if (!this.#bucket.take()) return refuse(429, 'Too Many Requests');
    const upgrade = readUpgrade(request, url, headers);
    this.#upgrading.add(socket);
    const decision = await this.#integrations.connect(upgrade);
    this.#upgrading.delete(socket);
    if ('status' in decision) {
      const { connectionId } = upgrade;
      return refuse(decision.status, decision.message, { connectionId, requestId: randomUUID() });
    }
    if (decision.subprotocol !== undefined) this.#subprotocols.set(request, decision.subprotocol);
    socket.off('error', ignore);
    this.#accept(request, socket, head, decision.facts);
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer, facts: ConnectionFacts): void {
    let accepted = false;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      accepted = true;
      this.#open(webSocket, facts);
    });
    // The client left while `$connect` ran: its function believes in a connection that never was.
    if (!accepted) this.#integrations.disconnect(facts, { code: 1006, reason: '' });
  }

  #open(webSocket: WebSocket, facts: ConnectionFacts): void {
    limitFrames(webSocket, MAX_FRAME_BYTES);
    const connection = openConnection(webSocket, facts, this.#times, ({ id }) =>
      this.#connections.delete(id),
    );
    this.#connections.set(connection.id, connection);
    this.#sockets.add(webSocket);
    let violation: CloseReason | undefined;
    webSocket.on('error', (error) => {
      violation ??= closeOfViolation(error);
    });
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) connection.close({ code: 1003, reason: '' });
      else void this.#answer(connection, data.toString());
    });
    webSocket.on('close', (code, reason) => {
      this.#sockets.delete(webSocket);
      this.#connections.delete(connection.id);
      const close = connection.closedWith(code, reason.toString());
      this.#integrations.disconnect(facts, violation ?? close);
    });
  }

  async #answer(connection: Connection, body: string): Promise<void> {
    connection.touch();
    const answer = this.#bucket.take()
      ? await this.#integrations.message(connection, body)
      : gatewayError(connection, 'Too Many Requests');
    if (answer !== undefined) connection.send(answer);
  }

  post(connectionId: string, data: string | Uint8Array): PostResult {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined || connection.socket.readyState !== connection.socket.OPEN) return 'gone';
    if (Buffer.byteLength(data) > MAX_MESSAGE_BYTES) return 'too-large';
    if (connection.socket.bufferedAmount > REFUSE_POSTS_BYTES) return 'limit-exceeded';
    connection.send(data);
    return 'ok';
  }

  get(connectionId: string): ConnectionInfo | undefined {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined) return undefined;
    const { connectedAt, sourceIp, userAgent = '' } = connection.upgrade;
    return {
      connectedAt: new Date(connectedAt).toISOString(),
      lastActiveAt: new Date(connection.lastActiveAt).toISOString(),
      identity: { sourceIp, userAgent },
    };
  }

  delete(connectionId: string): 'ok' | 'gone' {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined) return 'gone';
    connection.close({ code: 1000, reason: 'Connection Closed Normally' });
    return 'ok';
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#upgrading) socket.destroy();
    const closed = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const connection of [...this.#connections.values()]) {
      connection.close({ code: 1001, reason: 'Going away' });
    }
    const killer = setTimeout(() => {
      for (const socket of this.#sockets) socket.terminate();
    }, CLOSE_GRACE_MS);
    await Promise.all(closed);
    clearTimeout(killer);
    await this.#integrations.settled();
  }
}

/** The code the gateway closed with after a protocol violation, which `ws` tells only by its error. */
function closeOfViolation(error: Error & { code?: unknown }): CloseReason | undefined {
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return { code: 1009, reason: error.message };
  if (error.code === 'WS_ERR_INVALID_UTF8') return { code: 1007, reason: error.message };
  const isViolation = typeof error.code === 'string' && error.code.startsWith('WS_ERR_');
  return isViolation ? { code: 1002, reason: error.message } : undefined;
}
