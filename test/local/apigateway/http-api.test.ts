import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpEvent, type HttpHandler, listen, type RunningServer, runHttpApi } from './http-server.ts';

const running: RunningServer[] = [];

async function start(...parameters: Parameters<typeof runHttpApi>): Promise<string> {
  const server = await runHttpApi(...parameters);
  running.push(server);
  return server.url;
}

const mirror: HttpHandler = (event) => event;
const one = (routeKey: string) => ({ routes: [{ routeKey, functionArn: 'f' }] });

async function jsonOf(response: Response): Promise<HttpEvent> {
  return (await response.json()) as HttpEvent;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

describe('the event', () => {
  it('has payload format 2.0', async () => {
    const url = await start({ f: mirror }, one('POST /stations/{id}/logs/{proxy+}'));

    const response = await fetch(`${url}/stations/CP%201/logs/a/b?x=1&x=2&y=%C3%A9`, {
      method: 'POST',
      headers: { 'X-One': '1', Cookie: 'a=1; b=2', 'Content-Type': 'application/json', 'User-Agent': 'me' },
      body: '{"a":1}',
    });

    const event = await jsonOf(response);
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /stations/{id}/logs/{proxy+}',
      rawPath: '/stations/CP%201/logs/a/b',
      rawQueryString: 'x=1&x=2&y=%C3%A9',
      cookies: ['a=1', 'b=2'],
      headers: { 'x-one': '1' },
      queryStringParameters: { x: '1,2', y: 'é' },
      pathParameters: { id: 'CP 1', proxy: 'a/b' },
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        domainName: 'h1.execute-api.eu-west-1.amazonaws.com',
        domainPrefix: 'h1',
        stage: '$default',
        http: { method: 'POST', path: '/stations/CP%201/logs/a/b', protocol: 'HTTP/1.1', userAgent: 'me' },
      },
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.requestContext).not.toHaveProperty('authorizer');
  });

  it('leaves out what the request does not have', async () => {
    const url = await start({ f: mirror }, one('GET /'));

    const event = await jsonOf(await fetch(url));

    for (const absent of ['body', 'cookies', 'queryStringParameters', 'pathParameters']) {
      expect(event).not.toHaveProperty(absent);
    }
  });

  it('carries bodies that are no text, and forms, as base64', async () => {
    const url = await start({ f: mirror }, one('$default'));
    const binary = Buffer.from([0, 255, 1]);

    const image = { method: 'POST', headers: { 'content-type': 'image/png' }, body: binary };
    const bytes = await jsonOf(await fetch(url, image));
    const form = await jsonOf(await fetch(url, { method: 'POST', body: new URLSearchParams({ a: '1' }) }));

    expect(bytes).toMatchObject({ isBase64Encoded: true, body: binary.toString('base64') });
    expect(form).toMatchObject({ isBase64Encoded: true, body: Buffer.from('a=1').toString('base64') });
  });

  it('has the stage in its raw path, and routes without it, on a named stage', async () => {
    const url = await start({ f: mirror }, { ...one('GET /x'), stageName: 'v1' });

    const event = await jsonOf(await fetch(`${url}/v1/x`));
    const outside = await fetch(`${url}/x`);

    expect(event.rawPath).toBe('/v1/x');
    expect(outside.status).toBe(404);
  });
});

describe('routes', () => {
  it.each([
    ['GET', '/a/b', 'GET /a/b'],
    ['POST', '/a/b', 'ANY /a/b'],
    ['GET', '/a/c', 'GET /a/{id}'],
    ['GET', '/a/c/d', 'GET /a/{proxy+}'],
    ['DELETE', '/a/c', 'ANY /{proxy+}'],
    ['GET', '/a/', 'ANY /{proxy+}'],
    ['GET', '/', '$default'],
  ])('give %s %s to the most specific one', async (method, path, expected) => {
    const keys = ['$default', 'ANY /{proxy+}', 'GET /a/{proxy+}', 'GET /a/{id}', 'ANY /a/b', 'GET /a/b'];
    const url = await start(
      { f: mirror },
      { routes: keys.map((routeKey) => ({ routeKey, functionArn: 'f' })) },
    );

    const event = await jsonOf(await fetch(url + path, { method }));

    expect(event.routeKey).toBe(expected);
  });

  it('answer 404 to what none of them takes', async () => {
    const url = await start({ f: mirror }, one('GET /a'));

    const missing = await fetch(`${url}/b`);
    const wrongMethod = await fetch(`${url}/a`, { method: 'POST' });

    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ message: 'Not Found' });
    expect(wrongMethod.status).toBe(404);
  });
});

describe('the response', () => {
  it('is what the function answers', async () => {
    const answer = {
      statusCode: 201,
      headers: { Location: '/x/1', 'X-Count': 3, 'Content-Type': 'application/problem+json' },
      cookies: ['a=1; Path=/', 'b=2'],
      body: '{"ok":true}',
    };
    const url = await start({ f: () => answer }, one('$default'));

    const response = await fetch(url);

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/x/1');
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(response.headers.get('apigw-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).toBe('{"ok":true}');
  });

  it('is decoded when the function says base64', async () => {
    const body = Buffer.from([0, 1, 254]);
    const answer = { statusCode: 200, isBase64Encoded: true, body: body.toString('base64') };
    const url = await start({ f: () => answer }, one('$default'));

    const response = await fetch(url);

    expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
  });

  it.each([
    [{ hello: 'world' }, '{"hello":"world"}'],
    ['plain', 'plain'],
    [[1, 2], '[1,2]'],
    [null, 'null'],
  ])('is a 200 with the JSON of an answer without a status code: %j', async (answer, expected) => {
    const url = await start({ f: () => answer }, one('$default'));

    const response = await fetch(url);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(expected);
  });

  it.each<[string, HttpHandler]>([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['answers a body that is no string', () => ({ statusCode: 200, body: { a: 1 } })],
    ['answers a status that is none', () => ({ statusCode: 'ok' })],
  ])('is a 500 when the function %s', async (_case, handler) => {
    const url = await start({ f: handler }, one('$default'));

    const response = await fetch(url);

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  });

  it('is a 503 when the function does not answer in time', async () => {
    const handlers = { f: () => new Promise(() => undefined) };
    const url = await start(handlers, { ...one('$default'), integrationTimeoutMs: 30 });

    const response = await fetch(url);

    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: 'Service Unavailable' });
  });

  it('has no body for a 204', async () => {
    const url = await start({ f: () => ({ statusCode: 204 }) }, one('$default'));

    const response = await fetch(url);

    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
  });
});

describe('the body limit', () => {
  it('lets 10 MB pass', async () => {
    const length: HttpHandler = (event) => ({ statusCode: 200, body: String(event.body?.length) });
    const url = await start({ f: length }, one('$default'));
    const headers = { 'content-type': 'text/plain' };

    const response = await fetch(url, { method: 'POST', headers, body: Buffer.alloc(10 * 1024 * 1024, 97) });

    expect(await response.text()).toBe(String(10 * 1024 * 1024));
  });

  it('answers 413 to a longer body, even one of unknown length', async () => {
    const url = await start({ f: mirror }, one('$default'));
    const { hostname, port } = new URL(url);
    const socket = connectTcp(Number(port), hostname);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = Buffer.alloc(1024 * 1024, 97);
    socket.on('error', () => undefined);
    const answered = once(socket, 'data');

    for (let index = 0; index < 11; index++) {
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n');
    }

    const [head] = await answered;
    expect(head.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });
});

describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://console.example'],
    allowMethods: ['GET', 'PUT'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['x-total'],
    allowCredentials: true,
    maxAgeSeconds: 60,
  };
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT' },
  });

  it('answers a preflight without a route and without the function', async () => {
    const url = await start({}, { routes: [], cors });

    const response = await fetch(url, preflight('https://console.example'));

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://console.example',
      'access-control-allow-methods': 'GET,PUT',
      'access-control-allow-headers': 'authorization',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '60',
    });
  });

  it('gives another origin no headers', async () => {
    const url = await start({ f: mirror }, { ...one('$default'), cors });

    const asked = await fetch(url, preflight('https://evil.example'));
    const called = await fetch(url, { headers: { origin: 'https://evil.example' } });

    expect(asked.headers.has('access-control-allow-origin')).toBe(false);
    expect(called.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('replaces the headers of the function by the configured ones', async () => {
    const answer = { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' };
    const url = await start({ f: () => answer }, { ...one('$default'), cors });

    const response = await fetch(url, { headers: { origin: 'https://console.example' } });

    expect(response.headers.get('access-control-allow-origin')).toBe('https://console.example');
    expect(response.headers.get('access-control-expose-headers')).toBe('x-total');
  });

  it('without a configuration leaves the headers to the function', async () => {
    const answer = { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' };
    const url = await start({ f: () => answer }, one('$default'));

    const response = await fetch(url, preflight('https://any.example'));

    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('a Lambda authorizer', () => {
  const routes = (overrides: { simpleResponses?: boolean; ttlSeconds?: number } = {}) => ({
    routes: [
      {
        routeKey: 'GET /ocpi/{proxy+}',
        functionArn: 'f',
        authorizer: {
          type: 'REQUEST' as const,
          functionArn: 'authorizer',
          identitySources: ['$request.header.Authorization'],
          simpleResponses: true,
          ...overrides,
        },
      },
    ],
  });
  const call = (url: string, token?: string) =>
    fetch(`${url}/ocpi/2.2.1`, { headers: token === undefined ? {} : { authorization: token } });

  it('gives its context to the function', async () => {
    const seen: HttpEvent[] = [];
    const authorizer: HttpHandler = (event) => {
      seen.push(event);
      return { isAuthorized: true, context: { partner: 'p1', count: 2, nested: { a: true } } };
    };
    const url = await start({ f: mirror, authorizer }, routes());

    const event = await jsonOf(await call(url, 'Token abc'));

    expect(event.requestContext.authorizer).toEqual({
      lambda: { partner: 'p1', count: 2, nested: { a: true } },
    });
    expect(seen).toMatchObject([
      {
        version: '2.0',
        type: 'REQUEST',
        routeArn: 'arn:aws:execute-api:eu-west-1:000000000000:h1/$default/GET/ocpi/2.2.1',
        identitySource: ['Token abc'],
        routeKey: 'GET /ocpi/{proxy+}',
        pathParameters: { proxy: '2.2.1' },
      },
    ]);
  });

  it.each<[string, string | undefined, HttpHandler, number, string]>([
    ['has no identity source', undefined, () => ({ isAuthorized: true }), 401, 'Unauthorized'],
    ['refuses', 'Token x', () => ({ isAuthorized: false }), 403, 'Forbidden'],
    ['answers nonsense', 'Token x', () => ({ isAuthorized: 'yes' }), 500, 'Internal Server Error'],
    [
      'throws',
      'Token x',
      () => {
        throw new Error('boom');
      },
      500,
      'Internal Server Error',
    ],
  ])('that %s keeps the function from running', async (_case, token, authorizer, status, message) => {
    const calls: unknown[] = [];
    const url = await start({ f: (event) => calls.push(event), authorizer }, routes());

    const response = await call(url, token);

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message });
    expect(calls).toEqual([]);
  });

  it('may answer an IAM policy', async () => {
    const authorizer: HttpHandler = (event) => ({
      principalId: 'p',
      policyDocument: {
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: event.headers.authorization === 'Token good' ? 'Allow' : 'Deny',
            Resource: 'arn:aws:execute-api:eu-west-1:*:h1/*/GET/ocpi/*',
          },
        ],
      },
      context: { partner: 'p1' },
    });
    const url = await start({ f: mirror, authorizer }, routes({ simpleResponses: false }));

    const good = await call(url, 'Token good');
    const bad = await call(url, 'Token bad');

    expect((await jsonOf(good)).requestContext.authorizer?.lambda).toEqual({ partner: 'p1' });
    expect(bad.status).toBe(403);
  });

  it('is asked once for the same identity within its TTL', async () => {
    let asked = 0;
    const authorizer = () => {
      asked += 1;
      return { isAuthorized: true };
    };
    const url = await start({ f: mirror, authorizer }, routes({ ttlSeconds: 300 }));

    await call(url, 'Token a');
    await call(url, 'Token a');
    await call(url, 'Token b');

    expect(asked).toBe(2);
  });
});

describe('handing on', () => {
  it('takes the URL and the headers of the edge', async () => {
    const { createHttpApi } = await import('../../../local/apigateway/http-api.ts');
    const api = createHttpApi({
      apiId: 'h1',
      stageName: '$default',
      region: 'eu-west-1',
      accountId: '000000000000',
      invoke: async (_arn, event) => ({ payload: event }),
      ...one('$default'),
    });
    const server = await listen((request, response) => {
      void api.handle(request, response, new URL('http://origin/rewritten?a=1'), [
        ['X-Edge', '1'],
        ['x-edge', '2'],
      ]);
    });
    running.push(server);

    const event = await jsonOf(await fetch(`${server.url}/original`));

    expect(event).toMatchObject({
      rawPath: '/rewritten',
      rawQueryString: 'a=1',
      headers: { 'x-edge': '1,2' },
    });
  });
});
