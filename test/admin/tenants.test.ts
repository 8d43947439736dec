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

const company = { tenantType: 'CPO', countryCode: 'de', partyId: 'abc' };
const asPlatform = (line: string, body?: object) => {
  const { tenantId: _, ...platform } = { tenantId: '', roles: ['SUPER_ADMIN'] as const };
  return admin.request(line, body, { ...platform, tenantId: '' });
};

describe('tenants', () => {
  test('are let in with a slug of their name, and found by page, status and search', async () => {
    const mark = crypto.randomUUID().slice(0, 8);
    const made = await asPlatform('POST /admin/tenants', {
      ...company,
      name: `Élan Ladestrom ${mark}`,
      settings: { timezone: 'Europe/Berlin', defaultLanguage: 'de' },
    });
    const other = await asPlatform('POST /admin/tenants', { ...company, name: 'Other', slug: `b-${mark}` });
    await asPlatform(`PUT /admin/tenants/${other.body.id}/status`, { status: 'SUSPENDED', reason: 'unpaid' });

    const list = async (query: string) =>
      (await asPlatform(`GET /admin/tenants?search=${mark}&${query}`)).body;

    expect(made).toMatchObject({
      status: 201,
      body: {
        slug: `elan-ladestrom-${mark}`,
        status: 'ACTIVE',
        countryCode: 'DE',
        partyId: 'ABC',
        settings: { timezone: 'Europe/Berlin', defaultCurrency: 'EUR', defaultLanguage: 'de' },
      },
    });
    expect(await list('size=1')).toMatchObject({ page: 0, size: 1, totalElements: 2, totalPages: 2 });
    expect((await list('size=1&page=1')).content).toHaveLength(1);
    expect((await list('status=SUSPENDED')).content).toMatchObject([
      { id: other.body.id, statusReason: 'unpaid' },
    ]);
    expect((await asPlatform(`GET /admin/tenants/${made.body.id}`)).body).toEqual(made.body);
  });

  test('are changed where the body says so, and never revived', async () => {
    const slug = crypto.randomUUID();
    const { body } = await asPlatform('POST /admin/tenants', {
      ...company,
      name: 'New',
      slug,
      domain: 'a.example',
    });
    const path = `/admin/tenants/${body.id}`;

    const changed = await asPlatform(`PATCH ${path}`, {
      domain: null,
      settings: { features: { roaming: true } },
    });
    await asPlatform(`PUT ${path}/status`, { status: 'TERMINATED' });
    const revived = await asPlatform(`PUT ${path}/status`, { status: 'ACTIVE' });

    expect(changed.body).toMatchObject({ name: 'New', settings: { features: { roaming: true } } });
    expect(changed.body.domain).toBeUndefined();
    expect(revived.status).toBe(409);
  });

  test('are refused naming what is wrong', async () => {
    const slug = crypto.randomUUID();
    await asPlatform('POST /admin/tenants', { ...company, name: 'First', slug });

    const answers = [
      await asPlatform('POST /admin/tenants', { ...company, name: 'Again', slug }),
      await asPlatform('POST /admin/tenants', { ...company, name: 'New', slug: 'Not A Slug' }),
      await asPlatform('POST /admin/tenants', {
        ...company,
        name: 'New',
        settings: { defaultCurrency: 'Euro' },
      }),
      await asPlatform('GET /admin/tenants?size=0'),
      await asPlatform('GET /admin/tenants/nobody'),
      await asPlatform('PUT /admin/tenants/nobody/status', { status: 'ACTIVE' }),
    ];

    expect(answers.map(({ status, body }) => [status, body.errors?.[0]?.pointer])).toEqual([
      [409, '/slug'],
      [422, '/slug'],
      [422, '/defaultCurrency'],
      [422, '/size'],
      [404, undefined],
      [404, undefined],
    ]);
  });

  test('are for members of the platform alone, whoever’s tenant it is', async () => {
    const { tenantId } = admin.scene;

    const statuses = [
      (await admin.request('GET /admin/tenants')).status,
      (await admin.request(`GET /admin/tenants/${tenantId}`)).status,
      (await admin.request('GET /admin/tenants/nobody')).status,
      (await admin.request('POST /admin/tenants', { ...company, name: 'Mine' })).status,
      (await admin.request(`PUT /admin/tenants/${tenantId}/status`, { status: 'ACTIVE' })).status,
    ];

    expect(statuses).toEqual([403, 403, 403, 403, 403]);
  });
});
