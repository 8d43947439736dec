import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PUBLISHER_KEY, type StationApi, startStationApi } from './api-under-test.ts';
import { SocketClient } from './socket-client.ts';

let api: StationApi;
let token: string;

beforeEach(async () => {
  api = await startStationApi();
  token = await api.mint({ tenantId: 't1' });
});
afterEach(() => api.close());

const EVENTS = /* GraphQL */ `subscription Events($tenantId: ID!, $stationIds: [ID!], $minPowerW: Int) {
  onStationEvent(tenantId: $tenantId, stationIds: $stationIds, minPowerW: $minPowerW) { stationId state: status }
}`;

const event = (stationId: string, more: object = {}): object => ({
  tenantId: 't1',
  stationId,
  status: 'Charging',
  powerW: 7000,
  ...more,
});

describe('the handshake', () => {
  it('chooses graphql-ws and answers connection_init with the timeout and a keep-alive', async () => {
    const client = await SocketClient.open(api.port, token);
    client.send({ type: 'connection_init' });

    expect(client.socket.protocol).toBe('graphql-ws');
    expect(await client.next()).toEqual({
      type: 'connection_ack',
      payload: { connectionTimeoutMs: 300_000 },
    });
    expect(await client.next()).toEqual({ type: 'ka' });
  });

  it('takes the authorization of older clients from the URL', async () => {
    const client = await SocketClient.open(api.port, token, true);
    client.send({ type: 'connection_init' });

    expect((await client.next()).type).toBe('connection_ack');
  });

  it('answers a bad token with connection_error and closes', async () => {
    const client = await SocketClient.open(api.port, 'letmein');
    const closed = client.closed();
    client.send({ type: 'connection_init' });

    expect(await client.next()).toEqual({
      type: 'connection_error',
      payload: {
        errors: [
          {
            errorType: 'UnauthorizedException',
            message: 'You are not authorized to make this call.',
            errorCode: 401,
          },
        ],
      },
    });
    expect(await closed).toBe(1000);
  });

  it('keeps the connection alive at the configured pace and ends it at its age limit', async () => {
    const short = await startStationApi({ limits: { keepAliveMs: 20, connectionMaxMs: 150 } });
    const client = await SocketClient.connect(short.port, await short.mint({}));
    const closed = client.closed();

    expect(await client.next()).toEqual({ type: 'ka' });
    expect(await client.next()).toEqual({ type: 'ka' });
    expect(await closed).toBe(1000);
    await short.close();
  });
});

describe('a subscription', () => {
  it('gets what the mutation selected, shaped by its own selection', async () => {
    const client = await SocketClient.connect(api.port, token);
    const acknowledged = await client.start('s1', EVENTS, { tenantId: 't1' });

    await api.publish(event('S1'));

    expect(acknowledged).toEqual({ id: 's1', type: 'start_ack' });
    expect(await client.next()).toEqual({
      id: 's1',
      type: 'data',
      payload: { data: { onStationEvent: { stationId: 'S1', state: 'Charging' } } },
    });
  });

  it('gets only what passes every comparison of its filter, in the order of publication', async () => {
    const client = await SocketClient.connect(api.port, token);
    await client.start('s1', EVENTS, { tenantId: 't1', stationIds: ['S1', 'S2'], minPowerW: 5000 });

    for (const sent of [
      event('S3'),
      event('S1', { powerW: 4999 }),
      event('S1', { tenantId: 't2' }),
      event('S2', { powerW: null }),
      event('S2'),
      event('S1', { powerW: 5000 }),
    ]) {
      await api.publish(sent);
    }

    const stations = [await client.next(), await client.next()].map((message) => message.payload?.data);
    expect(stations).toMatchObject([
      { onStationEvent: { stationId: 'S2' } },
      { onStationEvent: { stationId: 'S1' } },
    ]);
  });

  it('to another tenant is refused and nothing of that tenant arrives', async () => {
    const client = await SocketClient.connect(api.port, token);
    const refused = await client.start('foreign', EVENTS, { tenantId: 't2' });
    await client.start('own', EVENTS, { tenantId: 't1' });

    await api.publish(event('S9', { tenantId: 't2' }));
    await api.publish(event('S1'));

    expect(refused).toEqual({
      id: 'foreign',
      type: 'error',
      payload: {
        errors: [
          {
            errorType: 'Unauthorized',
            message: 'Not Authorized to access onStationEvent on type Subscription',
          },
        ],
      },
    });
    expect(await client.next()).toMatchObject({ id: 'own', type: 'data' });
  });

  it('with more than five values for `in` is refused', async () => {
    const client = await SocketClient.connect(api.port, token);

    const refused = await client.start('s1', EVENTS, {
      tenantId: 't1',
      stationIds: ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'],
    });

    expect(refused).toMatchObject({ id: 's1', type: 'error' });
    expect(JSON.stringify(refused.payload)).toContain('stationId: in takes a list of 1 to 5 scalars');
  });

  it('whose resolver answers null where the type takes none is refused', async () => {
    const client = await SocketClient.connect(api.port, token);
    const asked = (args: string) => `subscription { onAnyStationEvent${args} { stationId status } }`;

    const nothing = await client.start('s1', asked(''));
    const partly = await client.start('s2', asked('(stationId: "S1")'));
    const whole = await client.start('s3', asked('(stationId: "S1", status: "Charging")'));

    const missing = (type: string, parent: string, path: string) => ({
      type: 'error',
      payload: {
        errors: [
          {
            message: `Cannot return null for non-nullable type: '${type}' within parent '${parent}' (/${path})`,
          },
        ],
      },
    });
    expect(nothing).toMatchObject(missing('StationEvent', 'Subscription', 'onAnyStationEvent'));
    expect(partly).toMatchObject(missing('String', 'StationEvent', 'onAnyStationEvent/status'));
    expect(whole).toEqual({ id: 's3', type: 'start_ack' });
  });

  it('gets null and an error for a non-null field the mutation did not select', async () => {
    const client = await SocketClient.connect(api.port, token);
    await client.start('s1', EVENTS, { tenantId: 't1' });

    await api.host.executeAsIam({
      accessKeyId: PUBLISHER_KEY,
      query: `mutation { publishStationEvent(event: { tenantId: "t1", stationId: "S1", status: "Charging" }) { tenantId } }`,
    });

    expect(await client.next()).toMatchObject({
      payload: {
        data: { onStationEvent: null },
        errors: [
          {
            message:
              "Cannot return null for non-nullable type: 'String' within parent 'StationEvent' (/onStationEvent/state)",
          },
        ],
      },
    });
  });

  it('without a filter matches its arguments with the fields of the answer, null included', async () => {
    const client = await SocketClient.connect(api.port, token);
    await client.start('named', 'subscription { onStationRenamed(name: "North") { id } }');
    await client.start('nameless', 'subscription { onStationRenamed(name: null) { id } }');

    await api.post(token, 'mutation { renameStation(id: "S1", name: "South") { id name } }');
    await api.post(token, 'mutation { renameStation(id: "S2", name: "North") { id title: name } }');
    await api.post(token, 'mutation { renameStation(id: "S3", name: "North") { id } }');

    expect(await client.next()).toMatchObject({
      id: 'named',
      payload: { data: { onStationRenamed: { id: 'S2' } } },
    });
    expect(await client.next()).toMatchObject({
      id: 'nameless',
      payload: { data: { onStationRenamed: { id: 'S3' } } },
    });
  });

  it('may not select a field the caller has no access to', async () => {
    const client = await SocketClient.connect(api.port, token);

    const refused = await client.start('s1', 'subscription { onStationRenamed { id serial } }');

    expect(refused.payload).toEqual({
      errors: [{ errorType: 'Unauthorized', message: 'Not Authorized to access serial on type Station' }],
    });
  });

  it('ends with complete and gets nothing more', async () => {
    const client = await SocketClient.connect(api.port, token);
    await client.start('s1', EVENTS, { tenantId: 't1' });
    await client.start('s2', EVENTS, { tenantId: 't1' });

    client.send({ type: 'stop', id: 's1' });
    const ended = await client.next();
    await api.publish(event('S1'));

    expect(ended).toEqual({ id: 's1', type: 'complete' });
    expect(await client.next()).toMatchObject({ id: 's2', type: 'data' });
  });

  it('that is invalidated completes and its connection closes', async () => {
    const client = await SocketClient.connect(api.port, token);
    const other = await SocketClient.connect(api.port, await api.mint({ tenantId: 't2' }));
    await client.start('s1', EVENTS, { tenantId: 't1' });
    await other.start('s1', EVENTS, { tenantId: 't2' });
    const closed = client.closed();

    await api.post(token, 'mutation { revokeTenant(tenantId: "t1") { tenantId } }');

    expect(await client.next()).toEqual({ id: 's1', type: 'complete' });
    expect(await closed).toBe(1000);
    await api.publish(event('S1', { tenantId: 't2' }));
    expect(await other.next()).toMatchObject({ type: 'data' });
  });
});

describe('a message the protocol does not allow', () => {
  it.each([
    ['a duplicate id', { id: 's1', type: 'start' }, 'DuplicatedOperationError'],
    ['the stop of an unknown id', { id: 'zz', type: 'stop' }, 'UnknownOperationError'],
    ['an unknown type', { id: 's9', type: 'subscribe' }, 'UnsupportedOperation'],
    [
      'a start without authorization',
      { id: 's9', type: 'start', payload: { data: '{}' } },
      'BadRequestException',
    ],
  ])('%s is answered with an error and the connection stays', async (_, message, errorType) => {
    const client = await SocketClient.connect(api.port, token);
    await client.start('s1', EVENTS, { tenantId: 't1' });
    const data = JSON.stringify({ query: EVENTS, variables: { tenantId: 't1' } });
    const authorization = { Authorization: token };

    client.send({
      payload: errorType.startsWith('Dup') ? { data, extensions: { authorization } } : {},
      ...message,
    });

    expect(await client.next()).toMatchObject({
      id: message.id,
      type: 'error',
      payload: { errors: [{ errorType }] },
    });
    await api.publish(event('S1'));
    expect(await client.next()).toMatchObject({ id: 's1', type: 'data' });
  });

  it('a start with a bad token is refused without closing the connection', async () => {
    const client = await SocketClient.connect(api.port, token);

    const refused = await client.start('s1', EVENTS, { tenantId: 't1' }, { Authorization: 'letmein' });

    expect(refused).toMatchObject({
      id: 's1',
      payload: { errors: [{ errorType: 'UnauthorizedException' }] },
    });
    expect(await client.start('s1', EVENTS, { tenantId: 't1' })).toEqual({ id: 's1', type: 'start_ack' });
  });

  it('a message beyond 240 KB closes the connection with 1009', async () => {
    const client = await SocketClient.connect(api.port, token);
    const closed = client.closed();

    client.send({ type: 'connection_init', payload: 'x'.repeat(245_760) });

    expect(await closed).toBe(1009);
  });
});

describe('delivery', () => {
  it('leaves out a payload beyond 240 KB and goes on', async () => {
    const client = await SocketClient.connect(api.port, token);
    await client.start('s1', EVENTS, { tenantId: 't1' });

    await api.publish(event('S1', { status: 'x'.repeat(245_760) }));
    await api.publish(event('S2'));

    expect(await client.next()).toMatchObject({ payload: { data: { onStationEvent: { stationId: 'S2' } } } });
  });

  it('does not wait for a subscriber that does not read', async () => {
    const slow = await SocketClient.connect(api.port, token);
    const quick = await SocketClient.connect(api.port, token);
    await slow.start('s1', EVENTS, { tenantId: 't1' });
    await quick.start('s1', EVENTS, { tenantId: 't1' });
    slow.socket.pause();

    const status = 'x'.repeat(200_000);
    for (let index = 0; index < 60; index += 1) await api.publish(event(`S${index}`, { status }));
    const received = [];
    while (received.length < 60) received.push(await quick.next());

    expect(received.at(-1)).toMatchObject({ payload: { data: { onStationEvent: { stationId: 'S59' } } } });
  });

  it('counts a hundred subscriptions to a connection and refuses the next', async () => {
    const client = await SocketClient.connect(api.port, token);
    for (let index = 0; index < 100; index += 1) await client.start(`s${index}`, EVENTS, { tenantId: 't1' });

    const refused = await client.start('s100', EVENTS, { tenantId: 't1' });

    expect(refused).toMatchObject({ payload: { errors: [{ errorType: 'MaxSubscriptionsReachedError' }] } });
  });
});
