import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { S3Result } from './object-operations.ts';
import { asS3Error } from './s3-error.ts';
import { xmlDocument } from './xml.ts';

/** Sends what an operation gave; a file is streamed. To HEAD the headers alone. */
export async function sendResult(response: ServerResponse, result: S3Result, head: boolean): Promise<void> {
  const { status = 200, headers = {}, xml, file } = result;
  const type: Record<string, string> = xml === undefined ? {} : { 'content-type': 'application/xml' };
  const length = xml === undefined ? {} : { 'content-length': Buffer.byteLength(xml) };
  response.writeHead(status, { 'x-amz-request-id': randomUUID(), ...type, ...length, ...headers });
  if (head || file === undefined || file.bytes === 0) {
    response.end(xml);
    return;
  }
  const { path, start, bytes } = file;
  await pipeline(createReadStream(path, { start, end: start + bytes - 1 }), response);
}

/** Sends a refusal as S3's error document, or ends the connection when an answer has begun. */
export function sendError(response: ServerResponse, thrown: unknown, head: boolean): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, name, message, details } = asS3Error(thrown);
  const requestId = randomUUID();
  const xml = xmlDocument('Error', { Code: name, Message: message, ...details, RequestId: requestId });
  response.writeHead(status, {
    'x-amz-request-id': requestId,
    'content-type': 'application/xml',
    'content-length': head ? 0 : Buffer.byteLength(xml),
  });
  response.end(head ? undefined : xml);
}
