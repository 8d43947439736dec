import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const roamer = { countryCode: 'NL', partyId: 'TNM', name: 'The New Motion', role: 'EMSP' };

test('partners over REST are registered, found and changed, in their own tenant alone', async () => {
  const [admin, theirs] = [await newAdmin(db), await newAdmin(db)];

  const made = await admin.request('POST /partners', roamer);
  const path = `/partners/${made.body.partnerId}`;
  const changed = await admin.request(`PATCH ${path}`, { status: 'SUSPENDED', revision: 1 });

  expect(made).toMatchObject({ status: 201, body: { ...roamer, status: 'PENDING', revision: 1 } });
  expect(changed).toMatchObject({ status: 200, body: { status: 'SUSPENDED', revision: 2 } });
  expect((await admin.request('GET /partners')).body).toEqual({ items: [changed.body] });
  expect((await admin.request(`GET ${path}`, undefined, { roles: ['VIEWER'] })).body).toEqual(changed.body);
  expect((await theirs.request(`GET ${path}`)).status).toBe(404);
  expect((await theirs.request(`PATCH ${path}`, { name: 'Mine' })).status).toBe(404);
});

test('what is wrong with a partner is named', async () => {
  const admin = await newAdmin(db);
  await admin.request('POST /partners', roamer);

  const answers = [
    await admin.request('POST /partners', roamer),
    await admin.request('POST /partners', { ...roamer, partyId: 'TOOLONG' }),
    await admin.request('POST /partners', { ...roamer, token: 'secret' }),
    await admin.request('POST /partners', roamer, { roles: ['OPERATOR'] }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([409, 422, 422, 403]);
  expect(answers[1]?.body.errors[0].pointer).toBe('/partyId');
});
