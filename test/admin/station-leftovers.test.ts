import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
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
    await unfitMessages.keepMessage({ ...message, receivedAt: noon });
    await unfitMessages.keepMessage({ ...message, receivedAt: noon + 1_000 });
    await unfitMessages.keepMessage({ ...message, receivedAt: noon });

    const { body } = await admin.request('GET /stations/CS-1/unfit-messages');

    expect(body.items).toEqual([
      { ...message, receivedAt: new Date(noon + 1_000).toISOString() },
      { ...message, receivedAt: new Date(noon).toISOString() },
    ]);
  });

  test('are not for other tenants', async () => {
    const stranger = { tenantId: 'somebody-else' };

    const { status } = await admin.request('GET /stations/CS-1/unfit-messages', undefined, stranger);

    expect(status).toBe(404);
  });
});
