import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headersOf } from '../../../local/apigateway/header-list.ts';
import { createWebSocketApi, type WebSocketApi } from '../../../local/apigateway/websocket-api.ts';
import { createDistribution } from '../../../local/edge/cloudfront.ts';
import { endUpgrade, sendEdgeResponse } from '../../../local/edge/edge-answer.ts';
import { type FrontDoor, startFrontDoor } from '../../../local/edge/front-door.ts';
import { ensureLocalCa, issueStationCertificate, type LocalCa } from '../../../local/tls/certificates.ts';
import {
  ALLOW,
  closing,
  lambdas,
  nextMessage,
  open,
  ROUTES,
  refusal,
  type SeenEvent,
} from '../apigateway/websocket-server.ts';

const REWRITE = `function handler(event) {
  var parts = event.request.uri.split('/');
  if (parts.length !== 4) return { statusCode: 404, body: '{"message":"no such path"}' };
  event.request.querystring = { tenant: { value: parts[2] }, stationId: { value: parts[3] } };
  event.request.uri = '/';
  return event.request;
}`;

const asked: SeenEvent[] = [];
let dir: string;
let tls: LocalCa;
let api: WebSocketApi;
let door: FrontDoor;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'station-'));
  tls = await ensureLocalCa(dir);
  api = createWebSocketApi({
    apiId: 'ws1',
    stageName: 'prod',
    region: 'eu-west-1',
    accountId: '000000000000',
    routes: ROUTES,
    routeSelectionExpression: '\\$default',
    invoke: lambdas({
      authorizer: (event) => {
        asked.push(event);
        return ALLOW(event);
      },
      connect: (event) => ({
        statusCode: 200,
        headers: { 'Sec-WebSocket-Protocol': event.headers?.['Sec-WebSocket-Protocol'] ?? '' },
      }),
      default: (event) => ({ statusCode: 200, body: event.body }),
      disconnect: () => ({ statusCode: 200 }),
    }),
  });
  const distribution = createDistribution({
    behaviors: [],
    defaultBehavior: {
      originId: 'ws',
      viewerRequestFunctionCode: REWRITE,
      viewerProtocolPolicy: 'allow-all',
    },
    origins: [
      {
        id: 'ws',
        target: api,
        domainName: 'ws1.execute-api.eu-west-1.amazonaws.com',
        originPath: '/prod',
        customHeaders: { 'x-origin-secret': 's' },
      },
    ],
  });
  const route = (
    request: Parameters<typeof headersOf>[0],
    viewer: Parameters<typeof distribution.route>[0]['viewer'],
  ) =>
    distribution.route({
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', 'http://viewer'),
      headers: headersOf(request),
      viewer,
    });
  door = await startFrontDoor({
    port: 0,
    tlsPort: 0,
    tls,
    onRequest: (request, response, viewer) => {
      const routed = route(request, viewer);
      if ('response' in routed) sendEdgeResponse(response, routed.response);
      else response.end('to the origin');
    },
    onUpgrade: (request, socket, head, viewer) => {
      const routed = route(request, viewer);
      if ('response' in routed) return endUpgrade(socket, routed.response);
      void routed.originTarget.handleUpgrade(request, socket, head, routed.url, routed.headers);
    },
  });
});

afterAll(async () => {
  await api.close();
  await door.close();
});

describe('a station', () => {
  it('connects with its client certificate, which the authorizer sees, and cannot forge', async () => {
    const { cert, key } = await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`wss://127.0.0.1:${door.https.port}/ocpp/demo/CP001`, ['ocpp2.0.1'], {
      ca: tls.ca,
      cert,
      key,
      headers: { 'CloudFront-Viewer-Cert-Subject': 'CN=CP999,O=demo' },
    });
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));

    socket.send('[2,"1","Heartbeat",{}]');
    const answer = await nextMessage(socket);
    socket.close();
    await closing(socket);

    const event = asked.at(-1);
    expect(answer).toBe('[2,"1","Heartbeat",{}]');
    expect(socket.protocol).toBe('ocpp2.0.1');
    expect(event?.queryStringParameters).toEqual({ tenant: 'demo', stationId: 'CP001' });
    expect(event?.headers).toMatchObject({
      Host: 'ws1.execute-api.eu-west-1.amazonaws.com',
      'CloudFront-Viewer-Cert-Subject': 'CN=CP001,O=demo',
      'CloudFront-Viewer-Cert-Present': '1',
      'x-origin-secret': 's',
    });
  });

  it('connects without TLS, its password untouched on the way', async () => {
    const authorization = `Basic ${Buffer.from('CP001:secret').toString('base64')}`;
    const url = `ws://127.0.0.1:${door.http.port}/ocpp/demo/CP001`;

    const socket = await open(url, ['ocpp1.6'], { Authorization: authorization });

    socket.terminate();
    expect(socket.protocol).toBe('ocpp1.6');
    expect(asked.at(-1)?.headers).toMatchObject({
      Authorization: authorization,
      'CloudFront-Forwarded-Proto': 'http',
    });
    expect(asked.at(-1)?.headers).not.toHaveProperty('CloudFront-Viewer-Cert-Present');
  });

  it('is refused by the edge itself when its path is none', async () => {
    const refused = await refusal(`ws://127.0.0.1:${door.http.port}/ocpp`);
    const page = await fetch(`http://127.0.0.1:${door.http.port}/ocpp`);

    expect(refused).toEqual({ status: 404, body: { message: 'no such path' } });
    expect(page.status).toBe(404);
  });
});

describe('a program', () => {
  it('trusts the front door when it is given the CA file', async () => {
    const script = `const response = await fetch(process.argv[1]); process.stdout.write(await response.text())`;
    const url = `https://localhost:${door.https.port}/ocpp/demo/x`;
    const run = (env: NodeJS.ProcessEnv) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, url], {
        env: { ...process.env, ...env },
      });

    const trusting = await run({ NODE_EXTRA_CA_CERTS: tls.caFile });

    expect(trusting.stdout).toBe('to the origin');
    await expect(run({ NODE_EXTRA_CA_CERTS: '' })).rejects.toThrow();
  });
});
