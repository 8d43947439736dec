import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashStationPassword, verifyStationPassword } from '#adapters/crypto/station-passwords.ts';
import { mostNewcomers } from '#adapters/dynamodb/onboarding-store.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { registerNewcomer } from '#core/stations/onboarding.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin, pepper } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  admin = await newAdmin(db);
  const { scene } = admin;
  scene.now = Date.now();
  const { tenantId } = scene;
  await tenantDirectory(db.client, db.tables).createTenant({
    tenantId,
    slug: tenantId,
    name: 'Acme',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'ACM',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    createdAt: 0,
    updatedAt: 0,
  });
});

describe('settings', () => {
  test('start with what is usual, and change one by one', async () => {
    const before = await admin.request('GET /settings/onboarding');
    const costsBefore = await admin.request('GET /settings/costs');
    await admin.request('PUT /settings/costs', { showRunningCost: true });
    await admin.request('PUT /settings/authorization', {
      masterGroupId: 'MASTERS',
      cacheLifetimeSeconds: 60,
    });
    await admin.request('PUT /settings/onboarding', { enabled: true, retrySeconds: 30 });

    expect(before.body).toEqual({ enabled: false, retrySeconds: 300 });
    expect(costsBefore.body).toEqual({ showRunningCost: false });
    expect((await admin.request('GET /settings/costs')).body).toEqual({ showRunningCost: true });
    expect((await admin.request('GET /settings/onboarding')).body).toEqual({
      enabled: true,
      retrySeconds: 30,
    });
    expect((await admin.request('GET /settings/authorization')).body).toEqual({
      masterGroupId: 'MASTERS',
      cacheLifetimeSeconds: 60,
    });
    const tenant = await tenantDirectory(db.client, db.tables).findTenantBySlug(admin.scene.tenantId);
    expect(tenant?.policy).toMatchObject({
      ...{ onboarding: true, masterGroupId: 'MASTERS', showRunningCost: true },
    });
  });

  test('are for administrators to change', async () => {
    const as = { roles: ['OPERATOR'] as const };

    expect((await admin.request('PUT /settings/onboarding', { enabled: true }, as)).status).toBe(403);
    expect((await admin.request('PUT /settings/costs', { showRunningCost: true }, as)).status).toBe(403);
    expect((await admin.request('GET /settings/costs', undefined, as)).status).toBe(200);
  });
});

describe('stations that nobody registered', () => {
  const password = 'came-with-this-one';
  const knock = (stationId: string, more: { password?: string } = { password }) =>
    registerNewcomer(
      { ...admin.scene, policy: { onboarding: true, registrationRetryS: 30 } },
      { stationId, connectionId: `c-${stationId}`, manufacturer: 'Acme', model: 'Duo' },
      {
        protocol: 'ocpp1.6',
        securityProfile: more.password === undefined ? 0 : 2,
        ...(more.password === undefined ? {} : { password: hashStationPassword(pepper, more.password) }),
      },
    );
  const acceptance = { name: 'Left', connectors: [{ connectorId: 1, connectorType: 'TYPE_2' }] };

  test('wait, and each attempt is counted; what they came with is nobody’s to read', async () => {
    const first = await knock('CS-NEW');
    await knock('CS-NEW');

    const { body } = await admin.request('GET /onboarding');

    expect(first).toMatchObject({ status: 'PENDING', intervalS: 30 });
    expect(body.items).toMatchObject([
      { stationId: 'CS-NEW', manufacturer: 'Acme', attempts: 2, cameWithPassword: true, rejectedAt: null },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/salt|hash|c-CS-NEW/);
  });

  test('are let in with the password they came with, and have to connect anew', async () => {
    await knock('CS-NEW');

    const accepted = await admin.request('POST /onboarding/CS-NEW/accept', {
      ...acceptance,
      adoptPassword: true,
    });

    const station = await admin.scene.stations.findStation('CS-NEW');
    expect(accepted).toEqual({
      status: 201,
      body: { stationId: 'CS-NEW', protocol: 'ocpp1.6', securityProfile: 2 },
    });
    expect(station).toMatchObject({ manufacturer: 'Acme', timeZone: 'Europe/Paris' });
    expect(verifyStationPassword(pepper, password, station?.password)).toBe(true);
    expect(admin.closed).toEqual(['c-CS-NEW']);
    expect((await admin.request('GET /onboarding')).body.items).toEqual([]);
  });

  test('are let in with a new password, which is told once', async () => {
    await knock('CS-NEW');

    const { body } = await admin.request('POST /onboarding/CS-NEW/accept', acceptance);

    const station = await admin.scene.stations.findStation('CS-NEW');
    expect(verifyStationPassword(pepper, body.password, station?.password)).toBe(true);
    expect(verifyStationPassword(pepper, password, station?.password)).toBe(false);
  });

  test('that came without a password have none to adopt', async () => {
    await knock('CS-BARE', {});

    const { status } = await admin.request('POST /onboarding/CS-BARE/accept', {
      ...acceptance,
      securityProfile: 2,
      adoptPassword: true,
    });

    expect(status).toBe(422);
    expect(await admin.scene.stations.findStation('CS-BARE')).toBeUndefined();
  });

  test('that are turned down are told so when they knock again', async () => {
    await knock('CS-NEW');

    const rejected = await admin.request('POST /onboarding/CS-NEW/reject');

    expect(rejected.body).toMatchObject({ stationId: 'CS-NEW', rejectedAt: expect.any(String) });
    expect(await knock('CS-NEW')).toMatchObject({ status: 'REJECTED' });
  });

  test('that never knocked are not there', async () => {
    expect((await admin.request('POST /onboarding/NOBODY/accept', acceptance)).status).toBe(404);
    expect((await admin.request('POST /onboarding/NOBODY/reject')).status).toBe(404);
  });

  test('cannot fill the inbox: when too many wait nothing more is kept, and an operator is told', async () => {
    const ids = Array.from({ length: mostNewcomers + 3 }, (_, index) => `CS-${index}`);
    for (const stationId of ids) await knock(stationId);

    const last = await admin.scene.onboarding.findNewcomer(`CS-${mostNewcomers + 2}`);

    expect(last).toBeUndefined();
    expect(await knock('CS-0')).toMatchObject({ status: 'PENDING' });
    const { items } = await admin.scene.alerts.listAlerts({ open: true }, { limit: 9 });
    expect(items).toMatchObject([{ kind: 'onboarding-inbox-full', count: 3 }]);
  });
});

describe('the registration of a station', () => {
  test('is decided, and shown beside what the station was told last', async () => {
    await admin.scene.stations.createStation(aStation({ stationId: 'CS-1' }));

    const held = await admin.request('POST /stations/CS-1/registration', { registration: 'HOLD' });
    const released = await admin.request('POST /stations/CS-1/registration', { registration: 'ACCEPT' });

    expect(held.body).toEqual({ stationId: 'CS-1', registration: 'HOLD', told: null });
    expect(released.body).toMatchObject({ registration: 'ACCEPT' });
    expect((await admin.request('POST /stations/NO/registration', { registration: 'HOLD' })).status).toBe(
      404,
    );
  });
});

describe('tokens', () => {
  test('are saved with their terms and shown with their use', async () => {
    const terms = {
      groupId: 'FAMILY',
      expiresAt: '2031-01-01T00:00:00.000Z',
      maxOpenSessions: 1,
      restrictions: { stationIds: ['CS-1'], hours: [{ days: [1], from: '22:00', to: '06:00' }] },
    };

    const saved = await admin.request('PUT /tokens/04aabb', terms);
    await admin.scene.tokenUses.noteStart('04AABB', { sessionId: 's-1', at: admin.scene.now, forget: [] });
    const shown = await admin.request('GET /tokens/04aabb');

    expect(saved.body).toMatchObject({ uid: '04AABB', visualId: '04aabb', ...terms, blocked: false });
    expect(shown.body.use).toMatchObject({ openSessionIds: ['s-1'], useCount: 1 });
    const { items } = (await admin.request('GET /tokens')).body;
    expect(items.map(({ uid }: { uid: string }) => uid)).toContain('04AABB');
  });

  test.each([
    [{ maxOpenSessions: 0 }, 'maxOpenSessions'],
    [{ restrictions: { hours: [{ from: '25:00', to: '06:00' }] } }, 'restrictions.hours.0.from'],
    [{ restrictions: { evseIds: [] } }, 'restrictions.evseIds'],
    [{ restriction: {} }, ''],
  ])('%j is refused', async (body, member) => {
    const refused = await admin.request('PUT /tokens/04AABB', body);

    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain(member.replaceAll('.', '/'));
  });
});

describe('the local list of a station', () => {
  beforeEach(async () => {
    await admin.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await admin.request('PUT /tokens/04AABB', {});
  });

  test('is chosen, asked for with what the station takes of it, and shown', async () => {
    const chosen = await admin.request('PUT /stations/CS-1/local-list', { tokens: ['04aabb'] });

    expect(chosen.status).toBe(202);
    expect((await admin.request('GET /stations/CS-1/local-list')).body).toMatchObject({
      tokens: ['04AABB'],
      station: { supported: true, version: null, updating: false },
    });
    const { items } = await admin.scene.commands.listCommands('CS-1', { limit: 9 });
    expect(items.map(({ name }) => name).toSorted()).toEqual(['GET_CONFIGURATION', 'GET_LOCAL_LIST_VERSION']);
  });

  test('refuses what is not there, and what is no choice', async () => {
    const unknown = await admin.request('PUT /stations/CS-1/local-list', { tokens: ['NOBODY'] });
    const none = await admin.request('PUT /stations/CS-1/local-list', {});

    expect([unknown.status, none.status]).toEqual([422, 422]);
    expect((await admin.request('GET /stations/CS-1/local-list')).status).toBe(404);
    expect((await admin.request('PUT /stations/NO/local-list', { all: true })).status).toBe(404);
  });
});
