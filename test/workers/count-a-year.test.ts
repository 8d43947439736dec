import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Period } from '#core/analytics/counted-days.ts';
import { revenueAnalytics } from '#core/analytics/revenue-analytics.ts';
import { sessionAnalytics } from '#core/analytics/session-analytics.ts';
import { stationUtilization } from '#core/analytics/station-utilization.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { givenLedger, givenTenant, issued, statusTold, type Tenant } from './counting-scene.ts';
import {
  bordersAt,
  type Entry,
  emptyTally,
  entriesOf,
  recount,
  revenueTotals,
  sessionTotals,
} from './recount.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';
import {
  pick,
  type Random,
  seeded,
  sites,
  type Year,
  yearFrom,
  yearOfSessions,
  yearTo,
} from './year-of-sessions.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let count: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  ({ handler: count } = await import('../../functions/workers/count-events.handler.ts'));
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

const run = (...Records: SQSRecord[]) => count({ Records }, lambdaContext);

async function givenSites({ stations }: Tenant): Promise<void> {
  for (const { stationId, timeZone, connectors } of sites) {
    const places = Array.from({ length: connectors }, (_, index) => ({
      evseId: index + 1,
      connectorId: 1,
      connectorType: 'TYPE_2',
    }));
    await stations.createStation(aStation({ stationId, timeZone, connectors: places }));
  }
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Everything that is told in a year: in any order, a third of it more than once, and what does not count. */
function eventsOf(random: Random, tenantId: string, { toldCdrs, faults }: Year): SQSRecord[] {
  const once = [
    ...toldCdrs.map((cdr) => issued(tenantId, cdr)),
    ...faults.map((fault) => statusTold(tenantId, fault)),
    ...faults.slice(0, 20).map((fault) => statusTold(tenantId, { ...fault, status: 'AVAILABLE' })),
  ];
  const again = once.filter(() => random() < 0.3).map(({ body }) => ({ body }) as SQSRecord);
  return shuffled(random, [...once, ...again]).map((record, index) => ({
    ...record,
    messageId: `r-${index}`,
  }));
}

/** As the queue would: batches of many sizes, some at the same time. */
async function deliver(random: Random, records: readonly SQSRecord[]): Promise<void> {
  let left = records;
  while (left.length > 0) {
    const batches = [100, 10, 1].map((most) => {
      const size = Math.ceil(random() * most);
      const batch = left.slice(0, size);
      left = left.slice(size);
      return batch;
    });
    const results = await Promise.all(batches.map((batch) => run(...batch)));
    expect(results.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
  }
}

const inOrder = <Value>(days: ReadonlyMap<string, Value>) => [...days].sort(([a], [b]) => (a < b ? -1 : 1));

async function expectSessions(
  tenant: Tenant,
  entries: readonly Entry[],
  period: Period,
  named: readonly string[] | undefined,
) {
  const ids = named ?? sites.map(({ stationId }) => stationId);
  const { days, stations, all } = recount(entries, period, ids);

  const answer = await sessionAnalytics(tenant, { period, ...(named ? { stationIds: named } : {}) });

  expect(answer).toEqual({
    ...sessionTotals(all),
    days: inOrder(days).map(([date, tally]) => ({ date, ...sessionTotals(tally) })),
    ...(named
      ? {
          stations: named.map((stationId) => ({
            stationId,
            ...sessionTotals(stations.get(stationId) ?? emptyTally()),
          })),
        }
      : {}),
  });
}

async function expectRevenue(
  tenant: Tenant,
  entries: readonly Entry[],
  { period, named, currency }: { period: Period; named: readonly string[] | undefined; currency: string },
) {
  const ids = named ?? sites.map(({ stationId }) => stationId);
  const { days, stations, all } = recount(entries, period, ids);
  const currencies = [...new Set(all.bills.map((bill) => bill.currency))].sort();

  const query = { period, currency, ...(named ? { stationIds: named } : {}) };
  const answer = await revenueAnalytics(tenant, query);

  expect(answer).toEqual({
    currency,
    ...revenueTotals(all, currency),
    days: inOrder(days)
      .filter(([, { bills }]) => bills.some((bill) => bill.currency === currency))
      .map(([date, tally]) => ({ date, ...revenueTotals(tally, currency) })),
    currencies: currencies.map((name) => ({ currency: name, ...revenueTotals(all, name) })),
    ...(named
      ? {
          stations: named.map((stationId) => ({
            stationId,
            ...revenueTotals(stations.get(stationId) ?? emptyTally(), currency),
          })),
        }
      : {}),
  });
}

async function expectUtilization(tenant: Tenant, entries: readonly Entry[], period: Period) {
  const ids = sites.map(({ stationId }) => stationId);
  const { stations } = recount(entries, period, ids);

  const answer = await stationUtilization(tenant, { period, stationIds: ids });

  expect(answer).toEqual(
    sites.map((site) => {
      const { sessions, energyWh, busyMs, faults } = stations.get(site.stationId) ?? emptyTally();
      const borders = bordersAt(site, period);
      const connectorMs = site.connectors * (borders.to - borders.from);
      return {
        stationId: site.stationId,
        ...borders,
        sessionsCount: sessions,
        energyWh,
        faultsCount: faults,
        connectorsCount: site.connectors,
        busyS: busyMs / 1000,
        connectorS: connectorMs / 1000,
        utilization: Math.min(1, busyMs / connectorMs),
      };
    }),
  );
}

describe('a year of sessions, told in any order and more than once', () => {
  const random = seeded(20_260_615);
  const year = yearOfSessions(random, 700);
  const entries = entriesOf(year);
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await givenTenant(db);
    await givenSites(tenant);
    await givenLedger(db, tenant.tenantId, year);
    await deliver(random, eventsOf(random, tenant.tenantId, year));
  }, 300_000);

  /** The whole year; across leaps of the clocks; one moment; and a few more by chance. */
  const periods: readonly Period[] = [
    { from: yearFrom, to: yearTo },
    { from: Date.UTC(2026, 2, 27, 15, 7), to: Date.UTC(2026, 3, 6, 3, 11) },
    { from: Date.UTC(2025, 8, 6), to: Date.UTC(2025, 8, 8) },
    { from: Date.UTC(2025, 9, 25, 22), to: Date.UTC(2025, 10, 2, 5) },
    { from: Date.UTC(2026, 0, 1, 18, 29, 59), to: Date.UTC(2026, 0, 1, 18, 30) },
    ...Array.from({ length: 4 }, () => {
      const from = Math.floor(yearFrom + random() * (yearTo - yearFrom));
      return { from, to: Math.floor(from + random() * 30 * 86_400_000) + 1 };
    }),
  ];
  const names = periods.map((period) => [new Date(period.from).toISOString(), period] as const);

  test.each(names)('from %s: sessions, energy, use and faults are those of the list', async (_, period) => {
    const named = [pick(random, sites), pick(random, sites)].map(({ stationId }) => stationId);

    await expectSessions(tenant, entries, period, undefined);
    await expectSessions(tenant, entries, period, [...new Set([...named, 'NOBODY'])]);
  });

  test.each(names)(
    'from %s: revenue is what the CDRs that stand bill, to the last decimal',
    async (_, period) => {
      for (const currency of ['EUR', 'INR', 'CHF', 'GBP']) {
        const named = [pick(random, sites).stationId];
        await expectRevenue(tenant, entries, { period, named: undefined, currency });
        await expectRevenue(tenant, entries, { period, named, currency });
      }
    },
  );

  test.each(names)('from %s: stations were used as much as the list says', async (_, period) => {
    await expectUtilization(tenant, entries, period);
  });

  test('a replay, months later, changes nothing', async () => {
    const before = await sessionAnalytics(tenant, { period: { from: yearFrom, to: yearTo } });

    await deliver(random, eventsOf(random, tenant.tenantId, year).slice(0, 500));

    expect(await sessionAnalytics(tenant, { period: { from: yearFrom, to: yearTo } })).toEqual(before);
  }, 300_000);

  test('another tenant with stations of the same names sees none of it', async () => {
    const other = await givenTenant(db);
    await givenSites(other);
    const period = { from: yearFrom, to: yearTo };

    const stationIds = sites.map(({ stationId }) => stationId);
    const ofStations = await sessionAnalytics(other, { period, stationIds });

    expect(await sessionAnalytics(other, { period })).toMatchObject({ sessionsCount: 0, busyS: 0, days: [] });
    expect(ofStations).toMatchObject({ sessionsCount: 0, faultsCount: 0, days: [] });
    expect(await revenueAnalytics(other, { period })).toMatchObject({ currency: 'EUR', exclVat: '0' });
    const used = await stationUtilization(other, { period, stationIds });
    expect(used.map(({ utilization }) => utilization)).toEqual(sites.map(() => 0));
  });
});
