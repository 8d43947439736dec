import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HeaderList } from './header-list.ts';

const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** True when the request is a well-formed RFC 6455 opening handshake (section 4.2.1). */
export function isHandshake(request: IncomingMessage): boolean {
  const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = request.headers;
  return (
    request.method === 'GET' &&
    upgrade?.toLowerCase() === 'websocket' &&
    typeof key === 'string' &&
    KEY.test(key) &&
    version === '13'
  );
}

/** Answers an upgrade request with an HTTP error and a JSON body, then ends the socket. */
export function refuseUpgrade(socket: Duplex, status: number, body: Record<string, unknown>): void {
  endWithResponse(socket, status, [['Content-Type', 'application/json']], JSON.stringify(body));
}

/** Writes an HTTP response on the raw socket of an upgrade request, then ends it. */
export function endWithResponse(socket: Duplex, status: number, headers: HeaderList, body: string): void {
  if (!socket.writable) return;
  const lines: HeaderList = [
    ...headers,
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'close'],
  ];
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}`,
    ...lines.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}`),
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
