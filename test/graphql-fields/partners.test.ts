import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

const roamer = { countryCode: 'nl', partyId: 'tnm', name: 'The New Motion', role: 'EMSP' };
const create = async (input: View = {}, who: Asked = asked) =>
  (await who.ask('Mutation.createOCPIPartner', { input: { ...roamer, ...input } })) as View & { id: string };
const idsOf = (found: unknown) => (found as readonly View[]).map(({ id }) => id);

describe('a partner', () => {
  test('is what was said of it, not connected, in its own tenant alone', async () => {
    const businessDetails = { name: 'TNM B.V.', website: 'https://tnm.example', logo: null };

    const partner = await create({ businessDetails, versionsUrl: 'https://tnm.example/ocpi/versions' });

    expect(partner).toMatchObject({
      ...roamer,
      countryCode: 'NL',
      partyId: 'TNM',
      businessDetails: { name: 'TNM B.V.', website: 'https://tnm.example' },
      versionsUrl: 'https://tnm.example/ocpi/versions',
      status: 'PENDING',
      endpoints: [],
      locations: [],
      tariffs: [],
      version: 1,
    });
    expect(partner.lastSyncTimestamp).toBeUndefined();
    expect(await asked.ask('Query.ocpiPartner', { id: partner.id })).toEqual(partner);
    expect(await theirs.ask('Query.ocpiPartner', { id: partner.id })).toBeNull();
    expect(await theirs.ask('Query.ocpiPartners')).toEqual([]);
  });

  test.each([
    ['input.countryCode', { countryCode: 'NLD' }],
    ['input.partyId', { partyId: 'T!' }],
    ['input.name', { name: ' ' }],
    ['input.role', { role: 'KING' }],
    ['input.businessDetails.website', { businessDetails: { name: 'x', website: 'tnm' } }],
    ['input.versionsUrl', { versionsUrl: 'ftp://tnm.example' }],
    ['input.token', { token: 'secret' }],
  ])('is refused when %s is wrong', async (field, input) => {
    await expect(create(input)).rejects.toMatchObject({ code: 'Validation', field });
  });

  test('is one for each party and role of a tenant, also of many made at once', async () => {
    const made = await Promise.allSettled([create(), create(), create(), create({ role: 'CPO' })]);
    const abroad = await create({}, theirs);

    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(abroad.status).toBe('PENDING');
    await expect(create()).rejects.toMatchObject({ code: 'Conflict', field: 'input.partyId' });
  });

  test('is changed where it is said, and never connected by hand', async () => {
    const { id } = await create({ businessDetails: { name: 'TNM' } });
    const update = (input: View, version?: number) =>
      asked.ask('Mutation.updateOCPIPartner', { id, input, version });

    const changed = (await update({ status: 'SUSPENDED', businessDetails: null }, 1)) as View;

    expect(changed).toMatchObject({ name: roamer.name, status: 'SUSPENDED', version: 2 });
    expect(changed.businessDetails).toBeUndefined();
    await expect(update({ name: 'New' }, 1)).rejects.toMatchObject({ code: 'Conflict' });
    await expect(update({ status: 'ACTIVE' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'input.status',
    });
    await expect(
      theirs.ask('Mutation.updateOCPIPartner', { id, input: { name: 'Mine' } }),
    ).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('that is deleted makes room for another, and stays deleted', async () => {
    const { id } = await create();
    const update = (input: View) => asked.ask('Mutation.updateOCPIPartner', { id, input });

    await update({ status: 'DELETED' });
    const next = await create();

    expect(idsOf(await asked.ask('Query.ocpiPartners'))).toEqual([next.id]);
    expect(idsOf(await asked.ask('Query.ocpiPartners', { filter: { status: ['DELETED'] } }))).toEqual([id]);
    await expect(update({ status: 'PENDING' })).rejects.toMatchObject({ code: 'Conflict' });
  });

  test('gives nothing while it is not connected, and says so', async () => {
    const { id } = await create();

    const sync = asked.ask('Mutation.syncOCPIPartner', { id });

    await expect(sync).rejects.toMatchObject({ code: 'Conflict', field: 'id' });
    expect(await asked.ask('Query.ocpiLocations', { partnerId: id })).toEqual([]);
    expect(await asked.ask('Query.ocpiLocationById', { locationId: 'LOC1' })).toBeNull();
    await expect(theirs.ask('Query.ocpiLocations', { partnerId: id })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});

test('partners come oldest first, in pages, by every filter', async () => {
  const one = await create();
  const two = await create({ countryCode: 'DE' });
  const three = await create({ role: 'HUB' });
  const list = async (filter: View) => idsOf(await asked.ask('Query.ocpiPartners', { filter }));

  const first = (await asked.ask('Query.ocpiPartnersPage', { limit: 2 })) as View;
  const second = (await asked.ask('Query.ocpiPartnersPage', {
    limit: 2,
    nextToken: first.nextToken,
  })) as View;

  expect([idsOf(first.items), idsOf(second.items)]).toEqual([[one.id, two.id], [three.id]]);
  expect(await list({ countryCode: ['de'] })).toEqual([two.id]);
  expect(await list({ role: ['HUB', 'EMSP'], countryCode: ['NL'] })).toEqual([one.id, three.id]);
  expect(await list({ role: [] })).toHaveLength(3);
});
