import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { keyAttributes } from '#adapters/dynamodb/update.ts';
import type { Page, PageRequest } from '#core/ports.ts';
import type { AssignmentScope } from '#core/tariffs/tariff-assignment.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aStation, aTariff, aToken, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

async function all<Item>(list: (page: PageRequest) => Promise<Page<Item>>, limit: number): Promise<Item[][]> {
  const pages: Item[][] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, ...(cursor === undefined ? {} : { cursor }) });
    pages.push([...page.items]);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

describe('the station store', () => {
  test('gives a station back as it was created', async () => {
    const { stations } = db.storesOf();

    expect(await stations.createStation(aStation())).toBe('created');

    expect(await stations.findStation('CS-001')).toEqual(aStation());
  });

  test('keeps the first of two stations with one id', async () => {
    const { stations } = db.storesOf();
    await stations.createStation(aStation());

    const outcome = await stations.createStation(aStation({ name: 'another' }));

    expect(outcome).toBe('exists');
    expect((await stations.findStation('CS-001'))?.name).toBe('Car park, left');
  });

  test('lets one of many concurrent replacements win', async () => {
    const { stations } = db.storesOf();
    await stations.createStation(aStation());

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        stations.replaceStation(aStation({ name: `name ${index}`, revision: 2 })),
      ),
    );

    expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1);
  });

  test('removes what a replacement leaves out and keeps attributes it does not know', async () => {
    const tenantId = newTenantId();
    const { stations } = db.storesOf(tenantId);
    await stations.createStation(aStation());
    const Key = keyAttributes(tenantKeys(tenantId).station('CS-001'));
    const fromTheFuture = { ':value': { S: 'kept' } };
    await db.client.send(
      new UpdateItemCommand({
        TableName: db.tables.registry,
        Key,
        UpdateExpression: 'SET fromTheFuture = :value',
        ExpressionAttributeValues: fromTheFuture,
      }),
    );
    const { model: _, ...withoutModel } = aStation({ revision: 2 });

    await stations.replaceStation(withoutModel);

    const { Item } = await db.client.send(new GetItemCommand({ TableName: db.tables.registry, Key }));
    expect(Item?.fromTheFuture).toEqual({ S: 'kept' });
    expect(await stations.findStation('CS-001')).toEqual(withoutModel);
  });

  test('finds several at once, whatever is missing or asked twice', async () => {
    const { stations } = db.storesOf();
    await stations.createStation(aStation({ stationId: 'A' }));
    await stations.createStation(aStation({ stationId: 'B' }));

    const found = await stations.findStations(['B', 'missing', 'A', 'B']);

    expect(found.map(({ stationId }) => stationId)).toEqual(['B', 'A', 'B']);
  });

  test('lists by id in pages without gaps or repeats', async () => {
    const { stations } = db.storesOf();
    const ids = Array.from({ length: 7 }, (_, index) => `CS-${index}`);
    await Promise.all(ids.map((stationId) => stations.createStation(aStation({ stationId }))));

    const pages = await all((page) => stations.listStations({}, page), 3);

    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat().map(({ stationId }) => stationId)).toEqual(ids);
  });

  test('filters: values of one field are alternatives, fields add up', async () => {
    const { stations } = db.storesOf();
    const make = (stationId: string, manufacturer: string, protocol: string) =>
      stations.createStation(aStation({ stationId, manufacturer, protocol }));
    await Promise.all([
      make('1', 'Acme', 'ocpp1.6'),
      make('2', 'Bolt', 'ocpp2.0.1'),
      make('3', 'Cord', 'ocpp2.0.1'),
      make('4', 'Acme', 'ocpp2.0.1'),
    ]);
    const query = { manufacturers: ['Acme', 'Bolt'], protocols: ['ocpp2.0.1'] };

    const pages = await all((page) => stations.listStations(query, page), 1);
    const none = await stations.listStations({ locationIds: [] }, { limit: 10 });

    expect(pages.flat().map(({ stationId }) => stationId)).toEqual(['2', '4']);
    expect(none).toEqual({ items: [] });
  });

  test('deletes once', async () => {
    const { stations } = db.storesOf();
    await stations.createStation(aStation());

    expect(await stations.deleteStation('CS-001')).toBe('deleted');
    expect(await stations.deleteStation('CS-001')).toBe('absent');
    expect((await stations.listStations({}, { limit: 10 })).items).toEqual([]);
  });

  test('keeps tenants apart that use the same ids', async () => {
    const [ours, theirs] = [db.storesOf(), db.storesOf()];
    await ours.stations.createStation(aStation({ name: 'ours' }));
    await theirs.stations.createStation(aStation({ name: 'theirs' }));

    await theirs.stations.deleteStation('CS-001');

    expect((await ours.stations.findStation('CS-001'))?.name).toBe('ours');
    expect(await theirs.stations.findStation('CS-001')).toBeUndefined();
    expect((await ours.stations.listStations({}, { limit: 10 })).items).toHaveLength(1);
  });

  test('does not let an id with separators reach another key', async () => {
    const tenantId = newTenantId();
    const neighbour = db.storesOf(`${tenantId}#ST#x`);
    await db.storesOf(tenantId).stations.createStation(aStation({ stationId: 'x#ST#y' }));

    expect(await neighbour.stations.findStation('y')).toBeUndefined();
    expect((await db.storesOf(tenantId).stations.findStation('x#ST#y'))?.stationId).toBe('x#ST#y');
  });

  test('refuses a station whose item was damaged, naming the field and not its content', async () => {
    const tenantId = newTenantId();
    const { stations } = db.storesOf(tenantId);
    await stations.createStation(aStation());
    await db.client.send(
      new UpdateItemCommand({
        TableName: db.tables.registry,
        Key: keyAttributes(tenantKeys(tenantId).station('CS-001')),
        UpdateExpression: 'SET lifecycle = :value',
        ExpressionAttributeValues: { ':value': { S: 'SECRET' } },
      }),
    );

    const error = await stations.findStation('CS-001').catch((thrown: Error) => thrown);

    expect(error).toMatchObject({
      name: 'StoredItemError',
      message: expect.stringMatching(/CS-001.*lifecycle/),
    });
    expect(String(error)).not.toContain('SECRET');
  });
});

describe('cursors', () => {
  async function aCursor(): Promise<{ tenantId: string; cursor: string }> {
    const tenantId = newTenantId();
    const { stations } = db.storesOf(tenantId);
    await stations.createStation(aStation({ stationId: 'A' }));
    await stations.createStation(aStation({ stationId: 'B' }));
    const { cursor } = await stations.listStations({}, { limit: 1 });
    if (cursor === undefined) throw new Error('no cursor');
    return { tenantId, cursor };
  }

  test('are refused by another list and another tenant', async () => {
    const { tenantId, cursor } = await aCursor();
    const refused = { name: 'DomainError', code: 'Validation', field: 'cursor' };

    await expect(db.storesOf().stations.listStations({}, { limit: 1, cursor })).rejects.toMatchObject(
      refused,
    );
    await expect(db.storesOf(tenantId).tokens.listTokens({ limit: 1, cursor })).rejects.toMatchObject(
      refused,
    );
  });

  test.each(['', 'x', '%%%', 'bm90IGpzb24', 'W10', 'WzEsMiwzXQ', 'A'.repeat(5000)])(
    'are refused when forged: %.20s',
    async (cursor) => {
      await expect(db.storesOf().stations.listStations({}, { limit: 1, cursor })).rejects.toMatchObject({
        code: 'Validation',
        field: 'cursor',
      });
    },
  );

  test('hold a position and no key, so one made by hand shows nothing but the own list', async () => {
    const victim = db.storesOf();
    await victim.stations.createStation(aStation({ stationId: 'theirs' }));
    const tenantId = newTenantId();
    const own = db.storesOf(tenantId);
    await own.stations.createStation(aStation({ stationId: 'B' }));
    const forged = Buffer.from(JSON.stringify([tenantId, 'stations', 'A'])).toString('base64url');

    const page = await own.stations.listStations({}, { limit: 10, cursor: forged });

    expect(page.items.map(({ stationId }) => stationId)).toEqual(['B']);
  });

  test('cannot stretch a page beyond the most that any page holds', async () => {
    const { tokens } = db.storesOf();
    const uids = Array.from({ length: 205 }, (_, index) => `T${String(index).padStart(4, '0')}`);
    await Promise.all(uids.map((uid) => tokens.createToken(aToken({ uid }))));

    const first = await tokens.listTokens({ limit: 1_000_000 });
    const second = await tokens.listTokens({ limit: 1_000_000, cursor: first.cursor ?? '' });

    expect([first.items.length, second.items.length]).toEqual([200, 5]);
    expect((await tokens.listTokens({ limit: 0 })).items).toHaveLength(1);
  });
});

describe('the token store', () => {
  test('finds, fences and lists tokens', async () => {
    const { tokens } = db.storesOf();

    expect(await tokens.createToken(aToken())).toBe('created');
    expect(await tokens.createToken(aToken({ blocked: true }))).toBe('exists');
    expect(await tokens.replaceToken(aToken({ blocked: true, revision: 2 }))).toBe('replaced');
    expect(await tokens.replaceToken(aToken({ blocked: false, revision: 2 }))).toBe('changed-meanwhile');

    expect(await tokens.findToken('04A1B2C3D4E5F6')).toEqual(aToken({ blocked: true, revision: 2 }));
    expect(await tokens.findTokens(['04A1B2C3D4E5F6', 'unknown'])).toHaveLength(1);
    expect((await tokens.listTokens({ limit: 5 })).items).toHaveLength(1);
    expect(await db.storesOf().tokens.findToken('04A1B2C3D4E5F6')).toBeUndefined();
  });
});

describe('the revisions of a tariff', () => {
  test('are all kept, and found by their number and by the moment they held', async () => {
    const { tariffs } = db.storesOf();
    const revisions = Array.from({ length: 45 }, (_, index) =>
      aTariff({ name: `name ${index + 1}`, revision: index + 1, updatedAt: noon + index * 1000 }),
    );
    for (const revision of revisions) await tariffs.saveTariff(revision);

    expect(await tariffs.findRevision('day', 3)).toEqual(revisions[2]);
    expect(await tariffs.findRevision('day', 46)).toBeUndefined();
    for (const [at, expected] of [
      [noon - 1, undefined],
      [noon, revisions[0]],
      [noon + 2999, revisions[2]],
      [noon + 44_000, revisions[44]],
    ] as const) {
      expect(await tariffs.findTariffAt('day', at)).toEqual(expected);
    }
    expect(await tariffs.findTariffAt('none', noon)).toBeUndefined();
    const listed = await all((page) => tariffs.listRevisions('day', page), 20);
    expect(listed.map((page) => page.length)).toEqual([20, 20, 5]);
    expect(listed.flat()).toEqual(revisions.toReversed());
  });
});

describe('the store of assigned tariffs', () => {
  const scope = { kind: 'STATION', stationId: 'CS-001' } as const;
  const assigned = { scope, terms: [{ contractTariffId: 'day', since: noon }], updatedAt: noon, revision: 1 };

  test('gives an assignment back, lets one of concurrent changes win, and lists what is in use', async () => {
    const { assignments } = db.storesOf();
    const ended = { ...assigned, terms: [...assigned.terms, { since: noon + 1 }], revision: 2 };

    expect(await assignments.saveAssignment(assigned)).toBe('saved');
    expect(await assignments.saveAssignment(assigned)).toBe('changed-meanwhile');
    expect(await assignments.findAssignment(scope)).toEqual(assigned);
    expect(await assignments.findAssignments([{ kind: 'TENANT' }, scope])).toEqual([assigned]);
    expect((await assignments.listAssignments({ tariffId: 'night' }, { limit: 5 })).items).toEqual([]);
    expect((await assignments.listAssignments({ tariffId: 'day' }, { limit: 5 })).items).toEqual([assigned]);
    expect(await assignments.saveAssignment(ended)).toBe('saved');
    expect((await assignments.listAssignments({}, { limit: 5 })).items).toEqual([]);
    expect(await assignments.findAssignment(scope)).toEqual(ended);
  });

  test('keeps scopes apart whatever their ids are', async () => {
    const { assignments } = db.storesOf();
    const scopes: readonly AssignmentScope[] = [
      { kind: 'TOKEN', tokenUid: 'A#B' },
      { kind: 'TOKEN_GROUP', groupId: 'A#B' },
      { kind: 'STATION', stationId: 'A#B' },
      { kind: 'CONNECTOR', stationId: 'A#B', evseId: 1, connectorId: 1 },
      { kind: 'CONNECTOR', stationId: 'A#B', evseId: 1, connectorId: 2 },
      { kind: 'TENANT' },
    ];
    for (const one of scopes) await assignments.saveAssignment({ ...assigned, scope: one });

    expect((await assignments.findAssignments(scopes)).map((found) => found.scope)).toEqual(scopes);
    expect((await assignments.listAssignments({}, { limit: 50 })).items).toHaveLength(scopes.length);
  });
});

describe('the tariff store', () => {
  test('keeps each revision once and in order', async () => {
    const { tariffs } = db.storesOf();

    expect(await tariffs.saveTariff(aTariff())).toBe('saved');
    expect(await tariffs.saveTariff(aTariff())).toBe('changed-meanwhile');
    expect(await tariffs.saveTariff(aTariff({ name: 'Dusk', revision: 3 }))).toBe('changed-meanwhile');
    expect(await tariffs.saveTariff(aTariff({ name: 'Dawn', revision: 2 }))).toBe('saved');

    expect(await tariffs.findTariff('day')).toEqual(aTariff({ name: 'Dawn', revision: 2 }));
    expect(await tariffs.findTariffs(['day', 'none'])).toHaveLength(1);
    expect((await tariffs.listTariffs({ limit: 5 })).items.map(({ name }) => name)).toEqual(['Dawn']);
  });
});

describe('the tenant directory', () => {
  function aTenant(more: Partial<Tenant> = {}): Tenant {
    const tenantId = newTenantId();
    return {
      tenantId,
      slug: `slug-${tenantId}`,
      name: 'Acme Charging',
      status: 'ACTIVE',
      tenantType: 'CPO',
      countryCode: 'FR',
      partyId: 'ACM',
      currency: 'EUR',
      timeZone: 'Europe/Paris',
      createdAt: noon,
      updatedAt: noon,
      revision: 1,
      ...more,
    };
  }

  test('finds a tenant by id and by slug', async () => {
    const directory = tenantDirectory(db.client, db.tables);
    const tenant = aTenant();

    expect(await directory.createTenant(tenant)).toBe('created');

    expect(await directory.findTenant(tenant.tenantId)).toEqual(tenant);
    expect(await directory.findTenantBySlug(tenant.slug)).toEqual(tenant);
    expect(await directory.findTenantBySlug('unknown')).toBeUndefined();
  });

  test('gives a slug to one of two tenants and leaves no half of the other', async () => {
    const directory = tenantDirectory(db.client, db.tables);
    const contenders = [aTenant({ slug: 'wanted' }), aTenant({ slug: 'wanted' })];

    const outcomes = await Promise.all(contenders.map((tenant) => directory.createTenant(tenant)));

    const found = await Promise.all(contenders.map(({ tenantId }) => directory.findTenant(tenantId)));
    expect(outcomes.toSorted()).toEqual(['created', 'exists']);
    expect(found.filter((tenant) => tenant !== undefined)).toHaveLength(1);
  });

  test('keeps API clients, of a tenant and of the platform', async () => {
    const directory = tenantDirectory(db.client, db.tables);
    const program = { clientId: 'program', tenantId: 't1', roles: ['OPERATOR'], name: 'Billing' };
    const platform = { clientId: 'platform', roles: ['PLATFORM_ADMIN'], name: 'Provisioning' };
    await directory.saveApiClient({ ...program, name: 'old' });

    await directory.saveApiClient(program);
    await directory.saveApiClient(platform);

    expect(await directory.findApiClient('program')).toEqual(program);
    expect(await directory.findApiClient('platform')).toEqual(platform);
    expect(await directory.findApiClient('nobody')).toBeUndefined();
  });
});
