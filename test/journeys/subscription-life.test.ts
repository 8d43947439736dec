import { Hub } from 'aws-amplify/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Message, SocketClient } from '../local/appsync/socket-client.ts';
import { subscribeWithAmplify } from '../support/amplify-client.ts';
import { openNetwork } from '../support/cut-network.ts';
import { givenStation, jwtOf } from '../support/given.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

const port = (): number => Number(new URL(system.endpoints.http).port);
const connect = (role?: string): Promise<SocketClient> =>
  SocketClient.connect(port(), jwtOf(system.endpoints, 'demo', role));

const stationStatus = `subscription Updates($ids: [String!]) {
  stationStatusUpdates(stationIds: $ids) { tenantId stationId status }
}`;
const listsOfIds = {
  stationIds: stationStatus,
  'stationIds of connectors': `subscription Updates($ids: [String!]) {
    connectorStatusUpdates(stationIds: $ids) { tenantId stationId connectorId status }
  }`,
  sessionIds: `subscription Updates($ids: [ID!]) {
    sessionUpdates(sessionIds: $ids) { tenantId sessionId status }
  }`,
};

const someIds = (count: number): string[] => Array.from({ length: count }, (_, index) => `NONE-${index}`);
const errorTypesOf = ({ payload }: Message): unknown[] =>
  [payload?.errors].flat().map((error) => (error as { errorType?: unknown } | undefined)?.errorType);

async function end(client: SocketClient): Promise<void> {
  const closed = client.closed();
  client.socket.close();
  await closed;
}

describe('AWS’s own client library', () => {
  it('takes its subscription up again by itself when the network fails, and hears what happens then', async () => {
    const network = await openNetwork(Number(new URL(system.endpoints.https).port));
    const heard = await subscribeWithAmplify<{ stationId: string; status: string }>(
      { ...system.endpoints, https: `https://127.0.0.1:${network.port}` },
      { tenant: 'demo' },
      { field: 'stationStatusUpdates', query: stationStatus, variables: { ids: ['CP001'] } },
    );
    const station = await givenStation(system.endpoints, 'CP001');
    await station.status(1, 'Charging');
    await heard.next(({ status }) => status === 'OCCUPIED');
    const carriedBefore = network.carried;

    const subscribedAgain = new Promise<void>((resolve) => {
      const stopListening = Hub.listen('api', ({ payload }) => {
        if (payload.event !== 'Subscription ack') return;
        stopListening();
        resolve();
      });
    });
    network.cut();
    await subscribedAgain;
    const heardBefore = heard.arrived.length;
    await station.status(1, 'Available');
    const next = await heard.next(() => heard.arrived.length > heardBefore);

    expect(next).toMatchObject({ stationId: 'CP001', status: 'AVAILABLE' });
    expect(network.carried).toBeGreaterThan(carriedBefore);
    heard.end();
    await station.close();
    await network.close();
  });
});

describe('a subscriber', () => {
  it('is refused without a token that counts, at the door and for each subscription', async () => {
    const stranger = await SocketClient.open(port(), 'nobody');
    stranger.send({ type: 'connection_init' });
    const known = await connect();
    const forged = { Authorization: `${jwtOf(system.endpoints, 'demo')}x`, host: 'localhost' };

    const atTheDoor = await stranger.next();
    const inside = await known.start('forged', stationStatus, {}, forged);

    expect(atTheDoor).toMatchObject({ type: 'connection_error' });
    expect(errorTypesOf(atTheDoor)).toEqual(['UnauthorizedException']);
    expect(inside).toMatchObject({ type: 'error', id: 'forged' });
    expect(errorTypesOf(inside)).toEqual(['UnauthorizedException']);
    await end(known);
  });

  it.each([
    ['stations', stationStatus],
    ['alerts', 'subscription { systemAlerts { tenantId id } }'],
    ['connections', 'subscription { ocppConnectionEvents { tenantId stationId } }'],
    ['commands', 'subscription { commandUpdates(stationId: "CP001") { tenantId commandId } }'],
  ])('who is a driver is refused %s', async (_, query) => {
    const driver = await connect('DRIVER');

    const answer = await driver.start('1', query);

    expect(answer).toMatchObject({ type: 'error' });
    expect(errorTypesOf(answer)).toEqual(['Unauthorized']);
    await end(driver);
  });

  it.each(Object.entries(listsOfIds))('may name fifty %s and not one more', async (_, query) => {
    const client = await connect();

    const fifty = await client.start('fifty', query, { ids: someIds(50) });
    const more = await client.start('more', query, { ids: someIds(51) });
    const none = await client.start('none', query, { ids: [] });

    expect(fifty).toMatchObject({ type: 'start_ack', id: 'fifty' });
    expect(errorTypesOf(more)).toEqual(['Validation']);
    expect(errorTypesOf(none)).toEqual(['Validation']);
    await end(client);
  });

  it('hears of the last of fifty ids', async () => {
    const client = await connect();
    const station = await givenStation(system.endpoints, 'CP002');
    await client.start('fifty', stationStatus, { ids: [...someIds(49), 'CP002'] });

    await station.status(1, 'Charging');

    expect(await client.next()).toMatchObject({
      type: 'data',
      payload: { data: { stationStatusUpdates: { stationId: 'CP002' } } },
    });
    await end(client);
    await station.close();
  });

  it('costs nothing while nothing happens: no invocation, no call of DynamoDB', async () => {
    const { cloud } = system.local;
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect()));
    for (const [index, client] of clients.entries()) {
      for (const [name, query] of Object.entries(listsOfIds)) {
        await client.start(`${index} ${name}`, query, { ids: someIds(10) });
      }
    }
    await system.idle();

    const begun = cloud.invocations();
    await cloud.consumed(true);
    for (const { socket } of clients) {
      const ponged = new Promise((resolve) => socket.once('pong', resolve));
      socket.ping();
      await ponged;
    }
    const functions = cloud.functionsByAccessKey();
    const callers = Object.keys(await cloud.consumed()).filter((key) => functions.has(key));

    expect(cloud.invocations() - begun).toBe(0);
    expect(callers).toEqual([]);
    await Promise.all(clients.map(end));
  });

  it('adds nothing to what an event costs, whether it hears of it or not', async () => {
    const { cloud } = system.local;
    const station = await givenStation(system.endpoints, 'CP004');
    const costOf = async (status: 'Charging' | 'Available'): Promise<number> => {
      const begun = cloud.invocations('TenantFields');
      await station.status(1, status);
      await system.idle();
      return cloud.invocations('TenantFields') - begun;
    };
    await costOf('Available');
    const alone = [await costOf('Charging'), await costOf('Available')];
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect()));
    for (const client of clients) {
      await client.start('hears', stationStatus, { ids: ['CP004'] });
      await client.start('other', stationStatus, { ids: ['CP005'] });
    }

    const followed = [await costOf('Charging'), await costOf('Available')];

    expect(followed).toEqual(alone);
    for (const client of clients) expect(await client.next()).toMatchObject({ type: 'data', id: 'hears' });
    await Promise.all(clients.map(end));
    await station.close();
  });
});
