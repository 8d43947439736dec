import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fields } from '../../functions/graphql/fields.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
let theirs: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  [asked, theirs] = [await newAsked(db), await newAsked(db)];
});

const asPlatform = (field: string, args: View) =>
  fields[field]?.(
    {
      field,
      caller: {
        tenantId: asked.scene.tenantId,
        subject: 'root',
        roles: ['SUPER_ADMIN'],
        fromPlatform: true,
      },
      arguments: args,
    },
    asked.services,
  );

test('a member sees their own tenant and no other', async () => {
  const { tenantId } = asked.scene;

  const own = (await asked.ask('Query.tenant', { id: tenantId })) as View;

  expect(own).toMatchObject({
    id: tenantId,
    name: 'Demo',
    status: 'ACTIVE',
    settings: { timezone: 'Europe/Paris', defaultCurrency: 'EUR' },
  });
  expect(await asked.ask('Query.tenant', { id: theirs.scene.tenantId })).toBeNull();
  expect(await asked.ask('Query.tenants')).toEqual([own]);
  expect(await asked.ask('Query.tenants', { filter: { status: ['SUSPENDED'] } })).toEqual([]);
});

test('a member of the platform sees all', async () => {
  const ids = ((await asPlatform('Query.tenants', { filter: { tenantType: ['CPO'] } })) as View[]).map(
    ({ id }) => id,
  );

  expect(ids).toEqual(expect.arrayContaining([asked.scene.tenantId, theirs.scene.tenantId]));
});

test('a member of the platform looks at one tenant by naming it, so that its trail tells', async () => {
  expect(await asPlatform('Query.tenant', { id: asked.scene.tenantId })).toMatchObject({ name: 'Demo' });
  expect(await asPlatform('Query.tenant', { id: theirs.scene.tenantId })).toBeNull();
  expect(await asPlatform('Query.tenant', { id: 'nobody' })).toBeNull();
});

test('a member of the platform pages through all, however few fit', async () => {
  const seen: unknown[] = [];
  let nextToken: unknown = null;
  do {
    const args = { filter: { tenantType: ['CPO'], status: [] }, limit: 1, nextToken };
    const page = (await asPlatform('Query.tenantsPage', args)) as View & { items: View[] };
    expect(page.items.length).toBeLessThanOrEqual(1);
    seen.push(...page.items.map(({ id }) => id));
    nextToken = page.nextToken;
  } while (nextToken !== null);

  expect(seen).toEqual([...new Set(seen)].toSorted());
  expect(seen).toEqual(expect.arrayContaining([asked.scene.tenantId, theirs.scene.tenantId]));
  const suspended = { filter: { status: ['SUSPENDED'] } };
  expect(await asPlatform('Query.tenantsPage', suspended)).toEqual({ items: [], nextToken: null });
});

test('a role of the platform in a tenant’s own token opens no other tenant', async () => {
  const caller = { tenantId: asked.scene.tenantId, subject: 'x', roles: ['SUPER_ADMIN', 'TENANT_ADMIN'] };
  const ask = (field: string, args: View) =>
    fields[field]?.({ field, caller, arguments: args }, asked.services);

  expect(await ask('Query.tenants', {})).toMatchObject([{ id: asked.scene.tenantId }]);
  expect(await ask('Query.tenantsPage', {})).toMatchObject({ items: [{ id: asked.scene.tenantId }] });
  expect(await ask('Query.tenant', { id: theirs.scene.tenantId })).toBeNull();
});

test('an administrator changes what is the tenant’s to say', async () => {
  const update = (input: View) => asked.ask('Mutation.updateTenant', { input });
  await update({ companyName: 'Demo SA', customProperties: '{"erp":{"id":7}}' });

  const changed = (await update({ name: ' New ', timezone: 'Europe/Madrid', companyName: null })) as View;

  expect(changed).toMatchObject({
    name: 'New',
    settings: { timezone: 'Europe/Madrid', defaultCurrency: 'EUR', customProperties: { erp: { id: 7 } } },
  });
  expect(changed.companyName).toBeUndefined();
  expect(await asked.ask('Query.tenant', { id: asked.scene.tenantId })).toEqual(changed);
  expect((await theirs.services.findTenant()).name).toBe('Demo');
});

test.each([
  ['input.name', { name: '' }],
  ['input.timezone', { timezone: 'Mars/Olympus' }],
  ['input.domain', { domain: 'not a domain' }],
  ['input.defaultLanguage', { defaultLanguage: 'French, please' }],
  ['input.customProperties', { customProperties: '[]' }],
  ['input.customProperties', { customProperties: { long: 'x'.repeat(4_000) } }],
])('a change is refused when %s is wrong', async (field, input) => {
  await expect(asked.ask('Mutation.updateTenant', { input })).rejects.toMatchObject({
    code: 'Validation',
    field,
  });
});
