import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { noteVariables } from '#core/device-model/note-variables.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { anEntry, aSession, aStation } from '../adapters/dynamodb/samples.ts';
import { goodUid, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { measuredClient } from '../support/measured-client.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

const stationCount = 100;
const ids = Array.from({ length: stationCount }, (_, index) => `CS-${String(index).padStart(3, '0')}`);

let db: TestDatabase;
let asked: Asked;
let calls: () => number;
let readUnits: () => number;
let views: readonly View[];

beforeAll(async () => {
  db = await startTestDatabase();
  const { client, consumed } = measuredClient(db.url);
  calls = () => consumed().calls;
  readUnits = () => consumed().readUnits;
  const { tables } = db;
  asked = await newAsked({
    ...db,
    client,
    storesOf: (tenantId = crypto.randomUUID()) => openStores({ client, tables, tenantId }),
  });
  await asked.ask('Mutation.createLocation', { input: { id: 'GARAGE', name: 'Garage' } });
  for (const [index, stationId] of ids.entries()) await given(stationId, index);
  views = (await asked.ask('Query.stations', {})) as View[];
}, 120_000);
beforeEach(() => void calls());
afterAll(() => db.close());

/** A connected station with a session on each of its two connectors. */
async function given(stationId: string, index: number): Promise<void> {
  const { scene } = asked;
  const coordinates = { latitude: 46 + Math.sin(index) * 3, longitude: 2 + Math.cos(index) * 3 };
  await scene.stations.createStation(aStation({ stationId, locationId: 'GARAGE', coordinates }));
  await scene.live.connect({ stationId, connectionId: 'c', protocol: 'ocpp1.6', connectedAt: noon });
  for (const evseId of [1, 2]) {
    await startSession(scene, {
      stationId,
      connector: { evseId, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon + evseId,
      meterStartWh: 0,
    });
  }
  await noteVariables(scene, {
    stationId,
    told: [
      {
        component: { name: 'Configuration' },
        variable: { name: 'SupportedFeatureProfiles' },
        attributes: [{ type: 'ACTUAL', value: 'Core' }],
      },
    ],
    at: noon,
  });
}

/** AppSync hands at most a hundred parents to one call. */
async function below(field: string, sources: readonly View[]): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  for (let start = 0; start < sources.length; start += 100) {
    results.push(...(await asked.askMany(field, sources.slice(start, start + 100))));
  }
  return results;
}

const connectorsOf = (stations: readonly View[]) =>
  stations.flatMap(({ connectors }) => connectors as View[]);

describe('a hundred stations cost', () => {
  test('three reads, with all their connectors', async () => {
    const found = (await asked.ask('Query.stationsPage', { limit: stationCount })) as View;

    expect(calls()).toBe(3);
    expect(connectorsOf(found.items as View[])).toHaveLength(2 * stationCount);
  });

  test('one more per hundred connectors for the sessions that run there', async () => {
    const sessions = await below('Connector.currentSession', connectorsOf(views));

    expect(calls()).toBe(2);
    expect(sessions.filter(Boolean)).toHaveLength(2 * stationCount);
  });

  test('one index read each, and one per hundred sessions, for their open sessions', async () => {
    const open = (await below('ChargingStation.activeSessions', views)) as View[][];

    expect(calls()).toBe(stationCount + 2);
    expect(open.map(({ length }) => length)).toEqual(ids.map(() => 2));
  });

  test('one read for the location they share', async () => {
    const locations = await below('ChargingStation.location', views);

    expect(calls()).toBe(1);
    expect(locations).toEqual(ids.map(() => expect.objectContaining({ id: 'GARAGE' })));
  });

  test('two reads for what they can do, one each for all they told', async () => {
    const capabilities = await below('ChargingStation.capabilities', views);
    expect(calls()).toBe(2);
    expect(capabilities.filter(Boolean)).toHaveLength(stationCount);

    const configurations = await below('ChargingStation.configuration', views);
    expect(calls()).toBe(stationCount);
    expect(configurations.filter(Boolean)).toHaveLength(stationCount);
  });

  test('one read per station for the settings of its connectors', async () => {
    await below('Connector.configuration', connectorsOf(views));

    expect(calls()).toBe(stationCount);
  });
});

describe('a filter costs', () => {
  test('ten looks at most, and then gives what it has with a place to go on', async () => {
    const args = { filter: { status: ['FAULTED'] }, limit: 5 };

    const page = (await asked.ask('Query.stationsPage', args)) as View;

    expect(calls()).toBeLessThanOrEqual(20);
    expect(page).toEqual({ items: [], nextToken: expect.any(String) });
  });

  test('two reads for what runs of a user, and one more per station of a few, whatever runs elsewhere', async () => {
    const running = { status: ['ACTIVE', 'PENDING'] };

    const ofUser = await asked.ask('Query.sessions', { filter: { ...running, userIds: ['nobody'] } });
    expect(calls()).toBeLessThanOrEqual(2);
    const args = { filter: { ...running, stationIds: ['CS-001', 'CS-099', 'CS-404'] } };
    const there = await asked.ask('Query.sessions', args);
    expect(calls()).toBe(3 + 1);

    expect(ofUser).toEqual([]);
    expect(there).toHaveLength(4);
  });

  test('one read per location, and one of its stations', async () => {
    const page = (await asked.ask('Query.stationsPage', {
      filter: { locationIds: ['GARAGE', 'ELSEWHERE'] },
      limit: 50,
    })) as View;

    expect(calls()).toBe(2 + 1 + 1);
    expect((page.items as View[]).map(({ stationId }) => stationId)).toEqual(ids.slice(0, 50));
  });

  test('a few reads around a place, wherever the other stations are', async () => {
    const coordinates = { latitude: 46, longitude: 2 };

    const near = await asked.ask('Query.stationsNearbyPage', { coordinates, radiusKm: 500, limit: 10 });

    expect(calls()).toBeLessThanOrEqual(20);
    expect((near as View).items).toHaveLength(10);
  });
});

describe('the whole tenant costs', () => {
  test('no more than ten reads to look after', async () => {
    const health = await asked.ask('Query.systemHealth');

    expect(calls()).toBeLessThanOrEqual(10);
    expect(health).toMatchObject({ stationsTotal: stationCount, stationsConnected: stationCount });
  });

  test('nine reads for two hundred connections', async () => {
    const connections = await asked.ask('Query.ocppConnections');

    expect(calls()).toBeLessThanOrEqual(9);
    expect(connections).toHaveLength(stationCount);
  });
});

describe('what is published costs', () => {
  const ownTenant = () => asked.scene.tenantId;

  test('two reads for all readings of a session: of its begin, and of whether its tenant shows costs', async () => {
    const stationId = 'CS-000';
    const [session] = await asked.scene.sessions
      .listSessions({ stationId }, { limit: 1 })
      .then(({ items }) => items);
    const { sessionId, startedAt } = session ?? { sessionId: '', startedAt: 0 };
    calls();

    const told = [];
    for (const minute of [1, 2, 3]) {
      const at = startedAt + minute * 60_000;
      const reading = { tenantId: ownTenant(), sessionId, at, energyWh: minute * 100 };
      told.push(await asked.ask('Mutation.publishSessionMetrics', reading));
    }

    expect(calls()).toBe(2);
    expect(told).toMatchObject([
      { tenantId: ownTenant(), sessionId, duration: 60, currentEnergy: 0.1 },
      { tenantId: ownTenant(), sessionId, duration: 120, currentEnergy: 0.2 },
      { tenantId: ownTenant(), sessionId, duration: 180, currentEnergy: 0.3 },
    ]);
  });

  test('a read for each reading while the begin has not arrived', async () => {
    const { sessions } = asked.scene;
    const partial = aSession({ stationId: 'CS-000', partial: true });
    await sessions.ensurePartial(partial);
    calls();
    const reading = { tenantId: ownTenant(), sessionId: partial.sessionId, at: noon, energyWh: 100 };

    for (const _ of [1, 2]) await asked.ask('Mutation.publishSessionMetrics', reading);

    expect(calls()).toBe(2);
  });

  test('one read for all that connectors of a station say within five minutes, and one for a new one', async () => {
    const { scene } = asked;
    const say = (evseId: number) => {
      const connector = { evseId, connectorId: 1, status: 'AVAILABLE' };
      return asked.ask('Mutation.publishConnectorStatus', {
        tenantId: ownTenant(),
        stationId: 'CS-001',
        connector,
        at: noon,
      });
    };

    const told = [await say(1), await say(2), await say(1)];
    const within = calls();
    const stranger = await say(9);
    const forStranger = calls();
    scene.now += 300_000;
    await say(1);
    scene.now = noon;

    expect(told).toMatchObject([{ connectorId: 1 }, { connectorId: 2 }, { connectorId: 1 }]);
    expect(stranger).toBeNull();
    expect([within, forStranger, calls()]).toEqual([1, 1, 1]);
  });
});

describe('a long session costs', () => {
  const entryCount = 1_000;

  test('in a list of many what is shown of it, however much there is', async () => {
    const { sessions } = asked.scene;
    const session = aSession({ stationId: 'CS-000' });
    const { sessionId, stationId } = session;
    await sessions.openSession(session, { occupies: false });
    const entries = Array.from({ length: entryCount }, (_, index) => anEntry(noon + index, { stationId }));
    await sessions.addEntries(sessionId, entries);
    const sources = Array.from({ length: 100 }, () => ({ sessionId, stationId }));
    await sessions.listEntries(sessionId);
    const whole = readUnits();

    const [values] = (await below('ChargingSession.meterValues', sources)) as View[][];
    const ofValues = readUnits();
    const [events] = (await below('ChargingSession.events', sources)) as View[][];
    const ofEvents = readUnits();

    expect([values?.length, events?.length]).toEqual([40, 40]);
    expect(ofValues / sources.length).toBeLessThan((whole / entryCount) * 50);
    expect(ofEvents / sources.length).toBeLessThan((whole / entryCount) * 50);
  });

  test('nothing when the cost of too many is asked for', async () => {
    const sources = ids.slice(0, 26).map((sessionId) => ({ sessionId }));

    const asking = asked.askMany('SessionRealTimeMetrics.estimatedCost', sources);

    await expect(asking).rejects.toMatchObject({ code: 'Validation' });
    expect(calls()).toBe(0);
  });
});

describe('tokens cost', () => {
  test('one read for the use of each hundred', async () => {
    const sources = ids.map((_, index) => ({ tokenUid: index === 0 ? goodUid : `T-${index}` }));

    const counts = await below('AuthToken.useCount', sources);

    expect(calls()).toBe(1);
    expect(counts.slice(0, 2)).toEqual([2 * stationCount, 0]);
  });
});
