import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ chaos: { duplicate: 0.2, reorder: true, seed: 3 } });
});
afterAll(async () => {
  await system.close();
});

const stationIds = ['CP001', 'CP002', 'CP003', 'CP201', 'CP202', 'CP203'];
const chargesEach = 6;
const outageStart = Date.parse('2026-11-20T06:00:00.000Z');
const minutes = (count: number) => new Date(outageStart + count * 60_000);

/** A station tells all that it did while nobody could be reached, as fast as it is answered. */
async function replay(station: VirtualStation): Promise<number> {
  await station.boot();
  for (let number = 0; number < chargesEach; number += 1) {
    const begin = number * 30;
    const { charge } = await station.start(1, goodToken, minutes(begin), 10_000 + number * 1_000);
    await station.meter(charge, {
      at: minutes(begin + 10),
      energyWh: 10_500 + number * 1_000,
      powerW: 3_000,
      stateOfCharge: 50,
    });
    await station.stop(charge, minutes(begin + 20), 11_000 + number * 1_000);
  }
  return chargesEach;
}

describe('after an outage', () => {
  it('row 63: every replayed message is answered, worked on later, billed once, and another tenant goes on', async () => {
    const stations = await Promise.all(stationIds.map((id) => givenStation(system.endpoints, id)));
    const bystander = await givenStation(system.endpoints, 'CP001', { tenant: 'other' });

    const storm = Promise.all(stations.map(replay));
    await bystander.boot();
    const { charge } = await bystander.start(1, '0F0F0F0F0F0F', minutes(0), 500);
    await bystander.stop(charge, minutes(30), 2_500);
    const told = await storm;
    await Promise.all([...stations, bystander].map((station) => station.close()));
    await system.idle();

    const query = '{ cdrsPage(limit: 200) { items { id energyWh billing } } }';
    const ours = dataOf(await ask<{ cdrsPage: { items: { energyWh: number }[] } }>(system.endpoints, query));
    const theirs = dataOf(
      await ask<{ cdrsPage: { items: { energyWh: number }[] } }>(
        system.endpoints,
        query,
        {},
        { tenant: 'other' },
      ),
    );
    const count = told.reduce((sum, one) => sum + one, 0);
    expect(ours.cdrsPage.items.map(({ energyWh }) => energyWh)).toEqual(Array(count).fill(1_000));
    expect(theirs.cdrsPage.items.map(({ energyWh }) => energyWh)).toEqual([2_000]);
  });
});
