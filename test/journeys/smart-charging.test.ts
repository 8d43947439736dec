import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { givenStation, goodToken } from '../support/given.ts';
import { askRest } from '../support/rest-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

const rest = (line: string, body?: object) => askRest(system.endpoints, line, body);

/** A station that takes every profile; `limits` are what it was told, in order. */
async function givenObedientStation(
  stationId: string,
): Promise<{ station: VirtualStation; limits: string[] }> {
  const station = await givenStation(system.endpoints, stationId);
  const limits: string[] = [];
  station.client.handle('SetChargingProfile', async ({ params }) => {
    const profile = params?.chargingProfile ?? params?.csChargingProfiles;
    const [schedule] = [profile.chargingSchedule].flat();
    limits.push(`${profile.chargingProfilePurpose} ${schedule.chargingSchedulePeriod[0].limit}`);
    return { status: 'Accepted' };
  });
  station.client.handle('ClearChargingProfile', async () => ({ status: 'Accepted' }));
  return { station, limits };
}

interface SiteView {
  readonly allocation: { readonly shares: readonly { readonly mayDraw: number }[] } | null;
}

/** What happened is followed up when nothing is under way; a call may still be on its way to its station. */
async function untilShares(expected: readonly number[]): Promise<void> {
  for (;;) {
    await system.idle();
    const { body } = await askRest<SiteView>(system.endpoints, 'GET /sites/garage/limit');
    const shares = body.allocation?.shares.map(({ mayDraw }) => mayDraw);
    if (JSON.stringify(shares) === JSON.stringify(expected)) return;
  }
}

/** Two notices of one change may each send it. */
const stepsOf = (limits: readonly string[]) => limits.filter((limit, index) => limit !== limits[index - 1]);

/** 22 kW over three phases. */
const wholeA = 31.8;

describe('a site whose limit two stations of different versions share', () => {
  it('gives one vehicle what it can take, and two of them half each [K02, TC_057]', async () => {
    const old = await givenObedientStation('CP001');
    const young = await givenObedientStation('CP201');
    await old.station.boot();
    await young.station.boot();
    const limit = { unit: 'A', limit: 32, stationIds: ['CP001', 'CP201'] };

    const set = await rest('PUT /sites/garage/limit', limit);
    await system.idle();
    const first = await old.station.start(1, goodToken, new Date(), 0);
    await untilShares([wholeA]);
    const second = await young.station.start(1, goodToken, new Date(), 0);
    await untilShares([16, 16]);
    await old.station.stop(first.charge, new Date(), 100);
    await untilShares([wholeA]);
    const held = await rest('GET /stations/CP001/charging-profiles');
    await young.station.stop(second.charge, new Date(), 100);

    expect(set.status).toBe(200);
    expect(stepsOf(old.limits)).toEqual(['TxDefaultProfile 8', `TxProfile ${wholeA}`, 'TxProfile 16']);
    expect(stepsOf(young.limits).slice(0, 2)).toEqual(['TxDefaultProfile 8', 'TxProfile 16']);
    expect(held.body.profiles).toMatchObject([{ profile: { purpose: 'EVSE_DEFAULT' } }]);
    await old.station.close();
    await young.station.close();
  });

  it('compares a station’s composite schedule with its own [K08]', async () => {
    const { station } = await givenObedientStation('CP202');
    station.client.handle('GetCompositeSchedule', async () => ({
      status: 'Accepted',
      schedule: {
        evseId: 1,
        duration: 60,
        scheduleStart: new Date().toISOString(),
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 12 }],
      },
    }));
    await station.boot();
    await rest('POST /stations/CP202/charging-profiles', {
      evseId: 0,
      whenOffline: 'WAIT',
      profile: {
        profileId: 1,
        purpose: 'EVSE_DEFAULT',
        stackLevel: 0,
        kind: 'RELATIVE',
        schedules: [{ unit: 'A', periods: [{ startS: 0, limit: 10 }] }],
      },
    });

    const asked = await rest('POST /stations/CP202/composite-schedule/compare', {
      evseId: 1,
      duration: 60,
    });
    const compared = await untilCompared();

    expect(asked.status).toBe(202);
    expect(compared).toMatchObject({
      periods: [{ startS: 0, limit: 10 }],
      lastComparison: { evseId: 1, differences: [{ fromS: 0, toS: 60, ours: 10, theirs: 12 }] },
    });
    await station.close();
  });
});

async function untilCompared() {
  for (;;) {
    await system.idle();
    const { body } = await rest('GET /stations/CP202/composite-schedule?evseId=1&duration=60&unit=A');
    if (body.lastComparison !== null) return body;
  }
}
