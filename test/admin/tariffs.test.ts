import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aStation, aToken } from '../adapters/dynamodb/samples.ts';
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
});
afterAll(() => db.close());

/** A tariff with everything OCPI knows. */
const whole = {
  name: 'Day and night',
  description: 'By the hour',
  currency: 'EUR',
  type: 'REGULAR',
  altTexts: [{ language: 'fr', text: 'Selon l’heure' }],
  altUrl: 'https://example.com/prices',
  elements: [
    {
      priceComponents: [
        { type: 'ENERGY', price: '0.25', vat: '20', stepSize: 1 },
        { type: 'PARKING_TIME', price: '2', stepSize: 60 },
      ],
      restrictions: {
        startTime: '22:00',
        endTime: '06:00',
        startDate: '2026-01-01',
        endDate: '2027-01-01',
        minKwh: '1',
        maxKwh: '50.5',
        minCurrentA: '6',
        maxCurrentA: '32',
        minPowerKw: '1.4',
        maxPowerKw: '22',
        minDurationS: 60,
        maxDurationS: 3600,
        daysOfWeek: ['SATURDAY', 'SUNDAY'],
      },
    },
    {
      priceComponents: [{ type: 'FLAT', price: '1', stepSize: 1 }],
      restrictions: { reservation: 'RESERVATION' },
    },
  ],
  minPrice: { exclVat: '1', inclVat: '1.2' },
  maxPrice: { exclVat: '50' },
  validFrom: '2026-06-01T00:00:00.000Z',
  validTo: '2027-06-01T00:00:00.000Z',
  energyMix: {
    isGreen: true,
    sources: [{ source: 'WIND', percentage: '100' }],
    impacts: [{ category: 'CARBON_DIOXIDE', amount: '12.5' }],
    supplierName: 'Mistral',
    productName: 'Green',
  },
};
const plain = {
  name: 'Plain',
  currency: 'EUR',
  elements: [{ priceComponents: [{ type: 'FLAT', price: '1' }] }],
};
const create = (tariffId: string, body: object = plain) =>
  admin.request('POST /tariffs', { tariffId, ...body });

describe('a tariff', () => {
  test('is a draft, active and taken out of use, and each of its revisions can be read', async () => {
    const created = await create('night', whole);
    const activated = await admin.request('POST /tariffs/night/activate', { version: 1 });
    const replaced = await admin.request('PUT /tariffs/night', { ...whole, name: 'Night', version: 2 });
    const ended = await admin.request('POST /tariffs/night/deactivate');

    expect([created.status, created.body.status, created.body.version]).toEqual([201, 'DRAFT', 1]);
    expect([activated.body.status, replaced.body.name, ended.body.status]).toEqual([
      'ACTIVE',
      'Night',
      'INACTIVE',
    ]);
    const { body } = await admin.request('GET /tariffs/night/revisions');
    expect(body.items.map(({ version }: { version: number }) => version)).toEqual([4, 3, 2, 1]);
    expect((await admin.request('GET /tariffs/night/revisions/1')).body).toEqual(created.body);
    expect((await admin.request('GET /tariffs')).body.items).toEqual([ended.body]);
  });

  test('is given back with all that it was made of', async () => {
    await create('night', whole);

    const { body } = await admin.request('GET /tariffs/night');

    const at = new Date(noon).toISOString();
    expect(body).toEqual({
      ...whole,
      tariffId: 'night',
      status: 'DRAFT',
      createdAt: at,
      updatedAt: at,
      version: 1,
    });
  });

  test('is changed by whoever saw its present version alone', async () => {
    await create('plain');
    await admin.request('PUT /tariffs/plain', { ...plain, name: 'Other' });

    for (const line of ['PUT /tariffs/plain', 'POST /tariffs/plain/activate']) {
      const body = line.startsWith('PUT') ? { ...plain, version: 1 } : { version: 1 };
      expect(await admin.request(line, body)).toMatchObject({
        status: 409,
        body: { errors: [{ pointer: '/version' }] },
      });
    }
  });

  test.each([
    ['POST /tariffs', { ...plain, tariffId: 'x', currency: 'euro' }, 422, '/currency'],
    ['POST /tariffs', { ...plain, tariffId: 'x', elements: [] }, 422, '/elements'],
    ['POST /tariffs', { ...plain, tariffId: 'x', prices: [] }, 422, ''],
    ['POST /tariffs', { ...plain, tariffId: 'x', validFrom: 'now' }, 422, '/validFrom'],
    ['PUT /tariffs/none', plain, 404, '/tariffId'],
    ['POST /tariffs/none/activate', {}, 404, '/tariffId'],
  ])('is refused where it makes no sense: %s %j', async (line, body, status, pointer) => {
    const refused = await admin.request(line, body);

    expect([refused.status, refused.body.errors?.[0]?.pointer ?? '']).toEqual([status, pointer]);
  });

  test('has no revision that was never made', async () => {
    await create('plain');

    for (const version of ['2', '0', 'x']) {
      expect(await admin.request(`GET /tariffs/plain/revisions/${version}`)).toMatchObject({ status: 404 });
    }
  });

  test('is read by whoever may look, changed by administrators alone, of its own tenant', async () => {
    await create('plain');

    expect(await admin.request('GET /tariffs/plain', undefined, { roles: ['VIEWER'] })).toMatchObject({
      status: 200,
    });
    expect(await admin.request('POST /tariffs', plain, { roles: ['OPERATOR'] })).toMatchObject({
      status: 403,
    });
    expect(await admin.request('GET /tariffs/plain', undefined, { tenantId: 'another' })).toMatchObject({
      status: 404,
    });
  });
});

describe('an assignment', () => {
  const places = [
    '/tokens/04a1b2c3d4e5f6/tariffs',
    '/token-groups/FAMILY/tariffs',
    '/stations/CS-1/evses/1/connectors/1/tariffs',
    '/stations/CS-1/tariffs',
    '/settings/tariffs',
  ];

  beforeEach(async () => {
    await admin.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await admin.scene.tokens.createToken(aToken());
    await create('plain');
    await create('spot', { ...plain, type: 'AD_HOC_PAYMENT' });
  });

  test.each(places)('of %s holds one tariff of each kind, and is ended one by one', async (place) => {
    await admin.request(`PUT ${place}`, { tariffId: 'plain' });
    admin.scene.now += 1000;
    const both = await admin.request(`PUT ${place}`, { tariffId: 'spot' });
    const repeated = await admin.request(`PUT ${place}`, { tariffId: 'spot' });
    const ended = await admin.request(`DELETE ${place}?tariffId=plain`);

    expect(both.body.tariffs).toEqual({ contractTariffId: 'plain', adHocTariffId: 'spot' });
    expect(both.body.former).toEqual([
      { contractTariffId: 'plain', adHocTariffId: null, since: new Date(noon).toISOString() },
    ]);
    expect(repeated.body).toEqual(both.body);
    expect(ended.status).toBe(204);
    expect((await admin.request(`GET ${place}`)).body.tariffs).toEqual({
      contractTariffId: null,
      adHocTariffId: 'spot',
    });
    await admin.request(`DELETE ${place}`);
    expect((await admin.request('GET /tariff-assignments')).body.items).toEqual([]);
  });

  test('is found by its tariff', async () => {
    for (const place of places) await admin.request(`PUT ${place}`, { tariffId: 'plain' });
    await admin.request('PUT /stations/CS-1/tariffs', { tariffId: 'spot' });

    const kindsOf = async (query: string) =>
      (await admin.request(`GET /tariff-assignments${query}`)).body.items.map(
        ({ scope }: { scope: { kind: string } }) => scope.kind,
      );
    expect(await kindsOf('?tariffId=spot')).toEqual(['STATION']);
    expect(await kindsOf('?tariffId=plain')).toHaveLength(places.length);
  });

  test('is refused for what is not there, and for a tariff that is out of use', async () => {
    await admin.request('POST /tariffs/plain/activate');
    await admin.request('POST /tariffs/plain/deactivate');

    const refusals = await Promise.all([
      admin.request('PUT /tokens/NOBODY/tariffs', { tariffId: 'spot' }),
      admin.request('PUT /stations/CS-9/tariffs', { tariffId: 'spot' }),
      admin.request('PUT /stations/CS-1/evses/9/connectors/1/tariffs', { tariffId: 'spot' }),
      admin.request('PUT /settings/tariffs', { tariffId: 'none' }),
      admin.request('DELETE /settings/tariffs'),
      admin.request('PUT /settings/tariffs', { tariffId: 'plain' }),
    ]);

    expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 409]);
    expect((await admin.request('GET /settings/tariffs')).body.tariffs.contractTariffId).toBeNull();
  });

  test('shows that a scope never had one', async () => {
    expect((await admin.request('GET /stations/CS-1/tariffs')).body).toEqual({
      scope: { kind: 'STATION', stationId: 'CS-1' },
      tariffs: { contractTariffId: null, adHocTariffId: null },
      former: [],
    });
  });
});
