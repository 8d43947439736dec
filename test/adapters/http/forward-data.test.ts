import { createHmac } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forwardData } from '#adapters/http/forward-data.ts';
import { isPublicAddress, isPublicUrl } from '#adapters/http/public-address.ts';
import { ensureLocalCa } from '../../../local/tls/certificates.ts';

interface Heard {
  readonly signature: string;
  readonly body: string;
}

let server: Server;
let ca: string;
let url: string;
let heard: Heard[] = [];
/** What the server does with the next request. */
let answer: (respond: (status: number, body: string, headers?: Record<string, string>) => void) => void;
beforeAll(async () => {
  const local = await ensureLocalCa(mkdtempSync(join(tmpdir(), 'csms-forward-')));
  ca = local.ca;
  server = createServer({ cert: local.cert, key: local.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({
        signature: String(request.headers['x-signature']),
        body: Buffer.concat(chunks).toString(),
      });
      answer((status, body, headers = {}) => response.writeHead(status, headers).end(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/data`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  heard = [];
});

const transfer = {
  transferId: 't-1',
  stationId: 'CS-1',
  direction: 'FROM_STATION',
  vendorId: 'com.acme',
  messageId: 'Price',
  data: { kWh: 3 },
  at: 1_700_000_000_000,
} as const;
const route = (to = url) =>
  ({ vendorId: 'com.acme', mode: 'FORWARD', url: to, secret: 'hush', updatedAt: 1 }) as const;
const hand = (options = {}, to = url) =>
  forwardData('tenant-1', { insideHosts: ['127.0.0.1'], ca, ...options })(route(to), transfer);

describe('data that is handed on', () => {
  test('is signed, says whose it is, and brings the answer back', async () => {
    answer = (respond) => respond(200, '{"status":"ACCEPTED","data":{"price":4.5}}');

    expect(await hand()).toEqual({ status: 'ACCEPTED', data: { price: 4.5 } });

    const [{ signature, body } = { signature: '', body: '' }] = heard;
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(hex).toBe(createHmac('sha256', 'hush').update(`${seconds}.${body}`).digest('hex'));
    const { direction: _, ...said } = transfer;
    expect(JSON.parse(body)).toEqual({ tenantId: 'tenant-1', ...said });
  });

  test.each([
    ['says no', 200, '{"status":"REJECTED"}', {}, undefined],
    ['fails', 500, 'oops', {}, 'status 500'],
    ['is no JSON', 200, 'fine', {}, 'cannot be read'],
    ['has no status of ours', 200, '{"status":"OK"}', {}, 'cannot be read'],
    ['leads elsewhere', 302, '', { location: 'https://example.com/' }, 'status 302'],
    ['is too large', 200, `"${'x'.repeat(30_000)}"`, {}, 'too large'],
  ])('is rejected when the answer %s', async (_, status, body, headers, reason) => {
    answer = (respond) => respond(status, body, headers);

    const result = await hand();

    expect(result.status).toBe('REJECTED');
    if (reason === undefined) expect(result.failure).toBeUndefined();
    else expect(result.failure).toContain(reason);
    expect(heard).toHaveLength(1);
  });

  test('is rejected when no answer comes in time', async () => {
    answer = () => {};

    expect(await hand({ timeoutMs: 200 })).toMatchObject({
      status: 'REJECTED',
      failure: expect.any(String),
    });
  });

  test('does not leave when the certificate is nobody’s', async () => {
    const { ca: _, ...trusting } = { ca, insideHosts: ['127.0.0.1'] };

    expect((await forwardData('tenant-1', trusting)(route(), transfer)).status).toBe('REJECTED');
    expect(heard).toEqual([]);
  });

  test('does not leave for an address inside, nor for a name that leads inside', async () => {
    const { port } = new URL(url);

    const results = [
      await hand({ insideHosts: [] }),
      await hand({ insideHosts: [] }, `https://localhost:${port}/`),
      // A public name of the DNS would do; this one is resolved by the machine itself.
      await hand({ insideHosts: [] }, `https://localhost.localdomain.:${port}/`),
      await hand({ insideHosts: [] }, `http://127.0.0.1:${port}/`),
    ];

    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('REJECTED'));
    expect(heard).toEqual([]);
  });
});

test.each([
  ['https://example.com/hook', true],
  ['https://93.184.216.34/hook', true],
  ['https://[2606:2800:220:1::1]/', true],
  ['http://example.com/', false],
  ['https://user:pass@example.com/', false],
  ['https://localhost/', false],
  ['https://intranet/', false],
  ['https://printer.local/', false],
  ['https://metadata.google.internal./', false],
  ['https://169.254.169.254/latest/meta-data', false],
  ['https://0x7f.1/', false],
  ['https://2130706433/', false],
  ['https://[::1]/', false],
  ['https://[::ffff:10.0.0.1]/', false],
  ['https://[64:ff9b::a00:1]/', false],
  ['https://[fd00::1]/', false],
  ['ftp://example.com/', false],
  ['nonsense', false],
])('%s leads out of this system: %s', (text, expected) => {
  expect(isPublicUrl(text)).toBe(expected);
});

test.each([
  ['8.8.8.8', true],
  ['10.1.2.3', false],
  ['172.16.0.1', false],
  ['172.32.0.1', true],
  ['100.64.0.1', false],
  ['192.168.1.1', false],
  ['127.0.0.1', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['2001:4860:4860::8888', true],
  ['2001:db8::1', false],
  ['2002:a00:1::', false],
  ['fe80::1', false],
  ['::', false],
  ['example.com', false],
])('%s is of the public internet: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
