import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  admin = await newAdmin(db);
});

const ada = { email: 'ada@example.org', userType: 'DRIVER' };
const create = async (more: object = {}) => (await admin.request('POST /users', { ...ada, ...more })).body;

describe('users over REST', () => {
  test('are registered, found, changed and deleted', async () => {
    const made = await admin.request('POST /users', { ...ada, firstName: 'Ada' });
    const path = `/users/${made.body.userId}`;

    const changed = await admin.request(`PATCH ${path}`, { firstName: null, lastName: 'Byron', revision: 1 });
    const late = await admin.request(`PATCH ${path}`, { lastName: 'King', revision: 1 });
    const found = await admin.request('GET /users?email=ADA@example.org');
    const deleted = await admin.request(`DELETE ${path}`);

    expect(made).toMatchObject({
      status: 201,
      body: { ...ada, firstName: 'Ada', roles: ['DRIVER'], revision: 1 },
    });
    expect(changed).toMatchObject({ status: 200, body: { lastName: 'Byron', revision: 2 } });
    expect(changed.body.firstName).toBeUndefined();
    expect(late.status).toBe(409);
    expect(found.body).toEqual({ items: [changed.body] });
    expect(deleted.status).toBe(204);
    expect((await admin.request(`GET ${path}`)).body).toMatchObject({ status: 'DELETED' });
    expect((await admin.request('GET /users')).body.items).toEqual([]);
    expect((await admin.request('GET /users?status=DELETED')).body.items).toHaveLength(1);
  });

  test('are refused naming what is wrong', async () => {
    await create();

    const answers = [
      await admin.request('POST /users', { ...ada, email: 'nobody' }),
      await admin.request('POST /users', { ...ada, userType: 'ROBOT' }),
      await admin.request('POST /users', ada),
      await admin.request('POST /users', { ...ada, email: 'b@example.org', roles: ['SUPER_ADMIN'] }),
      await admin.request('GET /users?status=GONE'),
      await admin.request('GET /users/nobody'),
    ];

    expect(answers.map(({ status, body }) => [status, body.errors?.[0]?.pointer])).toEqual([
      [422, '/email'],
      [422, '/userType'],
      [409, '/email'],
      [403, '/roles'],
      [422, '/status'],
      [404, '/id'],
    ]);
  });

  test('who are blocked have tokens that are', async () => {
    const { userId } = await create();
    await admin.request('PUT /tokens/CARD', { userId });

    const blocked = await admin.request(`POST /users/${userId}/block`, { reason: 'unpaid' });
    const tokens = await admin.request(`GET /users/${userId}/tokens`);
    const refused = await admin.request('PUT /tokens/OTHER', { userId });
    await admin.request(`POST /users/${userId}/unblock`);

    expect(blocked.body).toMatchObject({ status: 'BLOCKED', blockedReason: 'unpaid' });
    expect(tokens.body.items).toMatchObject([{ uid: 'CARD', holderStatus: 'BLOCKED' }]);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/userId' }] } });
    expect((await admin.request(`GET /users/${userId}/tokens`)).body.items[0].holderStatus).toBeUndefined();
  });

  test('are for operators to read and for administrators to change', async () => {
    const { userId } = await create();
    const statusFor = async (role: 'VIEWER' | 'OPERATOR' | 'DRIVER', line: string) =>
      (await admin.request(line, {}, { roles: [role] })).status;

    expect(await statusFor('OPERATOR', `GET /users/${userId}`)).toBe(200);
    expect(await statusFor('VIEWER', `GET /users/${userId}`)).toBe(403);
    expect(await statusFor('DRIVER', 'GET /users')).toBe(403);
    expect(await statusFor('OPERATOR', `POST /users/${userId}/block`)).toBe(403);
  });

  test('of another tenant are nobody', async () => {
    const theirs = await newAdmin(db);
    const { userId } = await create();

    expect((await theirs.request(`GET /users/${userId}`)).status).toBe(404);
    expect((await theirs.request(`DELETE /users/${userId}`)).status).toBe(404);
    expect((await theirs.request(`GET /users/${userId}/tokens`)).status).toBe(404);
    expect((await theirs.request('GET /users')).body.items).toEqual([]);
  });
});
