import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import type { KnownProfile } from '#core/smart-charging/charging-store.ts';
import type { SiteAllocation, SiteLimit } from '#core/smart-charging/site.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';

let db: TestDatabase;
let stores: Stores;
let now: number;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(() => {
  stores = db.storesOf();
  now = Date.now();
});
afterAll(() => db.close());

const aProfile = (profileId: number, installedAt: number): KnownProfile => ({
  evseId: 1,
  source: 'CSO',
  installedAt,
  profile: {
    profileId,
    purpose: 'EVSE_DEFAULT',
    stackLevel: 0,
    kind: 'RECURRING',
    recurrency: 'DAILY',
    validFrom: 1,
    validTo: 2,
    schedules: [
      {
        scheduleId: 1,
        unit: 'A',
        startAt: 5,
        durationS: 60,
        minRate: 6.5,
        periods: [{ startS: 0, limit: 16.1, phases: 1, phaseToUse: 2 }],
      },
    ],
  },
});

describe('what limits charging at a station', () => {
  test('comes back as it was kept', async () => {
    await stores.charging.installProfile('CS-1', { ...aProfile(1, now), reportId: 9 });
    const schedule = { unit: 'W', periods: [{ startS: 0, limit: 1000 }] } as const;
    const limit = {
      evseId: 0,
      source: 'EMS',
      gridCritical: true,
      schedules: [schedule],
      notedAt: now,
    } as const;
    const needs = { evseId: 1, transfer: 'DC', maxCurrentA: 1, maxVoltageV: 2, notedAt: now } as const;
    const evSchedule = { evseId: 1, baseAt: now, schedule, fits: false, notedAt: now };
    const comparison = {
      evseId: 1,
      unit: 'A',
      startAt: now,
      durationS: 9,
      comparedAt: now,
      differences: [{ fromS: 0, toS: 9, ours: 1.5 }],
    } as const;
    const asked = { requestId: 4, criteria: { sources: ['SO'] }, askedAt: now } as const;
    await stores.charging.noteLimit('CS-1', limit);
    await stores.charging.noteNeeds('CS-1', needs);
    await stores.charging.noteEvSchedule('CS-1', evSchedule);
    await stores.charging.noteComparison('CS-1', comparison);
    await stores.charging.noteReport('CS-1', asked);
    await stores.charging.noteReportEnd('CS-1', { requestId: 4, toldAt: now });
    await stores.charging.noteControllable('CS-1', false, now);

    expect(await stores.charging.findCharging('CS-1')).toEqual({
      profiles: [{ ...aProfile(1, now), reportId: 9 }],
      limits: [limit],
      needs: [needs],
      evSchedules: [evSchedule],
      comparisons: [comparison],
      reports: [asked],
      reportEnds: [{ requestId: 4, toldAt: now }],
      controllable: false,
    });
  });

  test('is not changed by what is older, whichever way it went', async () => {
    const ids = async () =>
      (await stores.charging.findCharging('CS-1')).profiles.map(({ profile }) => profile.profileId);

    await stores.charging.installProfile('CS-1', aProfile(1, now));
    await stores.charging.clearProfiles('CS-1', [1], now - 1);
    const kept = await ids();
    await stores.charging.clearProfiles('CS-1', [1], now + 1);
    await stores.charging.installProfile('CS-1', aProfile(1, now));
    const gone = await ids();
    await stores.charging.installProfile('CS-1', aProfile(1, now + 2));

    expect([kept, gone, await ids()]).toEqual([[1], [], [1]]);
  });

  test('belongs to its station and tenant alone', async () => {
    const other = db.storesOf(newTenantId());
    await stores.charging.installProfile('CS-1', aProfile(1, now));

    expect((await stores.charging.findCharging('CS-2')).profiles).toEqual([]);
    expect((await other.charging.findCharging('CS-1')).profiles).toEqual([]);
  });
});

describe('what operators want of charging', () => {
  test('is kept for the tenant and for single stations', async () => {
    const desired = [{ evseId: 0, profile: aProfile(1, now).profile }];
    await stores.chargingSettings.setEvNeeds('FAST');
    await stores.chargingSettings.setDesired(desired, 'CS-1');

    expect(await stores.chargingSettings.findSettings()).toEqual({ evNeeds: 'FAST', desired: [] });
    expect(await stores.chargingSettings.findSettings('CS-1')).toEqual({ desired });
    expect(await stores.chargingSettings.findSettings('CS-2')).toEqual({ desired: [] });
  });
});

describe('sites', () => {
  const limit = (siteId: string): SiteLimit => ({
    siteId,
    unit: 'A',
    limit: 100,
    minCurrentA: 6,
    stationIds: ['CS-1'],
    updatedAt: now,
  });

  test('are listed with their limits until these are deleted', async () => {
    await stores.sites.saveSiteLimit(limit('b'));
    await stores.sites.saveSiteLimit(limit('a'));
    const { stationIds: _, ...ofLocation } = limit('b');
    await stores.sites.saveSiteLimit(ofLocation);

    expect(await stores.sites.listSiteLimits()).toEqual([limit('a'), ofLocation]);
    expect(await stores.sites.deleteSiteLimit('a')).toBe('deleted');
    expect(await stores.sites.deleteSiteLimit('a')).toBe('absent');
    expect(await stores.sites.findSiteLimit('a')).toBeUndefined();
  });

  test('take one of two allocations made at once', async () => {
    const allocation = (version: number): SiteAllocation => ({
      version,
      balancedAt: now,
      limit: { unit: 'A', limit: 100 },
      shares: [{ stationId: 'CS-1', sessionId: 's', evseId: 1, targetTenths: 60, boundTenths: 0 }],
      reserves: [{ stationId: 'CS-2', evseId: 1, tenths: 5, reason: 'OFFLINE' }],
      grants: [{ stationId: 'CS-1', evseId: 0, profileId: 4, tenths: 60, commandId: 'c', askedAt: now }],
    });
    await stores.sites.askBalance('site', now);
    const save = (version: number) => stores.sites.saveAllocation({ siteId: 'site' }, allocation(version));

    expect(await stores.sites.findAllocation({ siteId: 'site' })).toBeUndefined();
    expect([await save(1), await save(1), await save(2), await save(4)]).toEqual([
      'saved',
      'changed-meanwhile',
      'saved',
      'changed-meanwhile',
    ]);
    expect(await stores.sites.findAllocation({ siteId: 'site' })).toEqual(allocation(2));
    expect(await stores.sites.findAllocation({ stationId: 'site' })).toBeUndefined();
  });
});
