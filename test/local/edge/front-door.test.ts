import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import { get as httpsGet, type RequestOptions } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type FrontDoor, PortTakenError, startFrontDoor } from '../../../local/edge/front-door.ts';
import type { Viewer } from '../../../local/edge/viewer-headers.ts';
import { ensureLocalCa, issueStationCertificate, type LocalCa } from '../../../local/tls/certificates.ts';

const sockets = new WebSocketServer({ noServer: true });
let door: FrontDoor;
let tls: LocalCa;
let foreignCa: string;
let station: { cert: string; key: string };
let stranger: { cert: string; key: string };

function describeViewer({ secure, address, certificate }: Viewer): string {
  return JSON.stringify({ secure, address, subject: certificate?.subject });
}

function start(ports: { port?: number; tlsPort?: number } = {}): Promise<FrontDoor> {
  return startFrontDoor({
    port: 0,
    tlsPort: 0,
    ...ports,
    tls,
    onRequest: (_request, response, viewer) => response.end(describeViewer(viewer)),
    onUpgrade: (request, socket, head, viewer) =>
      sockets.handleUpgrade(request, socket, head, (accepted) => accepted.send(describeViewer(viewer))),
  });
}

beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'front-door-'));
  const foreignDir = await mkdtemp(join(tmpdir(), 'front-door-'));
  tls = await ensureLocalCa(dir);
  ({ ca: foreignCa } = await ensureLocalCa(foreignDir));
  station = await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });
  stranger = await issueStationCertificate(foreignDir, { tenant: 'demo', stationId: 'CP001' });
  door = await start();
});

afterAll(() => door.close());

async function read(get: typeof httpGet | typeof httpsGet, port: number, options: RequestOptions = {}) {
  const request = get({ port, host: '127.0.0.1', ...options });
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = await response.toArray();
  return JSON.parse(Buffer.concat(chunks).toString());
}

describe('the plain port', () => {
  it('hands requests on', async () => {
    expect(await read(httpGet, door.http.port)).toEqual({ secure: false, address: '127.0.0.1' });
  });

  it('survives a peer that breaks off in the middle of an upgrade', async () => {
    const socket = connectTcp(door.http.port, '127.0.0.1');
    socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await once(socket, 'data');

    socket.resetAndDestroy();

    expect(await read(httpGet, door.http.port)).toMatchObject({ secure: false });
  });
});

describe('the TLS port', () => {
  it('is trusted by a client that trusts the authority, under each local name', async () => {
    const { ca } = tls;

    const byAddress = await read(httpsGet, door.https.port, { ca });
    const byName = await read(httpsGet, door.https.port, { ca, servername: 'localhost' });

    expect([byAddress.secure, byName.secure]).toEqual([true, true]);
  });

  it('is not trusted by any other client', async () => {
    await expect(read(httpsGet, door.https.port)).rejects.toThrow(/certificate/);
  });

  it('hands the certificate of a station on, over WebSocket too', async () => {
    const { ca } = tls;

    const answered = await read(httpsGet, door.https.port, { ca, ...station });
    const socket = new WebSocket(`wss://127.0.0.1:${door.https.port}`, { ca, ...station });
    const [message] = await once(socket, 'message');

    expect(answered.subject).toBe('O=demo\nCN=CP001');
    expect(JSON.parse(message.toString()).subject).toBe('O=demo\nCN=CP001');
    socket.terminate();
  });

  it('ends the connection of a client whose certificate it cannot verify', async () => {
    const { ca } = tls;

    await expect(read(httpsGet, door.https.port, { ca, ...stranger })).rejects.toThrow(
      /hang up|ECONNRESET|closed/,
    );
  });

  it('takes the certificates of an authority from when it is told to, and those it took before', async () => {
    const { ca } = tls;
    const other = await start();
    const open = new WebSocket(`wss://127.0.0.1:${other.https.port}`, { ca, ...station });
    await once(open, 'message');

    other.trustClientsOf(foreignCa);

    const answered = await Promise.all(
      [station, stranger].map((client) => read(httpsGet, other.https.port, { ca, ...client })),
    );
    expect(answered.map(({ subject }) => subject)).toEqual(['O=demo\nCN=CP001', 'O=demo\nCN=CP001']);
    expect(open.readyState).toBe(WebSocket.OPEN);
    await other.close();
  });

  it('trusts no certificate that is not of an authority', () => {
    expect(() => door.trustClientsOf(stranger.cert)).toThrow(/not of an authority/);
  });

  it.each([
    ['TLSv1.1', false],
    ['TLSv1.2', true],
    ['TLSv1.3', true],
  ] as const)('speaks %s: %s', async (version, expected) => {
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' };
    const socket = connectTls({ port: door.https.port, host: '127.0.0.1', ca: tls.ca, ...versions });

    const connected = await new Promise((resolve) => {
      socket.on('secureConnect', () => resolve(true));
      socket.on('error', () => resolve(false));
    });

    socket.destroy();
    expect(connected).toBe(expected);
  });
});

describe('starting', () => {
  it('says which setting to change when a port is taken, and holds on to nothing', async () => {
    const plainTaken = start({ port: door.http.port });
    await expect(plainTaken).rejects.toThrow(PortTakenError);
    await expect(plainTaken).rejects.toMatchObject({ port: door.http.port, setting: 'PORT' });
    const free = await start();
    await free.close();

    const tlsTaken = start({ port: free.http.port, tlsPort: door.https.port });
    await expect(tlsTaken).rejects.toMatchObject({ port: door.https.port, setting: 'TLS_PORT' });

    const again = await start({ port: free.http.port });
    expect(again.http.port).toBe(free.http.port);
    await again.close();
  });

  it('ends upgraded connections when it closes', async () => {
    const other = await start();
    const socket = new WebSocket(`ws://127.0.0.1:${other.http.port}`);
    await once(socket, 'message');
    const closed = once(socket, 'close');

    await other.close();

    expect((await closed)[0]).toBe(1006);
  });
});
