import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Authorization } from './authorization.ts';
import type { Consumption } from './consumption.ts';
import { type Answer, answerToError, asObject, type Body, coralError, type Engine } from './wire.ts';

const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
const CREDENTIAL = /Credential=([^/,\s]+)\//;
const TARGET = /^DynamoDB(?:Streams)?_20120810\.(\w+)$/;

/** The parts that a request passes. */
export interface FrontParts {
  readonly engine: Engine;
  readonly authorization: Authorization;
  readonly consumption: Consumption;
}

/** An HTTP server that speaks DynamoDB's JSON protocol: who calls, may they, what does the engine say, what did it cost. */
export function createFront(parts: FrontParts): Server {
  const server = createServer((request, response) => {
    answerTo(request, parts)
      .catch(answerToError)
      .then((answer) => send(response, answer));
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function answerTo(request: IncomingMessage, parts: FrontParts): Promise<Answer> {
  const input = parse(await bodyOf(request));
  const operation = TARGET.exec(String(request.headers['x-amz-target']))?.[1];
  if (operation === undefined) throw coralError('UnknownOperationException');
  const principal = CREDENTIAL.exec(request.headers.authorization ?? '')?.[1];
  if (principal === undefined) {
    throw coralError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const refusal = await parts.authorization.refusal(principal, operation, input);
  if (refusal !== undefined) throw refusal;
  const answer = await parts.engine.call(operation, parts.consumption.askFor(operation, input));
  parts.consumption.count(principal, operation, input, answer);
  return answer;
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_REQUEST_BYTES) reject(coralError('RequestEntityTooLargeException'));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('error', reject);
  });
}

function parse(body: string): Body {
  try {
    return asObject(JSON.parse(body));
  } catch {
    throw coralError('SerializationException');
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amz-crc32': crc32(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}
