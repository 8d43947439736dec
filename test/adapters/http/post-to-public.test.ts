import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PublicPost, postToPublic } from '#adapters/http/post-to-public.ts';

let server: Server;
let port: number;
let heard: { url?: string | undefined; body: string }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ url: request.url, body: Buffer.concat(chunks).toString() });
      if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
      else if (request.url === '/large') response.end('x'.repeat(101));
      else if (request.url !== '/silent') response.end('fine');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  heard = [];
});

const post = (url: string, options: Partial<PublicPost> = {}) =>
  postToPublic({
    ...{ url, headers: { 'content-type': 'text/plain' }, body: Buffer.from('x'), insideHosts: [] },
    ...{ timeoutMs: 2_000, mostBytes: 100, mayBePlain: true, ...options },
  });
const postInside = (path: string, options: Partial<PublicPost> = {}) =>
  post(`http://127.0.0.1:${port}${path}`, { insideHosts: ['127.0.0.1'], ...options });

describe('what lies inside the network is not reached', () => {
  test.each([
    'http://127.0.0.1:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.1.2.3/',
    'http://2130706433:PORT/',
    'http://localhost:PORT/',
    'http://localhost.localdomain:PORT/',
    'http://user:password@example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'no address',
  ])('by way of %s', async (url) => {
    await expect(post(url.replace('PORT', String(port)))).rejects.toThrow();
    expect(heard).toEqual([]);
  });

  test('unless the stage says that it may, by that very name', async () => {
    const answer = await postInside('/');

    expect({ ...answer, body: answer.body.toString() }).toEqual({ status: 200, body: 'fine' });
    expect(heard).toEqual([{ url: '/', body: 'x' }]);
    await expect(post(`http://localhost:${port}/`, { insideHosts: ['127.0.0.1'] })).rejects.toThrow();
  });
});

test('nothing leaves without TLS where nobody asked for that', async () => {
  await expect(postInside('/', { mayBePlain: false })).rejects.toThrow('none that anybody can reach');
  expect(heard).toEqual([]);
});

test('a redirect is an answer, and not followed', async () => {
  expect(await postInside('/elsewhere')).toMatchObject({ status: 302 });
  expect(heard).toHaveLength(1);
});

test('an answer that is too large, or does not come, is none', async () => {
  await expect(postInside('/large')).rejects.toThrow('too large');
  await expect(postInside('/silent', { timeoutMs: 100 })).rejects.toThrow();
});
