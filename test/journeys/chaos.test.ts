import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Charge, VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { askRest } from '../support/rest-client.ts';
import { type System, startSystem } from '../support/system.ts';

const booksQuery = `query Books($of: TimePeriod!) {
  cdrs(filter: {}) { id stationId energyWh billing totalCostInclVat startTimestamp endTimestamp }
  statements(filter: { counterparty: { kind: ACCOUNT, id: "token:${goodToken}" } }) { id }
  sessionAnalytics(filter: { period: $of }) { sessionsCount energyKwh busySeconds }
  revenueAnalytics(filter: { period: $of }) { totalExclVat totalInclVat cdrsCount }
}`;
const startedAt = new Date('2026-11-20T10:00:00.000Z');
const minutes = (count: number): Date => new Date(startedAt.getTime() + count * 60_000);

/** What the clean trace comes to: 6 kWh at 0.25 and half an hour at 2.00, plus 20 %. */
const clean = {
  cdrs: [
    {
      energyWh: 6_000,
      billing: 'BILLABLE',
      totalCostInclVat: '3',
      startTimestamp: startedAt.toISOString(),
      endTimestamp: minutes(30).toISOString(),
    },
  ],
  statements: [
    {
      status: 'DRAFT',
      totals: { lines: 1, credits: 0, energyWh: 6_000, exclVat: '2.5', inclVat: '3' },
      lines: [{ kind: 'ORIGINAL', exclVat: '2.5', inclVat: '3', vat: [{ rate: '20', inclVat: '3' }] }],
    },
  ],
  sessionAnalytics: { sessionsCount: 1, energyKwh: 6, busySeconds: 1_800 },
  revenueAnalytics: { totalExclVat: '2.5', totalInclVat: '3', cdrsCount: 1 },
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

interface Books {
  readonly cdrs: readonly unknown[];
  readonly statements: readonly { readonly id: string }[];
  readonly sessionAnalytics: unknown;
  readonly revenueAnalytics: unknown;
}

/** Everything that is written of money: the CDRs, the driver's statement line by line, the figures of the day. */
async function booksOf(running: System) {
  await running.idle();
  const of = { from: startedAt.toISOString(), to: minutes(1).toISOString() };
  const books = dataOf(await ask<Books>(running.endpoints, booksQuery, { of }));
  const statements = await Promise.all(
    books.statements.map(({ id }) => askRest(running.endpoints, `GET /statements/${id}/export`)),
  );
  return { ...books, statements: statements.map(({ body }) => body) };
}

const roomForSlowMachines = { timeout: 120_000 };

describe.each(['CP001', 'CP201'])('a charge at %s comes to its books', roomForSlowMachines, (stationId) => {
  it('when the bus, the queues and the stream deliver twice and out of order', async () => {
    system = await startSystem({ chaos: { duplicate: 0.8, reorder: true, seed: 7 } });
    const station = await givenStation(system.endpoints, stationId);

    const charge = await start(station);
    await meter(station, charge, 10);
    await meter(station, charge, 20);
    await station.stop(charge, minutes(30), 16_000);
    await station.close();

    expect(await booksOf(system)).toMatchObject(clean);
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

    expect(await booksOf(system)).toMatchObject(clean);
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

    expect(await booksOf(system)).toMatchObject(clean);
  });
});
