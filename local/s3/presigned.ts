import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { S3Error } from './s3-error.ts';

/** A request whose query holds its signature. */
export interface PresignedRequest {
  method: string;
  /** As it stands in the request line, still encoded. */
  rawPath: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

/** What S3 takes the signature of: seven days. */
const longestS = 604_800;
const clockSkewMs = 15 * 60_000;
const hashHeader = 'x-amz-content-sha256';

export function isPresigned(query: URLSearchParams): boolean {
  return query.has('X-Amz-Signature');
}

/**
 * Checks the signature of a presigned URL and that it is neither expired nor of the future (S3 API reference,
 * "Authenticating Requests: Using Query Parameters"). The URL may have been signed for the request's own host or for
 * one of `hosts`, which all lead here.
 * @throws {S3Error}
 */
export async function verifyPresigned(
  request: PresignedRequest,
  secretAccessKey: string,
  hosts: readonly string[],
): Promise<void> {
  const { query, headers } = request;
  const [accessKeyId = '', , region = ''] = (query.get('X-Amz-Credential') ?? '').split('/');
  const expiresS = Number(query.get('X-Amz-Expires'));
  const signedAt = dateOf(query.get('X-Amz-Date') ?? '');
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || !signedAt || !Number.isInteger(expiresS)) {
    throw malformed('Query-string authentication version 4 requires its X-Amz- parameters.');
  }
  if (expiresS < 0) throw malformed('X-Amz-Expires must be non-negative');
  if (expiresS > longestS) throw malformed('X-Amz-Expires must be less than a week (in seconds)');
  assertInTime(signedAt, expiresS);
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  for (const host of [headers.host ?? '', ...hosts]) {
    const { toSign, unhoistableHeaders } = unsigned(request, host);
    const unsignableHeaders = new Set([hashHeader]);
    const options = { signingDate: signedAt, expiresIn: expiresS, unhoistableHeaders, unsignableHeaders };
    const signed = await signer.presign(toSign, options);
    if (sameText(String(signed.query?.['X-Amz-Signature']), query.get('X-Amz-Signature') ?? '')) return;
  }
  const message =
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
  throw new S3Error(403, 'SignatureDoesNotMatch', message, { AWSAccessKeyId: accessKeyId });
}

function assertInTime(signedAt: Date, expiresS: number): void {
  const now = Date.now();
  if (signedAt.getTime() > now + clockSkewMs)
    throw new S3Error(403, 'AccessDenied', 'Request is not valid yet');
  const expiresAt = signedAt.getTime() + expiresS * 1000;
  if (now <= expiresAt) return;
  throw new S3Error(403, 'AccessDenied', 'Request has expired', {
    'X-Amz-Expires': String(expiresS),
    Expires: inSeconds(expiresAt),
    ServerTime: inSeconds(now),
  });
}

/** The request as it was before it was signed: without the signature's parameters, with the signed headers alone. */
function unsigned({ method, rawPath, query, headers }: PresignedRequest, host: string) {
  const signedNames = (query.get('X-Amz-SignedHeaders') ?? '').split(';').filter((name) => name !== '');
  const signedHeaders = signedNames.map((name) => [
    name,
    name === 'host' ? host : String(headers[name] ?? ''),
  ]);
  const kept: Record<string, string[]> = {};
  for (const [name, value] of query) {
    if (!addedBySigning.has(name)) kept[name] = [...(kept[name] ?? []), value];
  }
  const toSign = new HttpRequest({
    method,
    path: rawPath,
    query: kept,
    headers: { ...Object.fromEntries(signedHeaders), [hashHeader]: 'UNSIGNED-PAYLOAD' },
  });
  return { toSign, unhoistableHeaders: new Set(Object.keys(toSign.headers)) };
}

/** What `presign` adds itself. */
const addedBySigning: ReadonlySet<string> = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
]);

function dateOf(text: string): Date | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return iso === text || Number.isNaN(Date.parse(iso)) ? undefined : new Date(iso);
}

function inSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

function malformed(message: string): S3Error {
  return new S3Error(400, 'AuthorizationQueryParametersError', message);
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
