import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

/** Asks as an administrator of the demo tenant, or as whoever is named. */
async function data(query: string, variables: object = {}, who: { role?: string; tenant?: string } = {}) {
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  return dataOf(await ask<any>(system.endpoints, query, { ...variables }, who));
}

async function errorOf(query: string, variables: object = {}, who: { role?: string; tenant?: string } = {}) {
  const { errors } = await ask(system.endpoints, query, { ...variables }, who);
  return errors?.[0];
}

const startSession = `mutation Start($input: StartSessionInput!, $token: String) {
  startSession(input: $input, clientToken: $token) {
    sessionId status authToken { uid useCount } station { stationId location { name } }
    connector { connectorId status }
  }
}`;
const stopSession = `mutation Stop($sessionId: ID!) {
  stopSession(sessionId: $sessionId) { sessionId status stopReason totalEnergy events { type } }
}`;

/** A station that begins and ends a charge when it is asked to. */
async function obliging(stationId: string): Promise<VirtualStation> {
  const station = await givenStation(system.endpoints, stationId);
  let running: Awaited<ReturnType<VirtualStation['start']>> | undefined;
  const is16 = stationId < 'CP2';
  station.client.handle(is16 ? 'RemoteStartTransaction' : 'RequestStartTransaction', async () => {
    setTimeout(async () => {
      running = await station.start(1, goodToken, new Date(), 1_000);
    }, 20);
    return { status: 'Accepted' };
  });
  station.client.handle(is16 ? 'RemoteStopTransaction' : 'RequestStopTransaction', async () => {
    setTimeout(async () => {
      if (running) await station.stop(running.charge, new Date(), 6_000);
    }, 20);
    return { status: 'Accepted' };
  });
  await station.boot();
  return station;
}

it('an operator finds a station near by, charges there for a driver, and ends it again', async () => {
  const place = { latitude: 45.764, longitude: 4.8357 };
  await data(
    'mutation ($input: CreateLocationInput!) { createLocation(input: $input) { id timeZone } }',
    { input: { id: 'LYON', name: 'Lyon', coordinates: place } },
    { role: 'TENANT_ADMIN' },
  );
  await data('mutation { updateStation(id: "CP003", input: { locationId: "LYON" }) { stationId } }');
  const station = await obliging('CP003');

  const near = await data(
    'query ($at: GeoCoordinateInput!) { stationsNearby(coordinates: $at, radiusKm: 5) { stationId status location { id } } }',
    { at: place },
  );
  const input = { stationId: 'CP003', connectorId: 1, authTokenId: goodToken };
  const { startSession: session } = await data(startSession, { input, token: 'once' });
  const { startSession: again } = await data(startSession, { input, token: 'once' });
  const occupied = await errorOf(startSession, { input });
  const { stopSession: ended } = await data(stopSession, { sessionId: session.sessionId });

  expect(near.stationsNearby).toMatchObject([{ stationId: 'CP003', location: { id: 'LYON' } }]);
  expect(session).toMatchObject({
    status: 'ACTIVE',
    authToken: { uid: goodToken },
    station: { stationId: 'CP003', location: { name: 'Lyon' } },
    connector: { connectorId: 1 },
  });
  expect(session.authToken.useCount).toBeGreaterThan(0);
  expect(again.sessionId).toBe(session.sessionId);
  expect(occupied).toMatchObject({ errorType: 'Conflict', errorInfo: { field: 'input.connectorId' } });
  expect(ended).toMatchObject({ sessionId: session.sessionId, status: 'COMPLETED', totalEnergy: 5 });
  expect(ended.events.map(({ type }: { type: string }) => type)).toEqual(
    expect.arrayContaining(['STARTED', 'ENDED']),
  );
  await station.close();
});

it('those who may only look, and other tenants, start and reset nothing', async () => {
  const input = { stationId: 'CP003', connectorId: 1, authTokenId: goodToken };
  const reset = 'mutation { triggerStationReset(stationId: "CP003", type: SOFT) { status } }';

  const viewer = await errorOf(startSession, { input }, { role: 'VIEWER' });
  const stranger = await errorOf(reset, {}, { tenant: 'other' });
  const offline = await errorOf(startSession, { input: { ...input, stationId: 'CP004' } });

  expect(viewer?.errorType).toBe('Unauthorized');
  expect(stranger?.errorType).toBe('NotFound');
  expect(offline).toMatchObject({ errorType: 'StationOffline', errorInfo: { field: 'input.stationId' } });
});

it('an operator reserves a connector, and an administrator has all stations forget their tokens', async () => {
  const station = await givenStation(system.endpoints, 'CP005');
  const cleared = Promise.withResolvers<void>();
  station.client.handle('ReserveNow', async () => ({ status: 'Accepted' }));
  station.client.handle('CancelReservation', async () => ({ status: 'Accepted' }));
  station.client.handle('ClearCache', async () => {
    cleared.resolve();
    return { status: 'Accepted' };
  });
  await station.boot();

  const { reserveConnector: reserved } = await data(
    'mutation ($input: ReserveConnectorInput!) { reserveConnector(input: $input) { reservationId status } }',
    {
      input: {
        stationId: 'CP005',
        connectorId: 1,
        authTokenId: goodToken,
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      },
    },
  );
  const { cancelReservation: cancelled } = await data(
    'mutation ($id: String!) { cancelReservation(reservationId: $id) }',
    { id: reserved.reservationId },
  );
  const { clearCache } = await data('mutation { clearCache(cacheType: STATION_AUTHORIZATION) }');
  const { systemHealth, ocppConnections } = await data(
    '{ systemHealth { stationsTotal stationsConnected } ocppConnections { stationId status } }',
  );

  expect(reserved.status).toBe('ACCEPTED');
  expect([cancelled, clearCache]).toEqual([true, true]);
  expect(systemHealth.stationsConnected).toBeGreaterThan(0);
  expect(ocppConnections).toContainEqual({ stationId: 'CP005', status: 'CONNECTED' });
  await cleared.promise;
  await station.close();
});
