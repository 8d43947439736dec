import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aStation, aToken } from '../adapters/dynamodb/samples.ts';
import { noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

/** A tariff with everything OCPI knows. */
const whole = {
  tariffId: 'night',
  name: 'Night',
  description: 'Cheap at night',
  currency: 'EUR',
  type: 'REGULAR',
  altTexts: [{ language: 'fr', text: 'La nuit' }],
  altUrl: 'https://example.com/prices',
  tariffElements: [
    {
      priceComponents: [{ type: 'ENERGY', price: '0.25', vat: '20', stepSize: 100 }],
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
        minDurationSeconds: 60,
        maxDurationSeconds: 3600,
        daysOfWeek: ['SATURDAY'],
      },
    },
    {
      priceComponents: [{ type: 'TIME', price: '1', stepSize: 1 }],
      restrictions: { reservation: 'RESERVATION_EXPIRES' },
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
  },
};
const plain = (tariffId: string, more: View = {}) => ({
  ...{ tariffId, name: tariffId, currency: 'EUR', ...more },
  tariffElements: [{ priceComponents: [{ type: 'FLAT', price: '1' }] }],
});
const create = (input: View) => asked.ask('Mutation.createTariff', { input }) as Promise<View>;
const update = (input: View, version?: number) =>
  asked.ask('Mutation.updateTariff', {
    id: 'night',
    input,
    ...(version ? { version } : {}),
  }) as Promise<View>;
const read = (version?: number) =>
  asked.ask('Query.tariff', { id: 'night', version }) as Promise<View | null>;

describe('a tariff', () => {
  test('is made as a draft, of all that OCPI knows', async () => {
    const made = await create(whole);

    const at = new Date(noon).toISOString();
    expect(made).toEqual({
      ...whole,
      ...{ id: 'night', status: 'DRAFT', version: 1, createdAt: at, updatedAt: at },
    });
    expect(await read()).toEqual(made);
  });

  test('keeps what an update leaves out, and loses what it makes null', async () => {
    await create(whole);

    await update({ name: 'Dusk', energyMix: null, validTo: null, altTexts: null });

    const { energyMix: _, validTo: __, altTexts: ___, ...rest } = whole;
    expect(await read()).toEqual({
      ...rest,
      ...{ name: 'Dusk', id: 'night', status: 'DRAFT', version: 2 },
      ...{ createdAt: expect.any(String), updatedAt: expect.any(String) },
    });
    expect(await read(1)).toMatchObject(whole);
    expect(await read(9)).toBeNull();
  });

  test('is activated and deactivated, and all of its versions can be read', async () => {
    await create(whole);
    await asked.ask('Mutation.activateTariff', { id: 'night', version: 1 });
    await asked.ask('Mutation.deactivateTariff', { id: 'night' });

    const page = (await asked.ask('Query.tariffVersions', { id: 'night', limit: 2 })) as View;
    const rest = (await asked.ask('Query.tariffVersions', {
      id: 'night',
      nextToken: page.nextToken,
    })) as View;

    const statuses = [page, rest].flatMap(({ items }) => (items as View[]).map(({ status }) => status));
    expect(statuses).toEqual(['INACTIVE', 'ACTIVE', 'DRAFT']);
  });

  test.each<[string, () => Promise<unknown>, string, string]>([
    ['an id in use', () => create(whole), 'Conflict', 'input.tariffId'],
    ['another version', () => update({ name: 'x' }, 7), 'Conflict', 'version'],
    ['a draft out of use', () => asked.ask('Mutation.deactivateTariff', { id: 'night' }), 'Conflict', 'id'],
    ['no tariff', () => asked.ask('Mutation.activateTariff', { id: 'none' }), 'NotFound', 'id'],
    ['versions of none', () => asked.ask('Query.tariffVersions', { id: 'none' }), 'NotFound', 'id'],
    ['no name', () => update({ name: null }), 'Validation', 'input.name'],
    ['another kind', () => update({ type: 'AD_HOC_PAYMENT' }), 'Validation', 'input.type'],
    ['no element', () => update({ tariffElements: [] }), 'Validation', 'input.tariffElements'],
    [
      'a bad price',
      () => update({ tariffElements: [{ priceComponents: [{ type: 'FLAT', price: 'free' }] }] }),
      'Validation',
      'input.tariffElements.0.priceComponents.0.price',
    ],
    [
      'a bad duration',
      () => {
        const [element] = plain('x').tariffElements;
        return update({ tariffElements: [{ ...element, restrictions: { minDurationSeconds: -1 } }] });
      },
      'Validation',
      'input.tariffElements.0.restrictions.minDurationSeconds',
    ],
  ])('names what is wrong with %s', async (_, ask, code, field) => {
    await create(whole);

    await expect(ask()).rejects.toMatchObject({ code, field });
  });

  test('is found by its status and its currency', async () => {
    await create(plain('a'));
    await create(plain('b', { currency: 'CHF' }));
    await create(plain('c'));
    await asked.ask('Mutation.activateTariff', { id: 'c' });

    const idsOf = async (filter: View | null) =>
      ((await asked.ask('Query.tariffs', { filter })) as View[]).map(({ id }) => id);
    expect(await idsOf(null)).toEqual(['a', 'b', 'c']);
    expect(await idsOf({ status: ['DRAFT'] })).toEqual(['a', 'b']);
    expect(await idsOf({ status: ['DRAFT'], currency: ['CHF', 'EUR'] })).toEqual(['a', 'b']);
    expect(await idsOf({ currency: ['CHF'] })).toEqual(['b']);
    const page = (await asked.ask('Query.tariffsPage', { filter: { currency: ['EUR'] }, limit: 1 })) as View;
    expect([(page.items as View[]).length, typeof page.nextToken]).toEqual([1, 'string']);
  });
});

describe('what a tariff is assigned to', () => {
  const scopes: readonly View[] = [
    { kind: 'TOKEN', tokenUid: '04A1B2C3D4E5F6' },
    { kind: 'TOKEN_GROUP', tokenGroupId: 'FAMILY' },
    { kind: 'CONNECTOR', stationId: 'CS-1', connectorId: 2 },
    { kind: 'STATION', stationId: 'CS-1' },
    { kind: 'TENANT' },
  ];
  const assign = (scope: View, tariffId: string) =>
    asked.ask('Mutation.assignTariff', { scope, tariffId }) as Promise<View>;

  beforeEach(async () => {
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await asked.scene.tokens.createToken(aToken());
    await create(plain('plain'));
    await create(plain('spot', { type: 'AD_HOC_PAYMENT' }));
  });

  test.each(scopes)('%j holds one tariff of each kind', async (scope) => {
    await assign(scope, 'plain');
    const both = await assign(scope, 'spot');

    expect(both).toEqual({
      ...scope,
      ...{ contractTariffId: 'plain', adHocTariffId: 'spot', version: 2, updatedAt: expect.any(String) },
    });
    expect(await asked.ask('Query.tariffAssignment', { scope })).toEqual(both);
    expect(await asked.ask('Query.tariffAssignments', { tariffId: 'spot' })).toEqual({
      items: [both],
      nextToken: null,
    });
    const one = await asked.ask('Mutation.unassignTariff', { scope, tariffId: 'plain' });
    expect(one).not.toHaveProperty('contractTariffId');
    await asked.ask('Mutation.unassignTariff', { scope });
    expect(await asked.ask('Query.tariffAssignments')).toEqual({ items: [], nextToken: null });
  });

  test.each<[View, string, string]>([
    [{ kind: 'TOKEN' }, 'Validation', 'scope.tokenUid'],
    [{ kind: 'TENANT', stationId: 'CS-1' }, 'Validation', 'scope.stationId'],
    [{ kind: 'TOKEN', tokenUid: 'NOBODY' }, 'NotFound', 'scope.tokenUid'],
    [{ kind: 'STATION', stationId: 'CS-9' }, 'NotFound', 'scope.stationId'],
    [{ kind: 'CONNECTOR', stationId: 'CS-9', connectorId: 1 }, 'NotFound', 'scope.stationId'],
    [{ kind: 'CONNECTOR', stationId: 'CS-1', connectorId: 9 }, 'NotFound', 'scope.connectorId'],
  ])('is there and named whole: %j', async (scope, code, field) => {
    await expect(assign(scope, 'plain')).rejects.toMatchObject({ code, field });
  });

  test('is nothing where none ever was', async () => {
    expect(await asked.ask('Query.tariffAssignment', { scope: { kind: 'TENANT' } })).toBeNull();
    const ended = asked.ask('Mutation.unassignTariff', { scope: { kind: 'TENANT' } });
    await expect(ended).rejects.toMatchObject({ code: 'NotFound', field: 'scope' });
    await expect(assign({ kind: 'TENANT' }, 'none')).rejects.toMatchObject({ field: 'tariffId' });
  });

  test('prices its connectors as they are asked for', async () => {
    await create(plain('night'));
    for (const id of ['plain', 'night']) await asked.ask('Mutation.activateTariff', { id });
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-2' }));
    const stations = (await asked.ask('Query.stations')) as View[];
    const connectors = stations.flatMap((station) => station.connectors as View[]);
    const pricesOf = async () =>
      (await asked.askMany('Connector.tariff', connectors)).map(
        (found) => (found as View | null)?.id ?? null,
      );

    expect(await pricesOf()).toEqual([null, 'night', null, 'night']);
    await assign({ kind: 'TENANT' }, 'plain');
    await assign({ kind: 'CONNECTOR', stationId: 'CS-1', connectorId: 2 }, 'plain');
    expect(await pricesOf()).toEqual(['plain', 'plain', 'plain', 'night']);
  });
});
