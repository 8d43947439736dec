import type { X509Certificate } from 'node:crypto';
import type { HeaderList } from '../apigateway/header-list.ts';

/** Who is at the other end of the connection, as the front door saw it. */
export interface Viewer {
  address: string;
  port: number;
  /** True on the TLS listener. */
  secure: boolean;
  /** A client certificate that a trusted authority signed; an unverifiable one never gets this far. */
  certificate?: X509Certificate;
}

/** Certificate headers that CloudFront shows to its origin but not to functions. */
const ORIGIN_ONLY = new Set(['cloudfront-viewer-cert-validity', 'cloudfront-viewer-cert-pem']);

/**
 * The headers CloudFront itself adds.
 * Source: CloudFront developer guide, "Add CloudFront request headers" and "Viewer mTLS headers".
 */
export function cloudFrontHeaders(viewer: Viewer): [string, string][] {
  const address = viewer.address.includes(':') ? `[${viewer.address}]` : viewer.address;
  const headers: [string, string][] = [
    ['CloudFront-Forwarded-Proto', viewer.secure ? 'https' : 'http'],
    ['CloudFront-Viewer-Address', `${address}:${viewer.port}`],
  ];
  const { certificate } = viewer;
  if (viewer.secure) headers.push(['CloudFront-Viewer-Cert-Present', certificate === undefined ? '0' : '1']);
  if (certificate === undefined) return headers;
  return [
    ...headers,
    ['CloudFront-Viewer-Cert-Serial-Number', colonHex(certificate.serialNumber)],
    ['CloudFront-Viewer-Cert-Issuer', rfc2253(certificate.issuer)],
    ['CloudFront-Viewer-Cert-Subject', rfc2253(certificate.subject)],
    ['CloudFront-Viewer-Cert-Sha256', certificate.fingerprint256.replaceAll(':', '').toLowerCase()],
    [
      'CloudFront-Viewer-Cert-Validity',
      `NotBefore=${isoSeconds(certificate.validFrom)};NotAfter=${isoSeconds(certificate.validTo)}`,
    ],
    ['CloudFront-Viewer-Cert-Pem', encodeURIComponent(certificate.toString())],
  ];
}

/** True for a CloudFront header that functions see. */
export function isShownToFunctions(name: string): boolean {
  return !ORIGIN_ONLY.has(name.toLowerCase());
}

/** The viewer's own headers without any that only CloudFront may set, so that none of them can be forged. */
export function withoutReserved(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => !/^(cloudfront-|x-amz-cf-|x-edge-)/i.test(name));
}

/** Node gives one attribute a line, escaped as RFC 2253 asks, but in encoded order: the RFC wants the reverse. */
function rfc2253(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .reverse()
    .join(',');
}

function colonHex(serial: string): string {
  const even = serial.length % 2 === 0 ? serial : `0${serial}`;
  return (even.match(/../g) ?? []).join(':').toLowerCase();
}

function isoSeconds(text: string): string {
  return new Date(text).toISOString().replace('.000Z', 'Z');
}
