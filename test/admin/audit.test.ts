import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  admin = await newAdmin(db);
  admin.scene.now = Date.now();
});

const platform = { roles: ['SUPER_ADMIN'] as const, tenantId: '', subject: 'root' };

describe('the trail over REST', () => {
  test('holds what was changed, by whom and where, and not what was looked at', async () => {
    await admin.request('PUT /tokens/AA01', { visualId: 'card 1' });
    await admin.request('GET /tokens/AA01');

    const { body } = await admin.request('GET /audit');

    expect(body.items).toMatchObject([
      {
        subject: 'alice',
        roles: ['TENANT_ADMIN'],
        fromPlatform: false,
        door: 'REST',
        action: 'PUT /tokens/{uid}',
        target: 'AA01',
        outcome: 'DONE',
        arguments: { path: { uid: 'AA01' }, body: { visualId: 'card 1' } },
      },
    ]);
  });

  test('holds who tried without the right to, and nothing that made no sense', async () => {
    await admin.request('PUT /tokens/AA01', {}, { roles: ['VIEWER'] });
    await admin.request('PUT /tokens/AA01', { tokenType: 'SPELL' });

    const { body } = await admin.request('GET /audit');

    expect(body.items).toMatchObject([{ outcome: 'REFUSED', errorType: 'NotAllowed', roles: ['VIEWER'] }]);
  });

  test('holds all that the platform’s people do, reading too', async () => {
    await admin.request(`GET /tokens?tenantId=${admin.scene.tenantId}`, undefined, platform);

    const { body } = await admin.request('GET /audit');

    expect(body.items).toMatchObject([{ action: 'GET /tokens', subject: 'root', fromPlatform: true }]);
  });

  test('is read by target and time, page by page', async () => {
    for (const uid of ['AA01', 'AA02', 'AA01']) await admin.request(`PUT /tokens/${uid}`, {});

    const ofOne = await admin.request('GET /audit?target=AA01');
    const first = await admin.request('GET /audit?limit=2');
    const rest = await admin.request(`GET /audit?limit=2&cursor=${first.body.cursor}`);
    const later = await admin.request(`GET /audit?from=${new Date(admin.scene.now + 1).toISOString()}`);
    const wrong = await admin.request('GET /audit?to=yesterday');

    expect([ofOne, first, rest, later].map(({ body }) => body.items.length)).toEqual([2, 2, 1, 0]);
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/to' }] } });
  });

  test('is for administrators, of a tenant that is there', async () => {
    const operator = await admin.request('GET /audit', undefined, { roles: ['OPERATOR'] });
    const nowhere = await admin.request(`GET /audit?tenantId=${newTenantId()}`, undefined, platform);

    expect([operator.status, nowhere.status]).toEqual([403, 404]);
  });
});
