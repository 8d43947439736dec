import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installDesiredProfiles } from '#core/smart-charging/desired-profiles.ts';
import { keepAcceptedProfile } from '#core/smart-charging/keep-profiles.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
  // Commands are kept for a month of real time.
  admin.scene.now = Date.now();
  await admin.scene.stations.createStation(aStation({ stationId: 'CS-1', protocol: 'ocpp2.0.1' }));
});
afterAll(() => db.close());

const station = '/stations/CS-1';
const written = (more: object = {}) => ({
  profileId: 7,
  purpose: 'STATION_MAX',
  stackLevel: 0,
  kind: 'ABSOLUTE',
  schedules: [{ unit: 'A', periods: [{ startS: 0, limit: 20 }], startAt: '2020-01-01T00:00:00.000Z' }],
  ...more,
});
const queued = async () =>
  (await admin.scene.commands.listQueued('CS-1', 20)).map(({ request }) => request.kind);

async function stationTakes(): Promise<void> {
  const { commands, charging } = admin.scene;
  for (const { request, commandId } of await commands.listQueued('CS-1', 20)) {
    if (request.kind !== 'SET_CHARGING_PROFILE') continue;
    await keepAcceptedProfile({ charging }, { stationId: 'CS-1', ...request, at: admin.scene.now });
    await commands.settle('CS-1', commandId, { state: 'ACCEPTED', settledAt: admin.scene.now });
  }
}

describe('charging profiles over REST', () => {
  test('are asked for, seen once the station has them, and asked to be forgotten', async () => {
    const order = { evseId: 0, profile: written(), whenOffline: 'WAIT' };
    const asked = await admin.request(`POST ${station}/charging-profiles`, order);
    const before = await admin.request(`GET ${station}/charging-profiles`);
    await stationTakes();
    const after = await admin.request(`GET ${station}/charging-profiles`);
    const path = `${station}/charging-profiles?profileId=7&whenOffline=WAIT`;
    const clearing = await admin.request(`DELETE ${path}`);

    expect(asked).toMatchObject({ status: 202, body: { state: 'QUEUED', name: 'SET_CHARGING_PROFILE' } });
    expect(before.body).toMatchObject({ profiles: [], desired: [], evNeedsPolicy: null });
    expect(after.body.profiles).toMatchObject([{ evseId: 0, source: 'CSO', profile: written() }]);
    expect(clearing).toMatchObject({ status: 202, body: { name: 'CLEAR_CHARGING_PROFILE' } });
  });

  test.each([
    [{ evseId: 1 }, 'evseId', 422],
    [{ profile: written({ stackLevel: -1 }) }, 'profile.stackLevel', 422],
    [{ profile: written({ purpose: 'EXTERNAL' }) }, 'profile.purpose', 422],
    [{ profile: written({ schedules: [] }) }, 'profile.schedules', 422],
    [{ profile: undefined }, 'profile', 422],
  ])('with a fault are refused: %j', async (more, member, status) => {
    const order = { evseId: 0, profile: written(), whenOffline: 'WAIT', ...more };

    const refused = await admin.request(`POST ${station}/charging-profiles`, order);

    expect(refused.status).toBe(status);
    expect(JSON.stringify(refused.body)).toContain(member.replaceAll('.', '/'));
    expect(await queued()).toEqual([]);
  });

  test('that may not be valid beside others are a conflict [K01.FR.06]', async () => {
    await admin.request(`POST ${station}/charging-profiles`, {
      evseId: 0,
      profile: written(),
      whenOffline: 'WAIT',
    });
    await stationTakes();

    const other = { evseId: 0, profile: written({ profileId: 8 }), whenOffline: 'WAIT' };

    expect(await admin.request(`POST ${station}/charging-profiles`, other)).toMatchObject({ status: 409 });
  });

  test('are forgotten only when something is named', async () => {
    const refused = await admin.request(`DELETE ${station}/charging-profiles?whenOffline=WAIT`);

    expect(refused.status).toBe(422);
  });
});

describe('desired profiles', () => {
  const desire = (...profiles: object[]) =>
    admin.request(`PUT ${station}/desired-charging-profiles`, { profiles });

  test('are asked for at once, after each boot, and their drift is seen', async () => {
    const set = await desire({ evseId: 0, profile: written() });
    const first = await queued();
    await stationTakes();
    const installed = await admin.request(`GET ${station}/charging-profiles`);
    await installDesiredProfiles(admin.services, aStation({ stationId: 'CS-1' }));
    const again = await queued();
    admin.scene.now += 60_000;
    await boot();
    await installDesiredProfiles(admin.services, aStation({ stationId: 'CS-1' }));
    await installDesiredProfiles(admin.services, aStation({ stationId: 'CS-1' }));

    expect(set.body.items).toMatchObject([{ evseId: 0, state: 'MISSING' }]);
    expect([first, again, await queued()]).toEqual([
      ['READ_LIMITS', 'SET_CHARGING_PROFILE'],
      ['READ_LIMITS'],
      ['READ_LIMITS', 'SET_CHARGING_PROFILE'],
    ]);
    expect(installed.body.desired).toMatchObject([{ evseId: 0, state: 'INSTALLED', profile: written() }]);
  });

  test('that another profile took the place of are seen as different', async () => {
    await desire({ evseId: 0, profile: written() });
    await stationTakes();
    const changed = written({
      schedules: [{ ...written().schedules[0], periods: [{ startS: 0, limit: 1 }] }],
    });
    admin.scene.now += 1;
    await admin.request(`POST ${station}/charging-profiles`, {
      evseId: 0,
      profile: changed,
      whenOffline: 'WAIT',
    });
    await stationTakes();

    const seen = await admin.request(`GET ${station}/charging-profiles`);

    expect(seen.body.desired).toMatchObject([{ state: 'DIFFERENT' }]);
  });

  test('are no profiles of transactions, and no two of one level', async () => {
    const ofTransaction = written({ purpose: 'TRANSACTION', transactionRef: 'tx' });

    expect(await desire({ evseId: 1, profile: ofTransaction })).toMatchObject({ status: 422 });
    expect(
      await desire({ evseId: 0, profile: written() }, { evseId: 0, profile: written({ profileId: 8 }) }),
    ).toMatchObject({ status: 422 });
  });

  async function boot(): Promise<void> {
    const { live, now } = admin.scene;
    await live.connect({ stationId: 'CS-1', connectionId: 'c', protocol: 'ocpp2.0.1', connectedAt: now });
    await live.recordBoot({
      stationId: 'CS-1',
      connectionId: 'c',
      bootedAt: now,
      callsFrom: now,
      registration: 'ACCEPTED',
    });
  }
});

describe('composite schedules over REST', () => {
  test('are worked out from what the station is known to have [K08]', async () => {
    await admin.request(`POST ${station}/charging-profiles`, {
      evseId: 0,
      profile: written(),
      whenOffline: 'WAIT',
    });
    await stationTakes();

    const answer = await admin.request(`GET ${station}/composite-schedule?evseId=1&duration=600&unit=W`);

    expect(answer).toMatchObject({
      status: 200,
      body: {
        evseId: 1,
        unit: 'W',
        durationS: 600,
        periods: [{ startS: 0, limit: 13_800, phases: 3 }],
        lastComparison: null,
      },
    });
  });

  test('of EVSEs that are not there, or without a sensible time, are refused', async () => {
    const status = async (query: string) =>
      (await admin.request(`GET ${station}/composite-schedule?${query}`)).status;

    expect(await status('evseId=9')).toBe(404);
    expect(await status('evseId=1&duration=0')).toBe(422);
    expect(await status('duration=60')).toBe(422);
  });

  test('are asked of a station that is there to be compared', async () => {
    const { live, now } = admin.scene;
    const away = await admin.request(`POST ${station}/composite-schedule/compare?evseId=1`);
    await live.connect({ stationId: 'CS-1', connectionId: 'c', protocol: 'ocpp2.0.1', connectedAt: now });
    const asked = await admin.request(`POST ${station}/composite-schedule/compare`, {
      evseId: 1,
      duration: 60,
    });

    expect(away.status).toBe(409);
    expect(asked).toMatchObject({
      status: 202,
      body: { request: { kind: 'GET_COMPOSITE_SCHEDULE', evseId: 1, durationS: 60 } },
    });
  });
});

describe('the limit of a site', () => {
  test('is set, read with its division, and ended', async () => {
    const set = await admin.request('PUT /sites/park/limit', { unit: 'A', limit: 100, stationIds: ['CS-1'] });
    const read = await admin.request('GET /sites/park/limit');
    const ended = await admin.request('DELETE /sites/park/limit');
    const gone = await admin.request('GET /sites/park/limit');
    const twice = await admin.request('DELETE /sites/park/limit');

    expect(set).toMatchObject({
      status: 200,
      body: { siteId: 'park', unit: 'A', limit: 100, minCurrentA: 6 },
    });
    expect(read.body).toEqual({ ...set.body, allocation: null });
    expect([ended.status, gone.status, twice.status]).toEqual([204, 404, 404]);
  });

  test.each([
    { unit: 'A', limit: -1 },
    { unit: 'A', limit: 16.15 },
    { unit: 'VA', limit: 16 },
    { unit: 'A', limit: 16, minCurrentA: 5 },
  ])('is refused as %j', async (limit) => {
    expect(await admin.request('PUT /sites/park/limit', limit)).toMatchObject({ status: 422 });
  });

  test('takes no station that counts in another site', async () => {
    const named = { unit: 'A', limit: 16, stationIds: ['CS-1'] };
    await admin.request('PUT /sites/one/limit', named);

    expect(await admin.request('PUT /sites/two/limit', named)).toMatchObject({ status: 409 });
    expect(await admin.request('PUT /sites/one/limit', named)).toMatchObject({ status: 200 });
  });

  test('is none of a viewer’s business to set', async () => {
    const refused = await admin.request(
      'PUT /sites/park/limit',
      { unit: 'A', limit: 1 },
      { roles: ['VIEWER'] },
    );

    expect(refused.status).toBe(403);
  });
});

describe('the policy for vehicles that ask for a plan', () => {
  test('is set for the tenant and for single stations', async () => {
    await admin.request('PUT /charging-policy', { evNeeds: 'FLAT' });
    await admin.request(`PUT ${station}/charging-policy`, { evNeeds: 'OFF' });
    const { chargingSettings } = admin.scene;
    const both = [await chargingSettings.findSettings(), await chargingSettings.findSettings('CS-1')];
    await admin.request(`PUT ${station}/charging-policy`, { evNeeds: null });

    expect(both.map(({ evNeeds }) => evNeeds)).toEqual(['FLAT', 'OFF']);
    expect(await chargingSettings.findSettings('CS-1')).toEqual({ desired: [] });
  });

  test('and the profiles of the same station, set at the same time, are both kept', async () => {
    const { chargingSettings } = admin.scene;
    for (const evNeeds of ['FAST', 'FLAT', 'OFF'] as const) {
      const profiles = evNeeds === 'FLAT' ? [] : [{ evseId: 0, profile: written() }];
      await Promise.all([
        admin.request(`PUT ${station}/charging-policy`, { evNeeds }),
        admin.request(`PUT ${station}/desired-charging-profiles`, { profiles }),
      ]);

      const settings = await chargingSettings.findSettings('CS-1');

      expect(settings).toMatchObject({ evNeeds, desired: { length: profiles.length } });
    }
  });

  test('is not set for a station that is not there', async () => {
    const answer = await admin.request('PUT /stations/CS-404/charging-policy', { evNeeds: 'OFF' });

    expect(answer.status).toBe(404);
    expect(await admin.scene.chargingSettings.findSettings('CS-404')).toEqual({ desired: [] });
  });
});
