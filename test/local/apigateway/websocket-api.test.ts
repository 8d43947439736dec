import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  ALLOW,
  closing,
  type Handler,
  nextMessage,
  open,
  ROUTES,
  type RunningApi,
  refusal,
  runApi,
  type SeenEvent,
} from './websocket-server.ts';

const running: RunningApi[] = [];
const echo: Handler = (event) => ({ statusCode: 200, body: event.body });

async function start(...parameters: Parameters<typeof runApi>): Promise<RunningApi> {
  const started = await runApi(...parameters);
  running.push(started);
  return started;
}

/** A handler that hands each event to whoever waits for it. */
function recorder(answer: Handler = () => ({ statusCode: 200 })) {
  const events: SeenEvent[] = [];
  const first = Promise.withResolvers<SeenEvent>();
  const handler: Handler = (event) => {
    events.push(event);
    first.resolve(event);
    return answer(event);
  };
  return { handler, events, first: first.promise };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

describe('the authorizer of $connect', () => {
  it('answers 401 to a missing or empty identity source without being invoked', async () => {
    const authorizer = recorder(ALLOW);
    const { url } = await start({ authorizer: authorizer.handler });

    const missing = await refusal(url.replace('?stationId=CP1', ''));
    const empty = await refusal(url.replace('CP1', ''));

    expect(missing).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    expect(empty.status).toBe(401);
    expect(authorizer.events).toEqual([]);
  });

  const deny = { Action: '*', Effect: 'Deny', Resource: '*' };
  it.each<[string, Handler, number]>([
    [
      'throws Unauthorized',
      () => {
        throw new Error('Unauthorized');
      },
      401,
    ],
    [
      'throws anything else',
      () => {
        throw new Error('boom');
      },
      500,
    ],
    ['denies', () => ({ principalId: 'x', policyDocument: { Statement: [deny] } }), 403],
    [
      'allows another resource',
      () => ({
        principalId: 'x',
        policyDocument: {
          Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: 'arn:other' }],
        },
      }),
      403,
    ],
    ['answers nothing', () => null, 500],
    ['answers no policy', () => ({ principalId: 'x' }), 500],
    ['answers no principal', (event) => ({ ...(ALLOW(event) as object), principalId: undefined }), 500],
    ['nests its context', (event) => ({ ...(ALLOW(event) as object), context: { a: { b: 1 } } }), 500],
    [
      'answers over 8 KB',
      (event) => ({ ...(ALLOW(event) as object), context: { a: 'x'.repeat(9000) } }),
      500,
    ],
  ])('that %s makes the client see its status', async (_case, authorizer, status) => {
    const connect = recorder();
    const { url } = await start({ authorizer, connect: connect.handler });

    const refused = await refusal(url);

    expect(refused.status).toBe(status);
    expect(connect.events).toEqual([]);
  });

  it('is asked with the whole upgrade request and the ARN of the route', async () => {
    const authorizer = recorder(ALLOW);
    const { url } = await start({ authorizer: authorizer.handler });

    await open(`${url}&tenant=a&tenant=b`, [], { 'X-Twice': ['1', '2'], Authorization: 'Basic eDp5' });

    const event = await authorizer.first;
    expect(event.type).toBe('REQUEST');
    expect(event.methodArn).toBe('arn:aws:execute-api:eu-west-1:000000000000:a1b2c3/prod/$connect');
    expect(event.queryStringParameters).toEqual({ stationId: 'CP1', tenant: 'b' });
    expect(event.multiValueQueryStringParameters).toEqual({ stationId: ['CP1'], tenant: ['a', 'b'] });
    expect(event.headers?.Authorization).toBe('Basic eDp5');
    expect(event.multiValueHeaders?.['X-Twice']).toEqual(['1', '2']);
    expect(event.requestContext.routeKey).toBe('$connect');
  });

  it('gives its context as strings to every later event of the connection', async () => {
    const connect = recorder();
    const message = recorder(echo);
    const disconnect = recorder();
    const handlers = { connect: connect.handler, default: message.handler, disconnect: disconnect.handler };
    const { url } = await start(handlers);

    const socket = await open(url);
    socket.send('hello');
    await nextMessage(socket);
    socket.close();

    const expected = { tenantId: 't1', level: '3', enabled: 'true', principalId: 'station' };
    for (const event of await Promise.all([connect.first, message.first, disconnect.first])) {
      expect(event.requestContext.authorizer).toMatchObject(expected);
    }
  });
});

describe('the upgrade', () => {
  it('is refused with 403 for a path segment after the stage and for another stage', async () => {
    const { url } = await start({});

    const deeper = await refusal(url.replace('/prod', '/prod/CP1'));
    const elsewhere = await refusal(url.replace('/prod', '/dev'));

    expect(deeper).toEqual({ status: 403, body: { message: 'Forbidden' } });
    expect(elsewhere.status).toBe(403);
  });

  it('is refused with the status the $connect function answers', async () => {
    const { url } = await start({ connect: () => ({ statusCode: 409, body: 'no' }) });

    const refused = await refusal(url);

    expect(refused.status).toBe(409);
  });

  it.each<[string, Handler, number]>([
    [
      'fails',
      () => {
        throw new Error('boom');
      },
      502,
    ],
    ['answers nothing', () => undefined, 502],
    ['never answers', () => new Promise(() => undefined), 504],
  ])('is refused when the $connect function %s', async (_case, connect, status) => {
    const { url } = await start({ connect }, { times: { integrationTimeoutMs: 50 } });

    const refused = await refusal(url);

    expect(refused.status).toBe(status);
  });

  it('echoes the subprotocol the $connect function chose, whatever the case of the header', async () => {
    const connect = () => ({ statusCode: 200, headers: { 'sec-websocket-PROTOCOL': 'ocpp1.6' } });
    const { url } = await start({ connect });

    const socket = await open(url, ['ocpp2.0.1', 'ocpp1.6']);

    expect(socket.protocol).toBe('ocpp1.6');
  });

  it('names no subprotocol when the $connect function names none', async () => {
    const { url } = await start({});
    const socket = new WebSocket(url, ['ocpp1.6']);

    const [error] = await once(socket, 'error');

    expect(error.message).toMatch(/no subprotocol/);
  });

  it('is refused with 400 when it is no WebSocket handshake', async () => {
    const connect = recorder();
    const { url } = await start({ connect: connect.handler });
    const { hostname, port } = new URL(url);
    const socket = connectTcp(Number(port), hostname);

    socket.write(
      'GET /prod?stationId=CP1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const [answer] = await once(socket, 'data');

    expect(answer.toString()).toMatch(/^HTTP\/1.1 400 /);
    expect(connect.events).toEqual([]);
  });

  it('survives a client that leaves while $connect runs, and tells $disconnect', async () => {
    const gate = Promise.withResolvers<void>();
    const connect = recorder(async () => {
      await gate.promise;
      return { statusCode: 200 };
    });
    const disconnect = recorder();
    const { url, api } = await start({ connect: connect.handler, disconnect: disconnect.handler });
    const socket = new WebSocket(url);
    socket.on('error', () => undefined);
    const left = new Promise((resolve) => socket.on('close', resolve));
    const { connectionId } = (await connect.first).requestContext;

    socket.terminate();
    await left;
    gate.resolve();

    const event = await disconnect.first;
    expect(event.requestContext).toMatchObject({ connectionId, disconnectStatusCode: 1006 });
    expect(api.get(connectionId)).toBeUndefined();
  });
});

describe('events', () => {
  it('have the shape of the WebSocket proxy integration', async () => {
    const connect = recorder();
    const message = recorder(echo);
    const disconnect = recorder();
    const handlers = { connect: connect.handler, default: message.handler, disconnect: disconnect.handler };
    const { url } = await start(handlers);

    const socket = await open(url, [], { 'User-Agent': 'station/1' });
    socket.send('[2,"1","Heartbeat",{}]');
    await nextMessage(socket);
    socket.close(4000, 'bye');
    const [connected, received, left] = await Promise.all([connect.first, message.first, disconnect.first]);

    const { connectionId, connectedAt } = connected.requestContext;
    const shared = { apiId: 'a1b2c3', stage: 'prod', connectionId, connectedAt, messageDirection: 'IN' };
    const domainName = 'a1b2c3.execute-api.eu-west-1.amazonaws.com';
    expect(connectionId).toMatch(/^[\w-]{15}=$/);
    expect(connected).toMatchObject({
      headers: { 'User-Agent': 'station/1', 'Sec-WebSocket-Version': '13' },
      queryStringParameters: { stationId: 'CP1' },
      requestContext: { ...shared, domainName, routeKey: '$connect', eventType: 'CONNECT' },
      isBase64Encoded: false,
    });
    expect(connected).not.toHaveProperty('body');
    expect(received).toMatchObject({
      body: '[2,"1","Heartbeat",{}]',
      requestContext: { ...shared, routeKey: '$default', eventType: 'MESSAGE' },
      isBase64Encoded: false,
    });
    expect(received).not.toHaveProperty('headers');
    expect(received.requestContext.messageId).toBeTypeOf('string');
    expect(received.requestContext.identity).toEqual({ userAgent: 'station/1', sourceIp: '127.0.0.1' });
    expect(received.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(left.requestContext).toMatchObject({
      ...shared,
      routeKey: '$disconnect',
      eventType: 'DISCONNECT',
      disconnectStatusCode: 4000,
      disconnectReason: 'bye',
    });
  });

  it('take the headers and the query the edge hands on instead of those of the wire', async () => {
    const connect = recorder();
    const { api } = await start({ connect: connect.handler });
    const server = (await import('node:http')).createServer();
    server.on('upgrade', (request, socket, head) => {
      const url = new URL('wss://origin/prod/?stationId=CP9');
      void api.handleUpgrade(request, socket, head, url, [['X-Origin-Secret', 's']]);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };

    const socket = await open(`ws://127.0.0.1:${port}/ocpp/demo/CP9`);

    const event = await connect.first;
    expect(event.headers).toEqual({ 'X-Origin-Secret': 's' });
    expect(event.queryStringParameters).toEqual({ stationId: 'CP9' });
    socket.terminate();
    server.close();
  });
});

describe('messages', () => {
  it('are answered with the body of the function on a route with a response', async () => {
    const { url } = await start({ default: echo });
    const socket = await open(url);

    socket.send('[2,"7","Heartbeat",{}]');

    expect(await nextMessage(socket)).toBe('[2,"7","Heartbeat",{}]');
  });

  it('are not answered when the body is empty or absent, or the route has no response', async () => {
    const answers: unknown[] = [
      { statusCode: 200 },
      { statusCode: 200, body: '' },
      { statusCode: 200, body: 'end' },
    ];
    const handler: Handler = () => answers.shift();
    const quiet = { routeKey: 'quiet', functionArn: 'quiet', returnsResponse: false };
    const { url } = await start(
      { default: handler, quiet: echo },
      { routes: [...ROUTES, quiet], routeSelectionExpression: '$request.body.action' },
    );
    const socket = await open(url);
    const seen: string[] = [];
    const last = new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        seen.push(data.toString());
        if (data.toString() === 'end') resolve();
      }),
    );

    socket.send('{"action":"quiet"}');
    for (let index = 0; index < 3; index++) socket.send('{}');
    await last;

    expect(seen).toEqual(['end']);
  });

  it.each<[string, Handler, string]>([
    [
      'fails',
      () => {
        throw new Error('boom');
      },
      'Internal server error',
    ],
    ['answers without a status code', () => ({ body: 'x' }), 'Internal server error'],
    ['does not answer in time', () => new Promise(() => undefined), 'Endpoint request timed out'],
  ])('get the gateway own JSON when the function %s', async (_case, handler, message) => {
    const { url } = await start({ default: handler }, { times: { integrationTimeoutMs: 50 } });
    const socket = await open(url);

    socket.send('x');

    const answer = JSON.parse(await nextMessage(socket));
    expect(answer).toEqual({ message, connectionId: expect.any(String), requestId: expect.any(String) });
  });

  it('of one socket run concurrently', async () => {
    const both = Promise.withResolvers<void>();
    let waiting = 0;
    const handler: Handler = async (event) => {
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
      return { statusCode: 200, body: event.body };
    };
    const { url } = await start({ default: handler });
    const socket = await open(url);
    const answers = new Set<string>();
    const done = new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        answers.add(data.toString());
        if (answers.size === 2) resolve();
      }),
    );

    socket.send('a');
    socket.send('b');
    await done;

    expect(answers).toEqual(new Set(['a', 'b']));
  });

  it('choose their route by the selection expression', async () => {
    const route: Handler = (event) => ({ statusCode: 200, body: event.requestContext.routeKey });
    const routes = [...ROUTES, { routeKey: 'Heartbeat', functionArn: 'default', returnsResponse: true }];
    const { url } = await start(
      { default: route },
      { routes, routeSelectionExpression: '$request.body.[2]' },
    );
    const socket = await open(url);
    const chosen: string[] = [];

    for (const body of ['[2,"1","Heartbeat",{}]', '[3,"1",{}]', 'no json', '[2,"1","$connect",{}]']) {
      socket.send(body);
      chosen.push(await nextMessage(socket));
    }

    expect(chosen).toEqual(['Heartbeat', '$default', '$default', '$default']);
  });

  it('are refused as Forbidden when no route takes them', async () => {
    const { url } = await start({}, { routes: [] });
    const socket = await open(url);

    socket.send('x');

    expect(JSON.parse(await nextMessage(socket))).toMatchObject({ message: 'Forbidden' });
  });

  it('over the stage throttle are refused and the connection stays', async () => {
    const { url } = await start({ default: echo }, { throttle: { ratePerSecond: 0, burst: 2 } });
    const socket = await open(url);

    socket.send('first');
    const first = await nextMessage(socket);
    socket.send('second');
    const second = await nextMessage(socket);

    expect(first).toBe('first');
    expect(JSON.parse(second)).toMatchObject({ message: 'Too Many Requests' });
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('limits', () => {
  it('let a frame of 32 KB and a message of 128 KB in such frames pass', async () => {
    const size: Handler = (event) => ({ statusCode: 200, body: String(event.body?.length) });
    const { url } = await start({ default: size });
    const socket = await open(url);
    const frame = 'x'.repeat(32 * 1024);

    socket.send(frame);
    const single = await nextMessage(socket);
    for (let index = 0; index < 4; index++) socket.send(frame, { fin: index === 3 });
    const fragmented = await nextMessage(socket);

    expect([single, fragmented]).toEqual(['32768', '131072']);
  });

  it('close with 1009 on a frame of more than 32 KB', async () => {
    const message = recorder(echo);
    const disconnect = recorder();
    const { url } = await start({ default: message.handler, disconnect: disconnect.handler });
    const socket = await open(url);

    socket.send('x'.repeat(32 * 1024 + 1));

    expect((await closing(socket)).code).toBe(1009);
    expect((await disconnect.first).requestContext.disconnectStatusCode).toBe(1009);
    expect(message.events).toEqual([]);
  });

  it('close with 1009 on a message of more than 128 KB', async () => {
    const { url } = await start({ default: echo });
    const socket = await open(url);

    for (let index = 0; index < 5; index++) socket.send('x'.repeat(30 * 1024), { fin: index === 4 });

    expect((await closing(socket)).code).toBe(1009);
  });

  it('close with 1003 on a binary frame', async () => {
    const { url } = await start({ default: echo });
    const socket = await open(url);

    socket.send(Buffer.from([1, 2, 3]));

    expect((await closing(socket)).code).toBe(1003);
  });

  it('close with 1001 when no message has passed for the idle time, whatever pings pass', async () => {
    const { url } = await start({ default: echo }, { times: { idleMs: 150 } });
    const socket = await open(url);
    const pinging = setInterval(() => socket.ping(), 20);

    const closed = await closing(socket);
    clearInterval(pinging);

    expect(closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  it('row 45: start the idle time again at every message in either direction, whether pings pass or none', async () => {
    const idleMs = 400;
    const { url } = await start({ default: echo }, { times: { idleMs } });
    const socket = await open(url);
    const openedAt = performance.now();
    let lastAnswerAt = openedAt;
    let left = 12;
    socket.on('message', () => {
      lastAnswerAt = performance.now();
    });
    const talking = setInterval(() => {
      socket.send('x');
      left -= 1;
      if (left === 0) clearInterval(talking);
    }, idleMs / 8);

    await closing(socket);
    const closedAt = performance.now();

    const toleranceMs = 20;
    expect(lastAnswerAt - openedAt).toBeGreaterThan(idleMs);
    expect(closedAt - lastAnswerAt).toBeGreaterThan(idleMs - toleranceMs);
  });

  it('close a busy connection at the end of its life', async () => {
    const { url } = await start({ default: echo }, { times: { lifeMs: 150 } });
    const socket = await open(url);
    socket.on('message', () => socket.send('x'));

    socket.send('x');

    expect((await closing(socket)).code).toBe(1001);
  });

  it('answer a ping with a pong', async () => {
    const { url } = await start({});
    const socket = await open(url);

    socket.ping('are you there');
    const [data] = await once(socket, 'pong');

    expect(data.toString()).toBe('are you there');
  });
});

describe('@connections', () => {
  it('reaches the client with a text message', async () => {
    const connect = recorder();
    const { url, api } = await start({ connect: connect.handler });
    const socket = await open(url);
    const { connectionId } = (await connect.first).requestContext;

    const result = api.post(connectionId, Buffer.from('[2,"9","Reset",{}]'));

    const [data, isBinary] = await once(socket, 'message');
    expect(result).toBe('ok');
    expect(data.toString()).toBe('[2,"9","Reset",{}]');
    expect(isBinary).toBe(false);
  });

  it('is gone before $connect has finished and after the close', async () => {
    const results: string[] = [];
    let connectionId = '';
    const connect: Handler = (event) => {
      connectionId = event.requestContext.connectionId;
      results.push(running[0]?.api.post(connectionId, 'early') ?? 'no api');
      return { statusCode: 200 };
    };
    const disconnect = recorder();
    const { url, api } = await start({ connect, disconnect: disconnect.handler });

    const socket = await open(url);
    socket.close();
    await disconnect.first;

    expect(results).toEqual(['gone']);
    expect(api.post(connectionId, 'late')).toBe('gone');
    expect(api.delete(connectionId)).toBe('gone');
    expect(api.post('unknown', 'x')).toBe('gone');
  });

  it('refuses more than 128 KB', async () => {
    const connect = recorder();
    const { url, api } = await start({ connect: connect.handler });
    await open(url);
    const { connectionId } = (await connect.first).requestContext;

    const result = api.post(connectionId, 'x'.repeat(128 * 1024 + 1));

    expect(result).toBe('too-large');
  });

  it('refuses posts to a client that does not read, and delivers again once it does', async () => {
    const connect = recorder();
    const { url, api } = await start({ connect: connect.handler });
    const socket = await open(url);
    const { connectionId } = (await connect.first).requestContext;
    socket.pause();
    const payload = 'x'.repeat(100 * 1024);
    let posted = 0;
    while (api.post(connectionId, payload) === 'ok' && posted < 1000) posted += 1;
    const received = new Promise<void>((resolve) => {
      let count = 0;
      socket.on('message', () => {
        count += 1;
        if (count === posted) resolve();
      });
    });

    socket.resume();
    await received;

    expect(posted).toBeLessThan(1000);
    expect(api.post(connectionId, 'again')).toBe('ok');
  });

  it('tells about a connection and closes it', async () => {
    const connect = recorder();
    const disconnect = recorder();
    const { url, api } = await start({ connect: connect.handler, disconnect: disconnect.handler });
    const socket = await open(url);
    const { connectionId, connectedAt } = (await connect.first).requestContext;

    const info = api.get(connectionId);
    const deleted = api.delete(connectionId);
    const afterwards = api.post(connectionId, 'x');
    const closed = await closing(socket);

    expect(info?.connectedAt).toBe(new Date(connectedAt).toISOString());
    expect(info?.identity.sourceIp).toBe('127.0.0.1');
    expect([deleted, afterwards]).toEqual(['ok', 'gone']);
    expect(closed.code).toBe(1000);
    expect((await disconnect.first).requestContext.disconnectStatusCode).toBe(1000);
  });
});

describe('$disconnect', () => {
  it('tells 1005 and the gateway own reason when the client gave no status', async () => {
    const disconnect = recorder();
    const { url } = await start({ disconnect: disconnect.handler });
    const socket = await open(url);

    socket.close();

    expect((await disconnect.first).requestContext).toMatchObject({
      disconnectStatusCode: 1005,
      disconnectReason: 'Client-side close frame status not set',
    });
  });

  it('tells 1006 when the socket breaks', async () => {
    const disconnect = recorder();
    const { url } = await start({ disconnect: disconnect.handler });
    const socket = await open(url);

    socket.terminate();

    expect((await disconnect.first).requestContext.disconnectStatusCode).toBe(1006);
  });

  it('has run for every connection when the API has closed', async () => {
    const disconnect = recorder();
    const api = await runApi({ disconnect: disconnect.handler });
    const sockets = await Promise.all([open(api.url), open(api.url)]);
    const closed = Promise.all(sockets.map(closing));

    await api.stop();

    expect(disconnect.events).toHaveLength(2);
    expect((await closed).map(({ code }) => code)).toEqual([1001, 1001]);
  });
});

describe('close', () => {
  it('ends upgrades whose $connect is still running', async () => {
    const connect = recorder(() => new Promise(() => undefined));
    const api = await runApi({ connect: connect.handler });
    const socket = new WebSocket(api.url);
    const failed = new Promise<Error>((resolve) => socket.on('error', resolve));
    await connect.first;

    await api.stop();

    expect((await failed).message).toMatch(/hang up/);
  });
});

describe('the configuration', () => {
  it('is refused when an identity source or a selection expression is not supported', async () => {
    const source = { functionArn: 'authorizer', identitySources: ['context.identity.sourceIp'] };
    const route = {
      routeKey: '$connect',
      functionArn: 'connect',
      returnsResponse: false,
      authorizer: source,
    };

    await expect(runApi({}, { routes: [route] })).rejects.toThrow(/context.identity.sourceIp/);
    await expect(runApi({}, { routeSelectionExpression: '$request.header.x' })).rejects.toThrow(
      /not supported/,
    );
  });
});
