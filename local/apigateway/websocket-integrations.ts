import { randomUUID } from 'node:crypto';
import { type Invoke, type InvokeResult, invokeWithin, isRecord, TIMED_OUT } from './invoke.ts';
import { compileRouteSelection } from './route-selection.ts';
import { authorizeConnect, parseIdentitySource, type WebSocketAuthorizer } from './websocket-authorizer.ts';
import type { CloseReason } from './websocket-connection.ts';
import {
  type ConnectionFacts,
  connectEvent,
  disconnectEvent,
  messageEvent,
  type UpgradeRequest,
  type WebSocketStage,
} from './websocket-events.ts';

export interface WebSocketRoute {
  /** `$connect`, `$disconnect`, `$default` or a value of the route selection expression. */
  routeKey: string;
  functionArn: string;
  /** True when the route has a route response: the `body` of the function's answer goes to the client. */
  returnsResponse: boolean;
  /** Only `$connect` can have one. */
  authorizer?: WebSocketAuthorizer;
}

/** Fixed by AWS. Source: API Gateway quotas for WebSocket APIs. */
export const MAX_FRAME_BYTES = 32 * 1024;
export const MAX_MESSAGE_BYTES = 128 * 1024;

const LIFECYCLE_ROUTES = new Set(['$connect', '$disconnect']);

export type ConnectDecision =
  | { facts: ConnectionFacts; subprotocol: string | undefined }
  | { status: number; message: string };

/** The routes of one stage: chooses the function, invokes it and reads its proxy answer. */
export class WebSocketIntegrations {
  readonly #stage: WebSocketStage;
  readonly #methodArn: string;
  readonly #invoke: Invoke;
  readonly #timeoutMs: number;
  readonly #routes: Map<string, WebSocketRoute>;
  readonly #selectRoute: (body: string) => string;
  readonly #disconnecting = new Set<Promise<unknown>>();

  constructor(
    stage: WebSocketStage & { region: string; accountId: string },
    routing: { routes: WebSocketRoute[]; routeSelectionExpression: string },
    invoke: Invoke,
    timeoutMs: number,
  ) {
    this.#stage = stage;
    this.#methodArn = `arn:aws:execute-api:${stage.region}:${stage.accountId}:${stage.apiId}/${stage.stageName}/$connect`;
    this.#invoke = invoke;
    this.#timeoutMs = timeoutMs;
    this.#routes = new Map(routing.routes.map((route) => [route.routeKey, route]));
    for (const { authorizer } of routing.routes) authorizer?.identitySources.forEach(parseIdentitySource);
    this.#selectRoute = compileRouteSelection(routing.routeSelectionExpression);
  }

  /** Authorizer, then the `$connect` integration; a status other than 2xx refuses the connection. */
  async connect(upgrade: UpgradeRequest): Promise<ConnectDecision> {
    const facts: ConnectionFacts = { upgrade, authorizer: undefined };
    const route = this.#routes.get('$connect');
    if (route === undefined) return { facts, subprotocol: undefined };
    if (route.authorizer !== undefined) {
      const authorization = await authorizeConnect({
        authorizer: route.authorizer,
        invoke: this.#invoke,
        timeoutMs: this.#timeoutMs,
        stage: this.#stage,
        upgrade,
        methodArn: this.#methodArn,
      });
      if ('status' in authorization) return authorization;
      facts.authorizer = authorization.context;
    }
    const result = await this.#run(route, connectEvent(this.#stage, facts));
    if (result === TIMED_OUT) return { status: 504, message: 'Endpoint request timed out' };
    const answer = readProxyAnswer(result);
    if (answer === undefined) return { status: 502, message: 'Internal server error' };
    const accepted = answer.statusCode >= 200 && answer.statusCode <= 299;
    if (!accepted) return { status: answer.statusCode, message: 'Connection refused' };
    return { facts, subprotocol: answer.subprotocol };
  }

  /** Runs the route of one text message; returns what goes back to the client, undefined for nothing. */
  async message(facts: ConnectionFacts, body: string): Promise<string | undefined> {
    const selected = this.#selectRoute(body);
    const named = LIFECYCLE_ROUTES.has(selected) ? undefined : this.#routes.get(selected);
    const route = named ?? this.#routes.get('$default');
    if (route === undefined) return gatewayError(facts, 'Forbidden');
    const result = await this.#run(route, messageEvent(this.#stage, facts, route.routeKey, body));
    if (result === TIMED_OUT) return gatewayError(facts, 'Endpoint request timed out');
    const answer = readProxyAnswer(result);
    if (answer === undefined) return gatewayError(facts, 'Internal server error');
    if (!route.returnsResponse || answer.body === '') return undefined;
    const fits = Buffer.byteLength(answer.body) <= MAX_MESSAGE_BYTES;
    return fits ? answer.body : gatewayError(facts, 'Internal server error');
  }

  /** Starts the `$disconnect` integration; nobody waits for it but `settled()`. */
  disconnect(facts: ConnectionFacts, close: CloseReason): void {
    const route = this.#routes.get('$disconnect');
    if (route === undefined) return;
    const done = this.#run(route, disconnectEvent(this.#stage, facts, close)).finally(() =>
      this.#disconnecting.delete(done),
    );
    this.#disconnecting.add(done);
  }

  /** Settles when the `$disconnect` integrations that have started are done. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#disconnecting);
  }

  #run(route: WebSocketRoute, event: unknown): Promise<InvokeResult | typeof TIMED_OUT> {
    return invokeWithin(this.#invoke, route.functionArn, event, this.#timeoutMs);
  }
}

/** The JSON that API Gateway itself sends to a client when a message could not be handled. */
export function gatewayError(facts: ConnectionFacts, message: string): string {
  const { connectionId } = facts.upgrade;
  return JSON.stringify({ message, connectionId, requestId: randomUUID() });
}

interface ProxyAnswer {
  statusCode: number;
  body: string;
  subprotocol: string | undefined;
}

/** The Lambda proxy answer of a WebSocket route; undefined for a failed function or a malformed answer. */
function readProxyAnswer(result: InvokeResult): ProxyAnswer | undefined {
  if (result.functionError !== undefined || !isRecord(result.payload)) return undefined;
  const { payload } = result;
  const statusCode = Number(payload.statusCode);
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) return undefined;
  const body = payload.body ?? '';
  if (typeof body !== 'string') return undefined;
  const headers = isRecord(payload.headers) ? payload.headers : {};
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol');
  const subprotocol = header === undefined ? undefined : String(header[1]);
  if (subprotocol !== undefined && /[\r\n]/.test(subprotocol)) return undefined;
  return { statusCode, body, subprotocol };
}
