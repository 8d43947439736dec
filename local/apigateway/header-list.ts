import type { IncomingMessage } from 'node:http';

/** Headers in wire order with their original case; a repeated name appears once per value. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The headers of a request as they came over the wire. */
export function headersOf(request: IncomingMessage): HeaderList {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    pairs.push([request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}

/** The last value of a header, whatever its case. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.findLast(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** The request peer's address; an IPv4 address in IPv6 clothes is given as IPv4. */
export function sourceIpOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}
