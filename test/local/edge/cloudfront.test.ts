import { X509Certificate } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HeaderList } from '../../../local/apigateway/header-list.ts';
import {
  createDistribution,
  type DistributionConfig,
  type EdgeRequest,
  type EdgeResponse,
} from '../../../local/edge/cloudfront.ts';
import { ensureLocalCa, issueStationCertificate } from '../../../local/tls/certificates.ts';

const STATION_FUNCTION = `
  function handler(event) {
    var request = event.request;
    var segments = request.uri.split('/').filter(function (part) { return part !== ''; });
    var stationId = segments.pop();
    if (segments.length !== 2) return { statusCode: 404, statusDescription: 'Not Found' };
    request.querystring = { stationId: { value: stationId }, tenant: { value: segments[1] } };
    request.uri = '/';
    return request;
  }
`;

type Target = { api: string };

const logged: string[] = [];

function distribution(overrides: Partial<DistributionConfig<Target>> = {}) {
  return createDistribution<Target>({
    log: (message) => logged.push(message),
    behaviors: [
      {
        pathPattern: '/ocpp/*',
        originId: 'stations',
        viewerRequestFunctionCode: STATION_FUNCTION,
        viewerProtocolPolicy: 'allow-all',
      },
      {
        pathPattern: 'api/v?/*',
        originId: 'admin',
        allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
        viewerProtocolPolicy: 'https-only',
      },
    ],
    defaultBehavior: { originId: 'admin', viewerProtocolPolicy: 'redirect-to-https' },
    origins: [
      {
        id: 'stations',
        target: { api: 'ws' },
        domainName: 'ws.example',
        originPath: '/prod',
        customHeaders: { 'X-Origin-Secret': 's3cret' },
      },
      {
        id: 'admin',
        target: { api: 'http' },
        domainName: 'admin.example',
        originPath: '',
        customHeaders: {},
      },
    ],
    ...overrides,
  });
}

function request(path: string, overrides: Partial<EdgeRequest> = {}): EdgeRequest {
  return {
    method: 'GET',
    url: new URL(path, 'http://viewer'),
    headers: [],
    viewer: { address: '203.0.113.9', port: 4711, secure: true },
    ...overrides,
  };
}

function routed(result: ReturnType<ReturnType<typeof distribution>['route']>) {
  if ('response' in result) throw new Error(`answered ${result.response.status}`);
  return result;
}

function answered(result: ReturnType<ReturnType<typeof distribution>['route']>): EdgeResponse {
  if (!('response' in result)) throw new Error(`went to ${result.url}`);
  return result.response;
}

function values(headers: HeaderList, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

function withFunction(code: string) {
  return distribution({
    behaviors: [],
    defaultBehavior: {
      originId: 'admin',
      viewerRequestFunctionCode: code,
      viewerProtocolPolicy: 'allow-all',
    },
  });
}

describe('a distribution', () => {
  it('lets the function rewrite the request and sends it to the origin under its path', () => {
    const result = routed(distribution().route(request('/ocpp/demo/CP%2F1?stationId=forged&x=1')));

    expect(result.originTarget).toEqual({ api: 'ws' });
    expect(result.url.href).toBe('https://ws.example/prod/?stationId=CP%2F1&tenant=demo');
  });

  it('answers with what the function answers', () => {
    const response = answered(distribution().route(request('/ocpp/demo')));

    expect(response.status).toBe(404);
  });

  it('chooses the first behaviour whose pattern fits, else the default', () => {
    const admin = routed(distribution().route(request('/api/v1/x?a=1&a=2')));
    const other = routed(distribution().route(request('/api/v10/x')));

    expect(admin.url.href).toBe('https://admin.example/api/v1/x?a=1&a=2');
    expect(other.url.pathname).toBe('/api/v10/x');
  });

  it('keeps viewers without TLS to the protocol policy of the behaviour', () => {
    const plain = { viewer: { address: '203.0.113.9', port: 1, secure: false } };
    const headers: HeaderList = [['Host', 'csms.example']];

    const refused = answered(distribution().route(request('/api/v1/x', plain)));
    const redirected = answered(distribution().route(request('/x?a=1', { ...plain, headers })));

    expect(refused.status).toBe(403);
    expect(redirected.status).toBe(301);
    expect(redirected.headers).toEqual([['location', 'https://csms.example/x?a=1']]);
    expect(routed(distribution().route(request('/ocpp/demo/CP1', plain))).url.pathname).toBe('/prod/');
  });

  it('refuses methods that the behaviour does not allow', () => {
    const refused = answered(distribution().route(request('/', { method: 'POST' })));
    const allowed = routed(distribution().route(request('/api/v1/x', { method: 'POST' })));

    expect(refused.status).toBe(403);
    expect(allowed.originTarget).toEqual({ api: 'http' });
  });

  it('refuses a configuration with an unknown origin', () => {
    const defaultBehavior = { originId: 'nowhere', viewerProtocolPolicy: 'allow-all' as const };

    expect(() => distribution({ defaultBehavior })).toThrow(/no known origin/);
  });
});

describe('headers to the origin', () => {
  it('are all of the viewer but Host, plus those of the origin and of CloudFront', () => {
    const headers: HeaderList = [
      ['Host', 'viewer.example'],
      ['Authorization', 'Basic eDp5'],
      ['Sec-WebSocket-Protocol', 'ocpp1.6'],
      ['Cookie', 'a=1; b=2'],
      ['X-Twice', '1'],
      ['X-Twice', '2'],
      ['X-Forwarded-For', '198.51.100.1'],
      ['X-Origin-Secret', 'guess'],
    ];

    const sent = routed(distribution().route(request('/ocpp/demo/CP1', { headers }))).headers;

    expect(values(sent, 'host')).toEqual(['ws.example']);
    expect(sent).toContainEqual(['Authorization', 'Basic eDp5']);
    expect(sent).toContainEqual(['Sec-WebSocket-Protocol', 'ocpp1.6']);
    expect(values(sent, 'cookie')).toEqual(['a=1; b=2']);
    expect(values(sent, 'x-twice')).toEqual(['1', '2']);
    expect(values(sent, 'x-forwarded-for')).toEqual(['198.51.100.1, 203.0.113.9']);
    expect(values(sent, 'x-origin-secret')).toEqual(['s3cret']);
    expect(values(sent, 'cloudfront-forwarded-proto')).toEqual(['https']);
    expect(values(sent, 'cloudfront-viewer-address')).toEqual(['203.0.113.9:4711']);
    expect(values(sent, 'cloudfront-viewer-cert-present')).toEqual(['0']);
  });

  it.each(['/ocpp/demo/CP1', '/'])('on %s never carry a CloudFront header of the viewer', (path) => {
    const headers: HeaderList = [
      ['CloudFront-Viewer-Cert-Present', '1'],
      ['cloudfront-viewer-cert-subject', 'CN=CP1,O=demo'],
      ['CLOUDFRONT-VIEWER-CERT-PEM', 'x'],
      ['X-Amz-Cf-Id', 'forged'],
    ];

    const sent = routed(distribution().route(request(path, { headers }))).headers;

    expect(values(sent, 'cloudfront-viewer-cert-present')).toEqual(['0']);
    expect(values(sent, 'cloudfront-viewer-cert-subject')).toEqual([]);
    expect(values(sent, 'cloudfront-viewer-cert-pem')).toEqual([]);
    expect(values(sent, 'x-amz-cf-id')).not.toContain('forged');
  });

  it('describe the client certificate, whose PEM the function does not see', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'edge-'));
    await ensureLocalCa(dir);
    const station = { tenant: 'demo, "inc"', stationId: 'CP+001' };
    const { cert } = await issueStationCertificate(dir, station);
    const certificate = new X509Certificate(cert);
    const code = `function handler(event) {
      var seen = Object.keys(event.request.headers).filter(function (n) { return n.indexOf('cloudfront-viewer-cert') === 0; });
      event.request.headers['x-seen'] = { value: seen.sort().join(' ') };
      return event.request;
    }`;
    const viewer = { address: '::1', port: 1, secure: true, certificate };

    const sent = routed(withFunction(code).route(request('/', { viewer }))).headers;

    const header = (name: string) => values(sent, `cloudfront-viewer-${name}`);
    expect(header('address')).toEqual(['[::1]:1']);
    expect(header('cert-present')).toEqual(['1']);
    expect(header('cert-subject')).toEqual(['CN=CP\\+001,O=demo\\, \\"inc\\"']);
    expect(header('cert-issuer')).toEqual(['CN=Open-CSMS local authority,O=Open-CSMS local']);
    expect(header('cert-serial-number')[0]).toMatch(/^([0-9a-f]{2}:)+[0-9a-f]{2}$/);
    expect(header('cert-sha256')[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(header('cert-validity')[0]).toMatch(/^NotBefore=\S{19}Z;NotAfter=\S{19}Z$/);
    expect(new X509Certificate(decodeURIComponent(header('cert-pem')[0] ?? '')).raw).toEqual(certificate.raw);
    expect(values(sent, 'x-seen')[0]?.split(' ')).toEqual([
      'cloudfront-viewer-cert-issuer',
      'cloudfront-viewer-cert-present',
      'cloudfront-viewer-cert-serial-number',
      'cloudfront-viewer-cert-sha256',
      'cloudfront-viewer-cert-subject',
    ]);
  });
});

describe('a function', () => {
  it('sees the event of a viewer request', () => {
    const code = `function handler(event) {
      event.request.headers['x-event'] = { value: JSON.stringify(event) };
      return event.request;
    }`;
    const headers: HeaderList = [
      ['Host', 'h'],
      ['Upgrade', 'websocket'],
      ['X-Two', 'a'],
      ['X-Two', 'b'],
      ['Cookie', 'c=1; d=2'],
    ];

    const sent = routed(withFunction(code).route(request('/a%20b?x=%31&y=1&y=2&z', { headers }))).headers;

    const event = JSON.parse(values(sent, 'x-event')[0] ?? '');
    expect(event).toMatchObject({
      version: '1.0',
      context: { eventType: 'viewer-request' },
      viewer: { ip: '203.0.113.9' },
      request: {
        method: 'GET',
        uri: '/a%20b',
        querystring: {
          x: { value: '%31' },
          y: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
          z: { value: '' },
        },
        headers: { host: { value: 'h' }, 'x-two': { multiValue: [{ value: 'a' }, { value: 'b' }] } },
        cookies: { c: { value: '1' }, d: { value: '2' } },
      },
    });
    expect(event.request.headers).not.toHaveProperty('upgrade');
    expect(event.request.headers).not.toHaveProperty('cookie');
  });

  it('may be async and answer the viewer itself', () => {
    const code = `async function handler(event) {
      const location = await Promise.resolve('/elsewhere');
      return { statusCode: 302, headers: { location: { value: location } }, body: { encoding: 'text', data: 'moved' } };
    }`;

    const response = answered(withFunction(code).route(request('/')));

    expect(response).toEqual({ status: 302, headers: [['location', '/elsewhere']], body: 'moved' });
  });

  it.each([
    ['process', 'undefined'],
    ['setTimeout', 'undefined'],
    ['fetch', 'undefined'],
    ['globalThis.constructor.constructor("return 1")', 'error'],
    ['eval("1")', 'error'],
    ['require("fs")', 'error'],
  ])('has no %s', (expression, expected) => {
    const code = `function handler(event) {
      var found;
      try { found = typeof (${expression}); } catch (e) { found = 'error'; }
      event.request.headers['x-found'] = { value: found };
      return event.request;
    }`;

    const sent = routed(withFunction(code).route(request('/'))).headers;

    expect(values(sent, 'x-found')).toEqual([expected]);
  });

  it.each([
    ['throws', 'throw new Error("x")', 503],
    ['rejects', 'return Promise.reject(new Error("x"))', 503],
    ['never ends', 'while (true) {}', 503],
    ['never settles', 'return new Promise(function () {})', 503],
    ['returns nothing', 'return undefined', 502],
    ['changes the method', 'event.request.method = "POST"; return event.request', 502],
    ['makes a relative path', 'event.request.uri = "x"; return event.request', 502],
    ['changes Host', 'event.request.headers.host = { value: "x" }; return event.request', 502],
    ['adds Connection', 'event.request.headers.connection = { value: "x" }; return event.request', 502],
    ['adds an upper-case header', 'event.request.headers["X-A"] = { value: "x" }; return event.request', 502],
    ['adds a header without a value', 'event.request.headers.a = "x"; return event.request', 502],
  ])('that %s is answered as CloudFront does', (_case, body, status) => {
    const code = `function handler(event) { ${body}; }`;

    const response = answered(withFunction(code).route(request('/')));

    expect(response.status).toBe(status);
  });

  it('logs through the distribution', () => {
    withFunction('function handler(e) { console.log("uri", e.request.uri); return e.request; }').route(
      request('/x'),
    );

    expect(logged.at(-1)).toBe('uri /x');
  });

  it('works again after it ran out of time', () => {
    const code =
      'function handler(event) { if (event.request.uri === "/slow") while (true) {} return event.request; }';
    const edge = withFunction(code);

    const slow = answered(edge.route(request('/slow')));
    const quick = routed(edge.route(request('/quick')));

    expect(slow.status).toBe(503);
    expect(quick.url.pathname).toBe('/quick');
  });

  it('is refused when it is too long or imports', () => {
    expect(() => withFunction(`function handler(){}//${'x'.repeat(10_240)}`)).toThrow(/10 KB/);
    expect(() => withFunction("import cf from 'cloudfront';\nfunction handler(){}")).toThrow(/import/);
  });
});
