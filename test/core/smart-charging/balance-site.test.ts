import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endSiteLimit, setSiteLimit } from '#core/smart-charging/set-site-limit.ts';
import type { SiteLimit } from '#core/smart-charging/site.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newSiteScene, type SiteScene, siteId } from './site-scene.ts';

let db: TestDatabase;
let site: SiteScene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  site = await newSiteScene(db);
  for (const stationId of stations) {
    await site.givenStation(stationId);
    await site.connect(stationId);
  }
});
afterAll(() => db.close());

const stations = ['CS-1', 'CS-2', 'CS-3'];

async function limitTo(limit: number, more: Partial<SiteLimit> = {}): Promise<void> {
  await setSiteLimit(site.ports, { siteId, unit: 'A', limit, minCurrentA: 6, ...more });
  await site.follow({ siteId });
}

describe('a site with a limit', () => {
  test('gives sessions to come an even part at every station, before any session starts [TC_056, K01]', async () => {
    await limitTo(48);

    for (const stationId of stations) expect(await site.asked(stationId)).toEqual(['EVSE_DEFAULT 16']);
  });

  test('asks a station beside how it takes limits, and then says them in the unit that it knows', async () => {
    const newcomer = 'CS-4';
    await site.givenStation(newcomer, { firmwareVersion: 'new' });
    await site.scene.limits.noteLimits(newcomer, { inquiry: { commandId: 'asked', firmwareVersion: 'old' } });
    await site.connect(newcomer);
    await limitTo(64);
    const first = await site.asked(newcomer);
    await site.scene.limits.noteLimits(newcomer, { rateUnits: ['W'] });

    await site.follow({ siteId });

    expect(first).toEqual(['EVSE_DEFAULT 16', 'READ_LIMITS']);
    // 16 A on three phases of 230 V.
    expect(await site.asked(newcomer)).toEqual([...first, 'EVSE_DEFAULT 11040']);
    expect(await site.asked('CS-1')).toEqual(['EVSE_DEFAULT 16']);
  });

  test('lets sessions wait for their share where an even part is too little to charge with', async () => {
    await limitTo(15);

    expect(await site.asked('CS-1')).toEqual(['EVSE_DEFAULT 0']);
  });

  test('divides itself among its sessions as they come and go [TC_057, K02]', async () => {
    await limitTo(48);
    await site.settle(stations);
    const first = await site.start('CS-1');
    await site.follow({ stationId: 'CS-1', sessionId: first });
    await site.settle(stations);
    const alone = await site.shares();
    const second = await site.start('CS-2');
    await site.follow({ stationId: 'CS-2', sessionId: second });
    await site.settle(stations);
    const together = await site.shares();
    await site.end('CS-1', first);
    await site.follow({ stationId: 'CS-1', sessionId: first });
    await site.settle(stations);

    expect([alone, together, await site.shares()]).toEqual([[320], [240, 240], [320]]);
  });

  test('forgets the profile of a session with the session [TC_057, K01]', async () => {
    await limitTo(48);
    const session = await site.start('CS-1');
    await site.follow({ stationId: 'CS-1', sessionId: session });
    await site.settle(stations);
    const purposes = async () =>
      (await site.scene.charging.findCharging('CS-1')).profiles.map(({ profile }) => profile.purpose).sort();
    const during = await purposes();

    await site.end('CS-1', session);
    await site.follow({ stationId: 'CS-1', sessionId: session });

    expect([during, await purposes()]).toEqual([['EVSE_DEFAULT', 'TRANSACTION'], ['EVSE_DEFAULT']]);
  });

  test('raises one only once the other has agreed to less', async () => {
    await limitTo(32);
    await site.settle(stations);
    const first = await site.start('CS-1');
    await site.follow({ stationId: 'CS-1', sessionId: first });
    await site.settle(stations);
    const second = await site.start('CS-2');

    await site.follow({ stationId: 'CS-2', sessionId: second });

    expect(await site.asked('CS-1')).toEqual(['TRANSACTION 16']);
    expect(await site.asked('CS-2')).not.toContain('TRANSACTION 16');
    await site.settle(['CS-1']);
    expect((await site.asked('CS-2')).at(-1)).toBe('TRANSACTION 16');
  });

  test('asks nothing again for events that come twice or in another order', async () => {
    await limitTo(48);
    const session = await site.start('CS-1');
    await site.follow({ stationId: 'CS-1', sessionId: session });
    const before = [await site.asked('CS-1'), (await site.allocation())?.version];
    await site.follow({ stationId: 'CS-1', sessionId: session });
    await site.follow({ siteId });

    expect([await site.asked('CS-1'), (await site.allocation())?.version]).toEqual(before);
  });

  test('comes to one division when two are made at once', async () => {
    await limitTo(48);
    await site.settle(stations);
    const first = await site.start('CS-1');
    const second = await site.start('CS-2');

    await Promise.all([
      site.follow({ stationId: 'CS-1', sessionId: first }),
      site.follow({ stationId: 'CS-2', sessionId: second }),
      site.follow({ siteId }),
    ]);
    await site.settle(stations);

    expect(await site.shares()).toEqual([240, 240]);
  });

  test('sets aside what a station that is away may draw, and gives it its share when it is back', async () => {
    await limitTo(48);
    await site.settle(stations);
    const first = await site.start('CS-1');
    await site.follow({ stationId: 'CS-1', sessionId: first });
    await site.settle(stations);
    await site.leave('CS-1');
    await site.follow({ stationId: 'CS-1' });
    const second = await site.start('CS-2');
    await site.follow({ stationId: 'CS-2', sessionId: second });
    await site.settle(['CS-2', 'CS-3']);
    const away = await site.allocation();
    await site.connect('CS-1');
    await site.follow({ stationId: 'CS-1' });
    await site.settle(stations);

    expect(away?.reserves).toEqual([
      { stationId: 'CS-1', sessionId: first, evseId: 1, tenths: 320, reason: 'OFFLINE' },
    ]);
    expect(away?.shares).toMatchObject([{ sessionId: second, targetTenths: 160 }]);
    expect(await site.shares()).toEqual([240, 240]);
  });

  test('counts stations that cannot be limited at their maximum', async () => {
    await site.scene.charging.noteControllable('CS-1', false, site.scene.now);
    await limitTo(48);
    const first = await site.start('CS-1');
    const second = await site.start('CS-2');

    await site.follow({ stationId: 'CS-2', sessionId: second });

    expect(await site.allocation()).toMatchObject({
      reserves: [{ stationId: 'CS-1', sessionId: first, tenths: 320, reason: 'NOT_CONTROLLABLE' }],
      shares: [{ sessionId: second, targetTenths: 160 }],
    });
    expect(await site.asked('CS-1')).toEqual([]);
  });

  test('does not ask a station again at once for what it refused [TC_058]', async () => {
    await limitTo(48);

    await site.settle(['CS-1'], 'REJECTED');
    await site.follow({ siteId });
    const soon = await site.asked('CS-1');
    site.scene.now += 61_000;
    await site.follow({ siteId });

    expect(soon).toEqual([]);
    expect(await site.asked('CS-1')).toEqual(['EVSE_DEFAULT 16']);
  });

  test('in watts asks for amperes, rounded down', async () => {
    await limitTo(11_000, { unit: 'W' });
    await site.settle(stations);
    const first = await site.start('CS-1');
    await site.follow({ stationId: 'CS-1', sessionId: first });

    expect(await site.asked('CS-1')).toEqual(['TRANSACTION 15.9']);
  });

  test('heeds limits from outside, and says when they are too low to charge [K11, K12]', async () => {
    await limitTo(48);
    await site.settle(stations);
    const first = await site.start('CS-1');
    const schedules = [{ unit: 'A', periods: [{ startS: 0, limit: 4 }] }] as const;
    const limit = { evseId: 1, source: 'EMS', schedules, notedAt: site.scene.now } as const;
    await site.scene.charging.noteLimit('CS-1', limit);

    await site.follow({ stationId: 'CS-1', sessionId: first });

    const { items } = await site.scene.alerts.listAlerts({ stationId: 'CS-1' }, { limit: 10 });
    expect((await site.allocation())?.shares).toMatchObject([{ sessionId: first, targetTenths: 0 }]);
    expect(items).toMatchObject([{ kind: 'EXTERNAL_LIMIT_TOO_LOW', severity: 'LOW', sessionId: first }]);
  });

  test('that ends has its stations forget what it led to [TC_067, K10]', async () => {
    await limitTo(48);
    const first = await site.start('CS-1');
    await site.follow({ stationId: 'CS-1', sessionId: first });
    await site.settle(stations);

    await endSiteLimit(site.ports, siteId);
    await site.follow({ siteId });
    await site.settle(stations);

    const { profiles } = await site.scene.charging.findCharging('CS-1');
    expect(profiles).toEqual([]);
    expect(await site.allocation()).toMatchObject({ shares: [], reserves: [], grants: [] });
  });

  test('takes the stations that it names, wherever they are', async () => {
    await limitTo(20, { stationIds: ['CS-3'] });

    expect(await site.asked('CS-3')).toEqual(['EVSE_DEFAULT 20']);
    expect(await site.asked('CS-1')).toEqual([]);
  });
});

describe('a vehicle that asks for a plan', () => {
  const needs = { evseId: 1, transfer: 'AC', maxCurrentA: 20, maxVoltageV: 400, energyWh: 27_600 } as const;

  test('gets one at a station of no site, by the policy [K15]', async () => {
    const { scene } = site;
    await site.scene.chargingSettings.setEvNeeds('FLAT');
    const session = await site.start('CS-1');
    const departureAt = scene.now + 4 * 3_600_000;
    await scene.charging.noteNeeds('CS-1', { ...needs, departureAt, notedAt: scene.now });

    await site.follow({ stationId: 'CS-1' });
    const asked = await site.asked('CS-1');
    await site.settle(['CS-1']);
    await site.follow({ stationId: 'CS-1', sessionId: session });

    expect(asked).toEqual(['TRANSACTION 10']);
    expect(await site.asked('CS-1')).toEqual([]);
  });

  test('gets none where the policy is off', async () => {
    await site.start('CS-1');
    await site.scene.charging.noteNeeds('CS-1', { ...needs, notedAt: site.scene.now });

    await site.follow({ stationId: 'CS-1' });

    expect(await site.asked('CS-1')).toEqual([]);
  });

  test('leaves to others of its site what it does not need', async () => {
    await site.scene.chargingSettings.setEvNeeds('FAST');
    await limitTo(48);
    await site.settle(stations);
    const first = await site.start('CS-1');
    const second = await site.start('CS-2');
    await site.scene.charging.noteNeeds('CS-1', { ...needs, notedAt: site.scene.now });
    for (const [stationId, sessionId] of [
      ['CS-1', first],
      ['CS-2', second],
    ] as const) {
      await site.follow({ stationId, sessionId });
    }
    await site.settle(stations);

    expect(await site.shares()).toEqual([200, 280]);
  });
});
