import { readFileSync } from 'node:fs';
import { isNonNullType, isObjectType } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyStationPassword } from '#adapters/crypto/station-passwords.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { recordStatus } from '#core/stations/record-status.ts';
import { batchedFields } from '../../functions/graphql/fields.ts';
import { buildAppSyncSchema } from '../../local/appsync/schema/build.ts';
import { aSession, aStation } from '../adapters/dynamodb/samples.ts';
import { goodUid, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

function input(more: View = {}): View {
  return {
    stationId: 'CS-1',
    name: 'Car park, left',
    connectors: [{ connectorId: 1, connectorType: 'TYPE_2', maxPower: 22_000 }],
    ...more,
  };
}

const create = (more: View = {}) =>
  asked.ask('Mutation.createStation', { input: input(more) }) as Promise<View>;

async function connected(connectionId = 'c-1') {
  await asked.scene.live.connect({ stationId: 'CS-1', connectionId, protocol: 'ocpp1.6', connectedAt: noon });
}

describe('createStation', () => {
  test('gives the station and, this once, its password', async () => {
    const made = await create();

    const stored = await asked.scene.stations.findStation('CS-1');
    expect(made).toMatchObject({
      id: 'CS-1',
      stationId: 'CS-1',
      name: 'Car park, left',
      ocppVersion: 'OCPP_1_6',
      securityProfile: 1,
      ocppPassword: 'generated-password-1',
      status: 'OFFLINE',
      createdAt: new Date(noon).toISOString(),
    });
    expect(verifyStationPassword('pepper', 'generated-password-1', stored?.password)).toBe(true);
    expect(stored).toMatchObject({ timeZone: 'Europe/Paris' });
    expect(JSON.stringify(stored)).not.toContain('generated-password-1');
    expect(JSON.stringify(await asked.ask('Query.station', { id: 'CS-1' }))).not.toMatch(/password/i);
  });

  test('makes each connector of a 1.6 station an EVSE of its own', async () => {
    const connectors = [
      { connectorId: 2, connectorType: 'CCS2', evseId: 1 },
      { connectorId: 1, connectorType: 'TYPE_2' },
    ];

    const made = await create({ connectors });

    expect(made.connectors).toMatchObject([
      { id: 'CS-1:1', connectorId: 1, evseId: 1, connectorType: 'TYPE_2' },
      { id: 'CS-1:2', connectorId: 2, evseId: 2, connectorType: 'CCS2' },
    ]);
  });

  test('numbers the connectors of a 2.0.1 station through all its EVSEs', async () => {
    const connectors = [
      { connectorId: 1, evseId: 1, connectorType: 'CCS2' },
      { connectorId: 2, evseId: 1, connectorType: 'CHADEMO' },
      { connectorId: 1, evseId: 2, connectorType: 'TYPE_2' },
    ];

    const made = await create({ connectors, ocppVersion: 'OCPP_2_0_1' });

    const stored = await asked.scene.stations.findStation('CS-1');
    expect((made.connectors as View[]).map(({ connectorId, evseId }) => [connectorId, evseId])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    expect(stored?.connectors.map(({ evseId, connectorId }) => [evseId, connectorId])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  test.each([
    ['input.name', { name: '' }],
    ['input.stationId', { stationId: 'not / allowed' }],
    ['input.password', { password: 'short' }],
    ['input.securityProfile', { securityProfile: 4 }],
    ['input.ocppVersion', { ocppVersion: 'OCPP_1_5' }],
    ['input.coordinates.latitude', { coordinates: { latitude: 91, longitude: 0 } }],
    ['input.connectors', { connectors: [] }],
    ['input.connectors.0.maxPower', { connectors: [{ connectorId: 1, connectorType: 'CCS2', maxPower: 0 }] }],
    [
      'input.connectors.1.connectorId',
      { connectors: [1, 3].map((n) => ({ connectorId: n, connectorType: 'CCS2' })) },
    ],
    ['input.configuration.entries', { configuration: {} }],
    [
      'input.configuration.entries.1',
      {
        configuration: {
          entries: ['HeartbeatInterval', ''.padEnd(51, 'x')].map((key) => ({ key, value: '1' })),
        },
      },
    ],
    [
      'input.configuration.entries.0',
      { configuration: { entries: [{ key: 'AuthorizationKey', value: 'x' }] } },
    ],
  ])('names what is wrong: %s', async (field, mistake) => {
    await expect(create(mistake)).rejects.toMatchObject({ code: 'Validation', field });
    expect(await asked.scene.stations.findStation('CS-1')).toBeUndefined();
  });
});

describe('updateStation', () => {
  const update = (change: View) =>
    asked.ask('Mutation.updateStation', { id: 'CS-1', input: change }) as Promise<View>;

  test('changes what is given and leaves the connection alone', async () => {
    await create({ address: 'Here' });
    await connected();

    const view = await update({ name: 'Renamed', description: null });

    expect(view).toMatchObject({ name: 'Renamed', address: 'Here', ocppStatus: 'CONNECTED' });
    expect(asked.closed).toEqual([]);
  });

  test.each([
    ['password', { password: 'another-password-1' }],
    ['security profile', { securityProfile: 1 }],
    ['version', { ocppVersion: 'OCPP_2_0_1' }],
  ])('ends the connection when the %s changes: it holds from the next one on', async (_, change) => {
    await create();
    await connected();

    await update(change);

    expect(asked.closed).toEqual(['c-1']);
  });

  test('has nothing to end when the station is offline', async () => {
    await create();

    await update({ password: 'another-password-1' });

    expect(asked.closed).toEqual([]);
  });

  test('does not end the connection for a change that is refused', async () => {
    await create();
    await connected();

    await expect(update({ password: 'short' })).rejects.toMatchObject({ field: 'input.password' });

    expect(asked.closed).toEqual([]);
  });

  test('refuses an empty name', async () => {
    await create();

    await expect(update({ name: '' })).rejects.toMatchObject({ code: 'Validation', field: 'input.name' });
  });

  test('of a station nobody knows is refused', async () => {
    await expect(update({ name: 'x' })).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('deleteStation', () => {
  test('removes the station and ends its connection', async () => {
    await create();
    await connected();

    expect(await asked.ask('Mutation.deleteStation', { id: 'CS-1' })).toBe(true);

    expect(await asked.ask('Query.station', { id: 'CS-1' })).toBeNull();
    expect(asked.closed).toEqual(['c-1']);
  });

  test('of a station that is charging somebody is refused, and ends nothing', async () => {
    await create();
    await connected();
    await startSession(asked.scene, {
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });

    await expect(asked.ask('Mutation.deleteStation', { id: 'CS-1' })).rejects.toMatchObject({
      code: 'Conflict',
    });

    expect(asked.closed).toEqual([]);
  });
});

describe('a station', () => {
  test('is shown with what it last said', async () => {
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await connected();
    await asked.scene.live.noteSeen({ stationId: 'CS-1', connectionId: 'c-1', at: noon + 1_000 });
    await recordStatus(asked.scene, {
      stationId: 'CS-1',
      connector: { evseId: 2, connectorId: 1 },
      status: 'CHARGING',
      at: noon,
    });

    const byId = await asked.ask('Query.station', { id: 'CS-1' });
    const byStationId = await asked.ask('Query.stationByStationId', { stationId: 'CS-1' });

    expect(byStationId).toEqual(byId);
    expect(byId).toMatchObject({
      manufacturer: 'Acme',
      ocppStatus: 'CONNECTED',
      availability: 'OPERATIVE',
      status: 'OCCUPIED',
      lastHeartbeat: new Date(noon + 1_000).toISOString(),
      connectors: [
        { connectorId: 1, status: 'UNKNOWN', maxPower: 22_000 },
        { connectorId: 2, status: 'CHARGING', maxCurrent: 32, tariffId: 'night' },
      ],
    });
  });

  test('has connectors of a type that has no name here as others', async () => {
    const connectors = [{ evseId: 1, connectorId: 1, connectorType: 'Schuko', voltageV: 229.6 }];
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-1', connectors }));

    expect(await asked.ask('Query.station', { id: 'CS-1' })).toMatchObject({
      connectors: [{ connectorType: 'OTHER', voltage: 230 }],
    });
    expect(
      await asked.ask('Mutation.updateStation', { id: 'CS-1', input: { name: 'Renamed' } }),
    ).toMatchObject({ name: 'Renamed' });
  });

  test('and its connectors can be asked for their status alone', async () => {
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await connected();
    const connector = { evseId: 2, connectorId: 1 };
    await recordStatus(asked.scene, { stationId: 'CS-1', connector, status: 'FAULTED', at: noon });
    const connectorStatus = (connectorId: number) =>
      asked.ask('Query.connectorStatus', { stationId: 'CS-1', connectorId });

    expect(await asked.ask('Query.stationStatus', { stationId: 'CS-1' })).toBe('FAULTED');
    expect(await connectorStatus(1)).toBe('UNKNOWN');
    expect(await connectorStatus(2)).toBe('FAULTED');
    await expect(connectorStatus(3)).rejects.toMatchObject({ code: 'NotFound', field: 'connectorId' });
    await expect(connectorStatus(0)).rejects.toMatchObject({ code: 'NotFound', field: 'connectorId' });
    await expect(asked.ask('Query.stationStatus', { stationId: 'CS-9' })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'stationId',
    });
  });

  test('of another tenant is not there', async () => {
    const theirs = await newAsked(db);
    await theirs.scene.stations.createStation(aStation({ stationId: 'CS-1' }));

    expect(await asked.ask('Query.station', { id: 'CS-1' })).toBeNull();
    expect(await asked.ask('Query.stations', {})).toEqual([]);
    expect(await asked.askMany('ChargingSession.station', [{ stationId: 'CS-1' }])).toEqual([null]);
    await expect(asked.ask('Mutation.deleteStation', { id: 'CS-1' })).rejects.toMatchObject({
      code: 'NotFound',
    });
    await expect(
      asked.ask('Query.connectorStatus', { stationId: 'CS-1', connectorId: 1 }),
    ).rejects.toMatchObject({
      code: 'NotFound',
    });
    expect(await theirs.ask('Query.station', { id: 'CS-1' })).toMatchObject({ stationId: 'CS-1' });
  });
});

describe('the list of stations', () => {
  const idsOf = (views: unknown) => (views as View[]).map(({ stationId }) => stationId);
  const list = async (filter: unknown) => idsOf(await asked.ask('Query.stations', { filter }));

  beforeEach(async () => {
    for (const station of [
      aStation({ stationId: 'CS-1', manufacturer: 'Acme' }),
      aStation({ stationId: 'CS-2', manufacturer: 'Bolt', protocol: 'ocpp2.0.1' }),
      aStation({ stationId: 'CS-3', manufacturer: 'Acme', protocol: 'ocpp2.0.1', locationId: 'LOC-1' }),
    ]) {
      await asked.scene.stations.createStation(station);
    }
  });

  test('is in the order of ids', async () => {
    expect(await list(undefined)).toEqual(['CS-1', 'CS-2', 'CS-3']);
    expect(await list(null)).toEqual(['CS-1', 'CS-2', 'CS-3']);
  });

  test('holds what fits all filters, of each any value', async () => {
    expect(await list({ manufacturer: ['Acme'] })).toEqual(['CS-1', 'CS-3']);
    expect(await list({ manufacturer: [], ocppVersion: [], locationIds: [] })).toHaveLength(3);
    expect(await list({ manufacturer: ['Acme', 'Bolt'], ocppVersion: ['OCPP_2_0_1'] })).toEqual([
      'CS-2',
      'CS-3',
    ]);
    expect(await list({ locationIds: ['LOC-1'], ocppVersion: null })).toEqual(['CS-3']);
  });

  test('holds what fits what stations say of themselves', async () => {
    const { live } = asked.scene;
    await live.connect({ stationId: 'CS-2', connectionId: 'c2', protocol: 'ocpp2.0.1', connectedAt: noon });
    await live.noteSeen({ stationId: 'CS-2', connectionId: 'c2', at: noon });
    await live.recordConnectorStatus('CS-2', {
      evseId: 1,
      connectorId: 1,
      status: 'AVAILABLE',
      statusAt: noon,
    });

    expect(await list({ status: ['AVAILABLE'] })).toEqual(['CS-2']);
    expect(await list({ status: ['OFFLINE'] })).toEqual(['CS-1', 'CS-3']);
    expect(await list({ hasActiveSessions: true })).toEqual([]);
    expect(await list({ lastHeartbeatAfter: '2026-06-15T12:00:00Z' })).toEqual(['CS-2']);
    expect(await list({ lastHeartbeatAfter: '2026-06-15T12:00:01Z' })).toEqual([]);
  });

  test('comes in pages that hold each once', async () => {
    const seen: unknown[] = [];
    let nextToken: unknown = null;
    do {
      const page = (await asked.ask('Query.stationsPage', { limit: 1, nextToken })) as View;
      expect(idsOf(page.items).length).toBeLessThanOrEqual(1);
      seen.push(...idsOf(page.items));
      nextToken = page.nextToken;
    } while (nextToken !== null);

    expect(seen).toEqual(['CS-1', 'CS-2', 'CS-3']);
  });

  test('refuses another tenant’s place in a list', async () => {
    const theirs = await newAsked(db);
    for (const stationId of ['CS-1', 'CS-2']) {
      await theirs.scene.stations.createStation(aStation({ stationId }));
    }
    const { nextToken } = (await theirs.ask('Query.stationsPage', { limit: 1 })) as View;
    expect(nextToken).toEqual(expect.any(String));

    await expect(asked.ask('Query.stationsPage', { limit: 1, nextToken })).rejects.toMatchObject({
      code: 'Validation',
    });
  });

  test.each([
    ['filter.radiusKm', { filter: { coordinates: { latitude: 0, longitude: 0 } } }],
    ['filter.radiusKm', { filter: { coordinates: { latitude: 0, longitude: 0 }, radiusKm: 501 } }],
    ['filter.coordinates', { filter: { radiusKm: 1 } }],
    ['filter', { filter: { colour: 'red' } }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 201 }],
    ['nextToken', { nextToken: '' }],
  ])('says that it cannot do this rather than give too much: %s', async (field, args) => {
    await expect(asked.ask('Query.stationsPage', args)).rejects.toMatchObject({ code: 'Validation', field });
  });
});

const { delivery } = buildAppSyncSchema(readFileSync('graphql/schema.graphql', 'utf8'));

/** The fields of a type that take no null, but for those that are resolved below it. */
function promisedOf(typeName: string): unknown {
  const type = delivery.getType(typeName);
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  const promised = fields.filter(
    (field) => isNonNullType(field.type) && !(`${typeName}.${field.name}` in batchedFields),
  );
  return expect.arrayContaining(promised.map(({ name }) => name));
}

describe('stations and connectors of sessions', () => {
  test('come one per session, in the order of the sessions', async () => {
    for (const stationId of ['CS-1', 'CS-2']) {
      await asked.scene.stations.createStation(aStation({ stationId }));
    }
    const place = (stationId: string, evseId: number) => ({
      stationId,
      connectorRef: { evseId, connectorId: 1 },
    });
    const sessions = [
      place('CS-2', 2),
      place('CS-1', 2),
      place('CS-1', 1),
      place('CS-2', 7),
      place('CS-2', 1),
    ];

    const stations = await asked.askMany('ChargingSession.station', sessions);
    const connectors = await asked.askMany('ChargingSession.connector', [...sessions, { stationId: 'CS-1' }]);

    const idsIn = (views: readonly unknown[]) => views.map((one) => (one as View).id);
    expect(idsIn(stations)).toEqual(['CS-2', 'CS-1', 'CS-1', 'CS-2', 'CS-2']);
    expect(idsIn(connectors)).toEqual(['CS-2:2', 'CS-1:2', 'CS-1:1', 'CS-2:7', 'CS-2:1', 'CS-1:0']);
  });

  test('are what the session still tells of them once they are gone', async () => {
    const { sessions } = asked.scene;
    const ours = aSession({ sessionId: 's-1', stationId: 'CS-8', startKey: 'key' });
    const { startKey: _, ...theirs } = aSession({ sessionId: 's-2', stationId: 'CS-9' });
    await sessions.openSession(ours, { occupies: false });
    await sessions.ensurePartial(theirs);
    const place = { evseId: 2, connectorId: 1 };
    const sources = [ours, theirs].map(({ sessionId, stationId }) => ({ sessionId, stationId }));

    const stations = await asked.askMany('ChargingSession.station', sources);
    const [connector] = await asked.askMany('ChargingSession.connector', [
      { ...sources[0], connectorRef: place },
    ]);

    const gone = { status: 'UNKNOWN', connectors: [], createdAt: new Date(ours.startedAt).toISOString() };
    expect(stations).toMatchObject([
      { ...gone, id: 'CS-8', stationId: 'CS-8', ocppVersion: 'OCPP_1_6' },
      { ...gone, id: 'CS-9', stationId: 'CS-9', ocppVersion: 'OCPP_2_0_1' },
    ]);
    for (const station of stations)
      expect(Object.keys(station as View)).toEqual(promisedOf('ChargingStation'));
    expect(Object.keys(connector as View)).toEqual(promisedOf('Connector'));
    expect(connector).toEqual({
      id: 'CS-8:2',
      stationId: 'CS-8',
      connectorRef: place,
      connectorId: 2,
      evseId: 2,
      connectorType: 'OTHER',
      status: 'UNKNOWN',
    });
  });
});
