import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endSession } from '#core/sessions/end-session.ts';
import { recordReadings } from '#core/sessions/record-readings.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { goodUid } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

const now = Date.now();

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
  // What is too old is not shown, by the real clock.
  admin.scene.now = now;
  await admin.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
});
afterAll(() => db.close());

describe('row 4: messages that could not be read', () => {
  const message = {
    stationId: 'CS-1',
    name: 'StopTransaction',
    rest: 'TAKEN',
    parts: [{ place: 'reason', fault: 'enum', content: '"Timeout"' }],
  } as const;

  test('are listed with what did not fit, newest first', async () => {
    const { unfitMessages } = admin.scene;
    await unfitMessages.keepMessage({ ...message, receivedAt: now });
    await unfitMessages.keepMessage({ ...message, receivedAt: now + 1_000 });
    await unfitMessages.keepMessage({ ...message, receivedAt: now });

    const { body } = await admin.request('GET /stations/CS-1/unfit-messages');

    expect(body.items).toEqual([
      { ...message, receivedAt: new Date(now + 1_000).toISOString() },
      { ...message, receivedAt: new Date(now).toISOString() },
    ]);
  });

  test('are not for other tenants', async () => {
    const stranger = { tenantId: 'somebody-else' };

    const { status } = await admin.request('GET /stations/CS-1/unfit-messages', undefined, stranger);

    expect(status).toBe(404);
  });
});

describe('row 5: what was said of transactions that nobody knows', () => {
  const stop = {
    stationId: 'CS-1',
    transactionNumber: 4711,
    endedAt: now,
    meterStopWh: 9_000,
    stopReason: 'LOCAL',
    readings: [{ at: now, context: 'END', energyWh: 9_000 }],
  } as const;
  const at = new Date(now).toISOString();

  test('is listed when it is an end, and alerts once', async () => {
    await endSession(admin.scene, stop);
    await endSession(admin.scene, stop);

    const { body } = await admin.request('GET /stations/CS-1/orphans');
    const alerts = await admin.request('GET /alerts?stationId=CS-1');

    const samples = [{ at, context: 'END', energyWh: 9_000 }];
    expect(body.items).toEqual([
      {
        stationId: 'CS-1',
        transactionRef: '4711',
        at,
        receivedAt: at,
        meterStopWh: 9_000,
        entries: [{ at, receivedAt: at, samples }],
      },
    ]);
    expect(alerts.body.items).toMatchObject([{ kind: 'UNKNOWN_TRANSACTION_ENDED', count: 2 }]);
  });

  test('row 10: waits under the transaction when it is readings, and is found there once there is a session', async () => {
    const connector = { evseId: 1, connectorId: 1 };
    const samples = [{ at: now, context: 'PERIODIC', energyWh: 10 }] as const;
    await recordReadings(admin.scene, { stationId: 'CS-1', connector, transactionNumber: 12, samples });
    const token = { uid: goodUid, tokenType: 'RFID' } as const;
    const start = { stationId: 'CS-1', connector, token, startedAt: now, meterStartWh: 0 };
    const { sessionId, transactionNumber } = await startSession(admin.scene, start);

    const parked = await admin.request('GET /stations/CS-1/transactions/12');
    const known = await admin.request(`GET /stations/CS-1/transactions/${transactionNumber}`);

    expect(parked.body).toEqual({
      stationId: 'CS-1',
      transactionRef: '12',
      sessionId: null,
      entries: [{ at, receivedAt: at, samples: [{ at, context: 'PERIODIC', energyWh: 10 }] }],
    });
    expect(known.body).toMatchObject({ sessionId, entries: [] });
  });

  test('row 11: is its connector’s own when no transaction is named', async () => {
    const connector = { evseId: 0, connectorId: 0 };
    const samples = [{ at: now, context: 'CLOCK', energyWh: 10 }] as const;
    await recordReadings(admin.scene, { stationId: 'CS-1', connector, samples });

    const { body } = await admin.request('GET /stations/CS-1/readings');

    const shown = [{ at, context: 'CLOCK', energyWh: 10 }];
    expect(body.items).toEqual([{ stationId: 'CS-1', ...connector, receivedAt: at, samples: shown }]);
  });

  test('of another tenant or station is not shown', async () => {
    const connector = { evseId: 1, connectorId: 1 };
    await admin.scene.stations.createStation(aStation({ stationId: 'CS-2' }));
    await endSession(admin.scene, stop);
    const samples = [{ at: now, context: 'PERIODIC', energyWh: 10 }] as const;
    await recordReadings(admin.scene, { stationId: 'CS-1', connector, transactionNumber: 4711, samples });
    const stranger = { tenantId: 'somebody-else' };

    const beside = await admin.request('GET /stations/CS-2/orphans');
    const ofBeside = await admin.request('GET /stations/CS-2/transactions/4711');
    const elsewhere = await admin.request('GET /stations/CS-1/orphans', undefined, stranger);

    expect([beside.body.items, ofBeside.body.entries, elsewhere.status]).toEqual([[], [], 404]);
  });
});
