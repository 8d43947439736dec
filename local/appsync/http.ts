import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Authenticate } from './auth/authenticate.ts';
import { type Caller, UnauthenticatedError } from './auth/caller.ts';
import type { GraphqlAnswer } from './config.ts';
import { InvalidRequestError, malformedRequest } from './document.ts';

const REQUEST_LIMIT_BYTES = 1024 * 1024;

const BODY = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** A GraphQL request as it came over HTTP. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

export interface RunResult {
  readonly answer: GraphqlAnswer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Runs a request of an established caller. @throws InvalidRequestError */
export type Run = (
  request: GraphqlRequest,
  caller: Caller,
  headers: Readonly<Record<string, string>>,
) => Promise<RunResult>;

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date',
};

const PREFLIGHT = {
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-max-age': '172800',
};

function send(
  res: ServerResponse,
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(statusCode, {
    'content-type': 'application/json;charset=UTF-8',
    'x-amzn-requestid': randomUUID(),
    ...CORS,
    ...headers,
  });
  res.end(body === undefined ? undefined : JSON.stringify(body));
}

function headersOf(req: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

async function readRequest(req: IncomingMessage): Promise<GraphqlRequest> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of req) {
    sizeBytes += chunk.length;
    if (sizeBytes > REQUEST_LIMIT_BYTES) throw malformedRequest('Request body is larger than 1 MB.');
    chunks.push(chunk);
  }
  try {
    const { query, variables, operationName } = BODY.parse(
      JSON.parse(Buffer.concat(chunks).toString('utf8')),
    );
    return { query, variables: variables ?? {}, ...(operationName == null ? {} : { operationName }) };
  } catch {
    throw malformedRequest('Request body is not a valid GraphQL request.');
  }
}

function sendFailure(res: ServerResponse, error: unknown): void {
  if (error instanceof UnauthenticatedError) {
    const { errorType, message } = error;
    send(res, 401, { errors: [{ errorType, message }] }, { 'x-amzn-ErrorType': errorType });
  } else if (error instanceof InvalidRequestError) {
    const data = error.statusCode === 200 ? { data: null } : {};
    send(res, error.statusCode, { ...data, errors: error.errors });
  } else {
    const failure = { errorType: 'InternalFailure', message: 'An internal failure occurred.' };
    send(res, 500, { errors: [failure] }, { 'x-amzn-ErrorType': failure.errorType });
  }
}

/** The HTTP side of the API. Every failure becomes an answer; it never rejects. */
export function createHttpEndpoint(
  authenticate: Authenticate,
  run: Run,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    try {
      if (req.method === 'OPTIONS') {
        const wanted = req.headers['access-control-request-headers'] ?? '*';
        req.resume();
        return send(res, 200, undefined, { ...PREFLIGHT, 'access-control-allow-headers': wanted });
      }
      if (req.method !== 'POST') throw malformedRequest('Only POST requests are served.');
      const headers = headersOf(req);
      const caller = await authenticate(headers, req.socket.remoteAddress ?? '');
      const result = await run(await readRequest(req), caller, headers);
      send(res, 200, result.answer, result.headers);
    } catch (error) {
      sendFailure(res, error);
    }
  };
}
