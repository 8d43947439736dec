import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import type { Invoke, InvokeResult } from '../../../local/apigateway/invoke.ts';
import {
  createWebSocketApi,
  type WebSocketApi,
  type WebSocketApiConfig,
} from '../../../local/apigateway/websocket-api.ts';

/** An event as the functions of a test read it. */
export interface SeenEvent {
  type?: string;
  methodArn?: string;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  queryStringParameters?: Record<string, string>;
  multiValueQueryStringParameters?: Record<string, string[]>;
  body?: string;
  isBase64Encoded?: boolean;
  requestContext: {
    routeKey: string;
    eventType: string;
    connectionId: string;
    connectedAt: number;
    requestTimeEpoch: number;
    requestTime: string;
    requestId: string;
    messageId?: string;
    domainName: string;
    stage: string;
    apiId: string;
    extendedRequestId: string;
    identity: { sourceIp: string; userAgent?: string };
    authorizer?: Record<string, unknown>;
    disconnectStatusCode?: number;
    disconnectReason?: string;
  };
}

export type Handler = (event: SeenEvent) => unknown;

/** An in-process Lambda: handlers by ARN, a throw becomes a function error as in AWS. */
export function lambdas(handlers: Record<string, Handler>): Invoke {
  return async (functionArn, event): Promise<InvokeResult> => {
    const handler = handlers[functionArn];
    if (handler === undefined) throw new Error(`no function ${functionArn}`);
    try {
      const payload = await handler(event as SeenEvent);
      return { payload: payload === undefined ? null : structuredClone(payload) };
    } catch (error) {
      return { payload: { errorMessage: (error as Error).message }, functionError: 'Unhandled' };
    }
  };
}

export const ROUTES: WebSocketApiConfig['routes'] = [
  {
    routeKey: '$connect',
    functionArn: 'connect',
    returnsResponse: false,
    authorizer: { functionArn: 'authorizer', identitySources: ['route.request.querystring.stationId'] },
  },
  { routeKey: '$default', functionArn: 'default', returnsResponse: true },
  { routeKey: '$disconnect', functionArn: 'disconnect', returnsResponse: false },
];

export const ALLOW: Handler = (event) => ({
  principalId: 'station',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
  },
  context: { tenantId: 't1', level: 3, enabled: true },
});

export interface RunningApi {
  api: WebSocketApi;
  url: string;
  stop(): Promise<void>;
}

/** Runs an API on a real port. Functions not named accept and answer nothing. */
export async function runApi(
  handlers: Record<string, Handler>,
  overrides: Partial<WebSocketApiConfig> = {},
): Promise<RunningApi> {
  const ok = () => ({ statusCode: 200 });
  const api = createWebSocketApi({
    apiId: 'a1b2c3',
    stageName: 'prod',
    region: 'eu-west-1',
    accountId: '000000000000',
    routes: ROUTES,
    routeSelectionExpression: '\\$default',
    invoke: lambdas({ authorizer: ALLOW, connect: ok, default: ok, disconnect: ok, ...handlers }),
    ...overrides,
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    void api.handleUpgrade(request, socket, head, new URL(request.url ?? '/', 'ws://edge'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    api,
    url: `ws://127.0.0.1:${port}/prod?stationId=CP1`,
    async stop() {
      await api.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Opens a socket, or rejects with an error that names the HTTP status. */
export async function open(url: string, protocols: string[] = [], headers = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, { headers });
  await once(socket, 'open');
  return socket;
}

/** The HTTP status and body with which an upgrade is refused. */
export async function refusal(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const socket = new WebSocket(url);
  const [, response] = await once(socket, 'unexpected-response');
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) };
}

export async function nextMessage(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, 'message');
  return data.toString();
}

export async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(socket, 'close');
  return { code, reason: reason.toString() };
}
