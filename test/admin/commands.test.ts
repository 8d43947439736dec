import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
  // Commands are kept for a month of real time.
  admin.scene.now = Date.now();
  await admin.scene.stations.createStation(aStation({ stationId: 'CS-1', protocol: 'ocpp1.6' }));
});
afterAll(() => db.close());

const path = '/stations/CS-1/commands';
const triggerOf = (requestedMessage: string) => ({
  command: 'TRIGGER_MESSAGE',
  parameters: { requestedMessage },
  whenOffline: 'WAIT',
});

describe('commands over REST', () => {
  test('are queued for a station that is away, listed, read and cancelled', async () => {
    const queued = await admin.request(`POST ${path}`, {
      command: 'STOP_TRANSACTION',
      parameters: { transactionId: '1' },
    });
    const reset = {
      command: 'RESET',
      parameters: { type: 'Soft' },
      whenOffline: 'WAIT',
      timeoutSeconds: 3600,
    };
    const waiting = await admin.request(`POST ${path}`, reset);
    const listed = await admin.request(`GET ${path}`);
    const one = await admin.request(`GET ${path}/${waiting.body.commandId}`);
    const cancelled = await admin.request(`DELETE ${path}/${waiting.body.commandId}`);
    const again = await admin.request(`DELETE ${path}/${waiting.body.commandId}`);

    expect(queued).toMatchObject({ status: 404, body: { title: 'Not Found' } });
    expect(waiting).toMatchObject({ status: 202, body: { state: 'QUEUED', requestedBy: 'alice' } });
    expect(listed.body.items).toEqual([waiting.body]);
    expect(one.body).toEqual(waiting.body);
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'CANCELLED' } });
    expect(again).toMatchObject({ status: 409 });
  });

  test('to a station that is not there are refused at once unless they may wait', async () => {
    const refused = await admin.request(`POST ${path}`, { command: 'RESET' });

    expect(refused).toMatchObject({ status: 409, body: { title: 'Station Offline' } });
  });

  test('name the member at fault', async () => {
    const wrong = await admin.request(`POST ${path}`, triggerOf('Nothing'));
    const unknown = await admin.request(`POST ${path}`, { command: 'SET_VARIABLES', whenOffline: 'WAIT' });
    const noJson = await admin.request(`POST ${path}`, '{');

    expect(wrong).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/parameters/requestedMessage' }] },
    });
    expect(unknown).toMatchObject({ status: 422, body: { title: 'Not Supported' } });
    expect(noJson).toMatchObject({ status: 422, body: { errors: [{ pointer: '' }] } });
  });

  test('are not for viewers, nor for members of another tenant', async () => {
    const viewer = await admin.request(`POST ${path}`, triggerOf('Heartbeat'), { roles: ['VIEWER'] });
    const stranger = await admin.request(`POST ${path}`, triggerOf('Heartbeat'), { tenantId: newTenantId() });
    const { tenantId: _, ...platform } = { tenantId: '', roles: ['SUPER_ADMIN'] as const };
    const nameless = await admin.request(`GET ${path}`, undefined, { ...platform, tenantId: '' });
    const named = await admin.request(`GET ${path}?tenantId=${admin.scene.tenantId}`, undefined, {
      ...platform,
      tenantId: '',
    });

    expect([viewer.status, stranger.status, nameless.status, named.status]).toEqual([403, 404, 403, 200]);
  });
});

describe('alerts over REST', () => {
  test('are listed while they are open, and resolved by somebody', async () => {
    await admin.scene.alerts.raise({
      alertId: 'a-1',
      category: 'SECURITY_ALERT',
      severity: 'HIGH',
      kind: 'WRONG_PASSWORD',
      message: 'again and again',
      stationId: 'CS-1',
      raisedAt: admin.scene.now,
      lastAt: admin.scene.now,
      count: 1,
    });

    const open = await admin.request('GET /alerts?open=true');
    const ofStation = await admin.request('GET /alerts?stationId=CS-1');
    const resolved = await admin.request('POST /alerts/a-1/resolve');
    const left = await admin.request('GET /alerts?open=true');
    const all = await admin.request('GET /alerts');

    expect(open.body.items).toMatchObject([{ alertId: 'a-1', resolvedAt: null }]);
    expect(ofStation.body.items).toEqual(open.body.items);
    expect(resolved.body).toMatchObject({ alertId: 'a-1', resolvedBy: 'alice' });
    expect([left.body.items, all.body.items.length]).toEqual([[], 1]);
  });
});
