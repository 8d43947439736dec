import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Principal } from '../iam/principals.ts';
import { AwsError, notImplemented } from './aws-error.ts';
import { type Caller, callerOf } from './caller.ts';

/** A call of the SDK, read as far as every service needs it. */
export interface AwsCall {
  method: string;
  /** Decoded; without the query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
  caller: Caller;
}

export interface AwsAnswer {
  status?: number;
  /** Becomes JSON unless it is bytes or text already. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Answers the calls of one service; undefined when the call is not of that service. */
export type AwsService = (call: AwsCall) => Promise<AwsAnswer> | AwsAnswer | undefined;

/** One address for the SDK clients of every service but DynamoDB. */
export interface AwsEndpoint {
  readonly url: string;
  /** Sets what answers; until then every call is refused. */
  serve(services: AwsService[], principals: ReadonlyMap<string, Principal>): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; a port of 0 takes any free one. */
export async function startAwsEndpoint(port = 0): Promise<AwsEndpoint> {
  let services: AwsService[] = [];
  let principals: ReadonlyMap<string, Principal> = new Map();
  const server = createServer((request, response) => {
    answer(request, services, principals)
      .catch(errorAnswer)
      .then((result) => send(response, result));
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(nextServices, nextPrincipals) {
      services = nextServices;
      principals = nextPrincipals;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
  });
}

async function answer(
  request: IncomingMessage,
  services: AwsService[],
  principals: ReadonlyMap<string, Principal>,
): Promise<AwsAnswer> {
  const { pathname } = new URL(request.url ?? '/', 'http://local');
  const body = await buffer(request);
  const { method = 'GET', headers } = request;
  const caller = callerOf(headers.authorization, principals);
  const call: AwsCall = { method, path: decodeURIComponent(pathname), headers, body, caller };
  for (const service of services) {
    const answered = service(call);
    if (answered) return answered;
  }
  throw notImplemented(String(headers['x-amz-target'] ?? `${method} ${pathname}`));
}

function errorAnswer(error: unknown): AwsAnswer {
  const code = error instanceof Error ? error.name : 'InternalFailure';
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof AwsError ? error.status : 500;
  return {
    status,
    body: { __type: code, message, Message: message },
    headers: { 'x-amzn-errortype': code },
  };
}

function send(response: ServerResponse, { status = 200, body, headers = {} }: AwsAnswer): void {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const text = raw ? body : JSON.stringify(body ?? {});
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
