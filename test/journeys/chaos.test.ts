import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Charge, VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

interface CdrView {
  readonly id: string;
  readonly stationId: string;
  readonly energyWh: number;
  readonly billing: string;
  readonly totalCostInclVat: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
}

const cdrsQuery = `{ cdrs(filter: {}) { id stationId energyWh billing totalCostInclVat startTimestamp endTimestamp } }`;
const startedAt = new Date('2026-11-20T10:00:00.000Z');
const minutes = (count: number): Date => new Date(startedAt.getTime() + count * 60_000);

/** What the clean trace costs: 6 kWh at 0.25 and half an hour at 2.00, plus 20 %. */
const clean = {
  energyWh: 6_000,
  billing: 'BILLABLE',
  totalCostInclVat: '3',
  startTimestamp: startedAt.toISOString(),
  endTimestamp: minutes(30).toISOString(),
};

let dataDir: string | undefined;
let system: System | undefined;
afterEach(async () => {
  await system?.close();
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  dataDir = undefined;
});

const start = async (station: VirtualStation): Promise<Charge> => {
  await station.boot();
  const { charge } = await station.start(1, goodToken, startedAt, 10_000);
  return charge;
};
const meter = (station: VirtualStation, charge: Charge, minute: number): Promise<void> =>
  station.meter(charge, {
    at: minutes(minute),
    energyWh: 10_000 + minute * 200,
    powerW: 12_000,
    stateOfCharge: 40,
  });

async function cdrs(running: System): Promise<readonly CdrView[]> {
  await running.idle();
  return dataOf(await ask<{ cdrs: CdrView[] }>(running.endpoints, cdrsQuery)).cdrs;
}

describe.each(['CP001', 'CP201'])('a charge at %s gives the one CDR of its clean trace', (stationId) => {
  it('when the bus, the queues and the stream deliver twice and out of order', async () => {
    system = await startSystem({ chaos: { duplicate: 0.8, reorder: true, seed: 7 } });
    const station = await givenStation(system.endpoints, stationId);

    const charge = await start(station);
    await meter(station, charge, 10);
    await meter(station, charge, 20);
    await station.stop(charge, minutes(30), 16_000);
    await station.close();

    expect(await cdrs(system)).toMatchObject([clean]);
  });

  it('when its socket dies in the middle, once with a frame in flight [E11]', async () => {
    system = await startSystem();
    const first = await givenStation(system.endpoints, stationId);
    const charge = await start(first);
    const unanswered = meter(first, { ...charge }, 10).catch(() => undefined);
    await first.client.close({ force: true, code: 1006 });
    await unanswered;

    const second = await givenStation(system.endpoints, stationId);
    await meter(second, charge, 10);
    await meter(second, charge, 20);
    await second.stop(charge, minutes(30), 16_000);
    await second.close();

    expect(await cdrs(system)).toMatchObject([clean]);
  });

  it('when the whole system restarts in the middle and right after the end', async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'csms-chaos-'));
    system = await startSystem({ dataDir });
    const first = await givenStation(system.endpoints, stationId);
    const charge = await start(first);
    await meter(first, charge, 10);
    await first.close();
    await system.close();

    system = await startSystem({ dataDir });
    const second = await givenStation(system.endpoints, stationId);
    await meter(second, charge, 20);
    await second.stop(charge, minutes(30), 16_000);
    await second.close();
    await system.close();
    system = await startSystem({ dataDir });

    expect(await cdrs(system)).toMatchObject([clean]);
  });
});
