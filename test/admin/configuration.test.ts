import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noteVariables } from '#core/device-model/note-variables.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
  admin.scene.now = Date.now();
  await admin.scene.stations.createStation(
    aStation({ stationId: 'CS-1', protocol: 'ocpp2.0.1', model: 'Duo 22' }),
  );
});
afterAll(() => db.close());

const path = '/stations/CS-1/configuration';
const put = (settings: object, as = {}) => admin.request(`PUT ${path}`, { settings }, as);
const queued = async () => (await admin.scene.commands.listQueued('CS-1', 20)).map(({ request }) => request);

async function told(value: string, name = 'HeartbeatInterval') {
  await noteVariables(admin.scene, {
    stationId: 'CS-1',
    told: [
      {
        component: { name: 'OCPPCommCtrlr' },
        variable: { name },
        attributes: [{ type: 'ACTUAL', value, mutability: 'READ_WRITE' }],
        characteristics: { dataType: 'integer', unit: 's', maxLimit: 900 },
      },
    ],
    at: admin.scene.now,
  });
}

describe('the desired configuration of a station over REST', () => {
  test('is set by its names or 1.6’s, and sent to the station at once', async () => {
    await told('60');

    const { status, body } = await put({ HeartbeatInterval: 300, 'AuthCtrlr.Enabled': true });

    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { key: 'AuthCtrlr.Enabled', desired: 'true', reported: null, pending: 'true', state: 'UNKNOWN' },
      {
        key: 'OCPPCommCtrlr.HeartbeatInterval',
        desired: '300',
        reported: '60',
        pending: '300',
        state: 'DRIFT',
        setBy: 'alice',
        reportedAt: new Date(admin.scene.now).toISOString(),
      },
    ]);
    expect(await queued()).toEqual([
      {
        kind: 'CHANGE_SETTINGS',
        settings: [
          { key: 'AuthCtrlr.Enabled', value: 'true' },
          { key: 'OCPPCommCtrlr.HeartbeatInterval', value: '300' },
        ],
      },
    ]);
  });

  test('is sent once however often it is put, and shows when the station has it', async () => {
    await put({ HeartbeatInterval: '300' });
    await put({ HeartbeatInterval: '300' });
    const once = await queued();
    await told('300');
    const { body } = await admin.request(`GET ${path}`);

    expect(once).toHaveLength(1);
    expect(body.items).toMatchObject([{ state: 'IN_SYNC', reported: '300' }]);
  });

  test('names the setting at fault, and keeps nothing of it', async () => {
    const noPlace = await put({ NoSuchThing: '1', HeartbeatInterval: '300' });
    const secret = await put({ 'SecurityCtrlr.BasicAuthPassword': 'secret' });
    const long = await put({ HeartbeatInterval: 'x'.repeat(1_001) });
    const noValue = await put({ HeartbeatInterval: null });
    const { body } = await admin.request(`GET ${path}`);

    expect([noPlace, secret, long, noValue].map(({ status }) => status)).toEqual([422, 422, 422, 422]);
    expect(noPlace.body.errors).toEqual([{ pointer: '/settings/NoSuchThing', detail: expect.any(String) }]);
    expect(body.items).toEqual([]);
    expect(await queued()).toEqual([]);
  });

  test('takes over what its model says, which stations get with their next boot', async () => {
    const model = await admin.request('PUT /models/Duo%2022/configuration', {
      settings: { HeartbeatInterval: 600 },
    });
    const { body } = await admin.request(`GET ${path}`);

    expect(model.body.items).toMatchObject([{ key: 'HeartbeatInterval', value: '600', setBy: 'alice' }]);
    expect(body.items).toMatchObject([{ key: 'OCPPCommCtrlr.HeartbeatInterval', desired: '600' }]);
    expect(await queued()).toEqual([]);
  });

  test('is not for viewers to set, nor for other tenants to see', async () => {
    const viewer = await put({ HeartbeatInterval: 1 }, { roles: ['VIEWER'] });
    const operator = await admin.request('PUT /models/X/configuration', {}, { roles: ['OPERATOR'] });
    const seen = await admin.request(`GET ${path}`, undefined, { roles: ['VIEWER'] });
    const stranger = await admin.request(`GET ${path}`, undefined, { tenantId: newTenantId() });

    expect([viewer, operator, seen, stranger].map(({ status }) => status)).toEqual([403, 403, 200, 404]);
  });
});

describe('what a station told of itself over REST', () => {
  test('is listed by component, with pages', async () => {
    await told('60');
    await told('5', 'ResetRetries');

    const all = await admin.request('GET /stations/CS-1/variables?limit=1');
    const one = await admin.request('GET /stations/CS-1/variables?component=OCPPCommCtrlr');
    const none = await admin.request('GET /stations/CS-1/variables?component=OCPP');

    expect(all.body.items).toMatchObject([
      {
        name: 'OCPPCommCtrlr',
        variables: [
          {
            name: 'HeartbeatInterval',
            attributes: [{ type: 'ACTUAL', value: '60', mutability: 'READ_WRITE' }],
            characteristics: { unit: 's', maxLimit: 900 },
            goneAt: null,
          },
          { name: 'ResetRetries' },
        ],
      },
    ]);
    expect(one.body.items).toEqual(all.body.items);
    expect(none.body.items).toEqual([]);
  });

  test('reports, monitors, events, availability and network profiles are listed', async () => {
    const { scene } = admin;
    const at = scene.now;
    const place = { component: { name: 'EVSE', evseId: 1 }, variable: { name: 'Temperature' } };
    const report = { stationId: 'CS-1', topic: 'VARIABLES', requestId: 42 } as const;
    await scene.reports.addPage(report, { seqNo: 0, last: false, at });
    await scene.monitors.saveMonitor('CS-1', {
      monitorId: 7,
      ...place,
      type: 'DELTA',
      value: 1.5,
      severity: 5,
      transaction: false,
      reportedAt: at,
    });
    await scene.monitors.addEvent({
      stationId: 'CS-1',
      eventId: 1,
      at,
      receivedAt: at,
      trigger: 'DELTA',
      value: '81',
      notification: 'CustomMonitor',
      ...place,
    });
    await scene.words.noteAvailability('CS-1', {
      place: { evseId: 1, connectorId: 0 },
      wanted: 'INOPERATIVE',
      answer: 'SCHEDULED',
      commandId: 'c',
      askedAt: at,
      answeredAt: at,
    });
    const lists = await Promise.all(
      ['reports', 'monitors', 'events', 'availability', 'network-profiles'].map(async (name) => {
        const { body } = await admin.request(`GET /stations/CS-1/${name}`);
        return [name, body.items];
      }),
    );

    expect(Object.fromEntries(lists)).toMatchObject({
      reports: [{ requestId: 42, state: 'RUNNING', pages: 1, endedAt: null }],
      monitors: [{ monitorId: 7, type: 'DELTA', value: 1.5 }],
      events: [{ eventId: 1, value: '81', at: new Date(at).toISOString() }],
      availability: [{ evseId: 1, connectorId: 0, wanted: 'INOPERATIVE', answer: 'SCHEDULED' }],
      'network-profiles': [],
    });
  });
});
