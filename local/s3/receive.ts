import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { notImplemented } from '../aws/aws-error.ts';
import { unchunked } from './aws-chunked.ts';
import { S3Error } from './s3-error.ts';

/** What arrived. */
export interface Received {
  sizeBytes: number;
  /** Hex. */
  md5: string;
}

const checksumHeader = 'x-amz-checksum-';

/**
 * Writes a request's body to a file, and checks it against the checksums that came with it, before or after it.
 * Leaves no file when it throws.
 * @throws {S3Error} MissingContentLength, EntityTooLarge, BadDigest, IncompleteBody
 */
export async function receiveTo(file: string, request: IncomingMessage, maxBytes: number): Promise<Received> {
  const { headers } = request;
  const chunked = (headers['content-encoding'] ?? '')
    .split(',')
    .some((name) => name.trim() === 'aws-chunked');
  const announced = chunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (announced === undefined) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  assertFits(Number(announced), maxBytes);
  const trailers = new Map<string, string>();
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  let crc = 0;
  let sizeBytes = 0;
  const measure = async function* (source: AsyncIterable<Buffer>) {
    for await (const part of chunked ? unchunked(source, trailers) : source) {
      sizeBytes += part.length;
      assertFits(sizeBytes, maxBytes);
      md5.update(part);
      sha256.update(part);
      crc = crc32(part, crc);
      yield part;
    }
  };
  try {
    await pipeline(request, measure, createWriteStream(file));
    const found = { md5: md5.digest(), sha256: sha256.digest(), crc32: Buffer.alloc(4) };
    found.crc32.writeUInt32BE(crc);
    assertSums({ ...headers, ...Object.fromEntries(trailers) }, found);
    return { sizeBytes, md5: found.md5.toString('hex') };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

function assertFits(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  const message = 'Your proposed upload exceeds the maximum allowed size';
  const details = { ProposedSize: String(bytes), MaxSizeAllowed: String(maxBytes) };
  throw new S3Error(400, 'EntityTooLarge', message, details);
}

function assertSums(
  headers: NodeJS.Dict<string | string[]>,
  found: { md5: Buffer; sha256: Buffer; crc32: Buffer },
): void {
  for (const [name, value] of Object.entries(headers)) {
    const algorithm = name === 'content-md5' ? 'md5' : name.replace(checksumHeader, '');
    if (name !== 'content-md5' && !name.startsWith(checksumHeader)) continue;
    if (algorithm === 'algorithm' || algorithm === 'type') continue;
    if (algorithm !== 'md5' && algorithm !== 'sha256' && algorithm !== 'crc32') throw notImplemented(name);
    if (found[algorithm].toString('base64') === value) continue;
    const message = `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`;
    throw new S3Error(400, 'BadDigest', message);
  }
}
