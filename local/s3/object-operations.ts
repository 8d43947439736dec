import { rm } from 'node:fs/promises';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { receiveTo } from './receive.ts';
import type { S3Request } from './s3.ts';
import { S3Error } from './s3-error.ts';

/** What an operation answers with. */
export interface S3Result {
  status?: number;
  headers?: Record<string, string | number>;
  xml?: string;
  file?: { path: string; start: number; bytes: number };
}

/** Headers that an object keeps, beside `x-amz-meta-…`. */
const keptHeaders = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** PutObject. With `If-None-Match: *` only where there is none yet. */
export async function putObject(
  { bucket, key, headers, caller, body }: S3Request,
  objects: ObjectStore,
  maxBytes: number,
): Promise<S3Result> {
  caller.demand('s3:PutObject', `${bucketArn(bucket)}/${key}`);
  if (Buffer.byteLength(key) > 1024) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  const file = objects.draft();
  const { sizeBytes, md5 } = await receiveTo(file, body, maxBytes);
  if (headers['if-none-match'] !== undefined && objects.find(bucket, key)) {
    await rm(file);
    const message = 'At least one of the pre-conditions you specified did not hold';
    throw new S3Error(412, 'PreconditionFailed', message, { Condition: 'If-None-Match' });
  }
  await objects.put(bucket, {
    key,
    file,
    sizeBytes,
    etag: md5,
    modifiedAtMs: Date.now(),
    headers: headersToKeep(headers),
  });
  return { headers: { etag: `"${md5}"`, 'content-length': 0, ...encrypted } };
}

/** GetObject and HeadObject, of one range when asked. */
export function getObject(
  { bucket, key, query, headers, caller }: S3Request,
  objects: ObjectStore,
): S3Result {
  caller.demand('s3:GetObject', `${bucketArn(bucket)}/${key}`);
  const object = objects.find(bucket, key);
  if (!object) {
    // Who may not list is not told what is missing (S3 API reference, "GetObject", permissions).
    caller.demand('s3:ListBucket', bucketArn(bucket));
    throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
  }
  const range = rangeOf(String(headers.range ?? ''), object.sizeBytes);
  const { start, bytes } = range ?? { start: 0, bytes: object.sizeBytes };
  return {
    status: range ? 206 : 200,
    headers: {
      'content-type': 'binary/octet-stream',
      ...object.headers,
      ...asked(query),
      ...encrypted,
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.modifiedAtMs).toUTCString(),
      'accept-ranges': 'bytes',
      'content-length': bytes,
      ...(range ? { 'content-range': `bytes ${start}-${start + bytes - 1}/${object.sizeBytes}` } : {}),
    },
    file: { path: object.file, start, bytes },
  };
}

/** DeleteObject: no matter whether there is one. */
export async function deleteObject(
  { bucket, key, caller }: S3Request,
  objects: ObjectStore,
): Promise<S3Result> {
  caller.demand('s3:DeleteObject', `${bucketArn(bucket)}/${key}`);
  await objects.delete(bucket, key);
  return { status: 204 };
}

/** What every object of AWS's is by default. */
const encrypted = { 'x-amz-server-side-encryption': 'AES256' };

function headersToKeep(headers: S3Request['headers']): StoredObject['headers'] {
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && (keptHeaders.includes(name) || name.startsWith('x-amz-meta-')),
  );
  const encodings = String(headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'aws-chunked');
  if (encodings.length > 0) kept.push(['content-encoding', encodings.join(',')]);
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** Headers of the answer that the signer of a URL asked for. */
function asked(query: URLSearchParams): Record<string, string> {
  const wanted = [...query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(wanted.map(([name, value]) => [name.slice('response-'.length), value]));
}

/** One range; undefined for none and for what S3 answers with the whole object. */
function rangeOf(header: string, sizeBytes: number): { start: number; bytes: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (start <= end) return { start, bytes: end - start + 1 };
  const details = { RangeRequested: header, ActualObjectSize: String(sizeBytes) };
  throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', details);
}
