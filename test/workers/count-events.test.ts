import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { putItems } from '#adapters/dynamodb/requests.ts';
import type { Period } from '#core/analytics/counted-days.ts';
import { revenueAnalytics } from '#core/analytics/revenue-analytics.ts';
import { sessionAnalytics } from '#core/analytics/session-analytics.ts';
import { stationUtilization } from '#core/analytics/station-utilization.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aCdr, aSession, aStation } from '../adapters/dynamodb/samples.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
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

let messages = 0;

function message(detailType: string, detail: Readonly<Record<string, unknown>>): SQSRecord {
  messages += 1;
  const body = JSON.stringify({ 'detail-type': detailType, detail: { at: 0, ...detail } });
  return { messageId: `m-${messages}`, body } as SQSRecord;
}

function issued(tenantId: string, { cdrId, sessionId, stationId, kind }: Cdr, eventId = `told-${cdrId}`) {
  return message('CdrIssued.v1', { eventId, tenantId, cdrId, sessionId, stationId, kind });
}

function statusTold(
  tenantId: string,
  { status = 'FAULTED', ...told }: { eventId: string; stationId: string; at: number; status?: string },
): SQSRecord {
  const connector = { evseId: 1, connectorId: 1, status };
  return message('StationStatusChanged.v1', { tenantId, status: 'AVAILABLE', connector, ...told });
}

const run = (...Records: SQSRecord[]) => count({ Records }, lambdaContext);

/** A tenant with all that the queries read. */
async function givenTenant() {
  const tenantId = newTenantId();
  const directory = tenantDirectory(db.client, db.tables);
  await directory.createTenant({
    tenantId,
    slug: tenantId,
    name: 'Demo',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'DMO',
    currency: 'EUR',
    timeZone: 'Pacific/Auckland',
    createdAt: 0,
    updatedAt: 0,
  });
  const findTenant = async () => {
    const tenant = await directory.findTenant(tenantId);
    if (!tenant) throw new Error('no tenant');
    return tenant;
  };
  return { tenantId, findTenant, ...db.storesOf(tenantId) };
}
type Tenant = Awaited<ReturnType<typeof givenTenant>>;

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

async function givenLedger(tenantId: string, { cdrs, resolutions }: Pick<Year, 'cdrs' | 'resolutions'>) {
  const keys = tenantKeys(tenantId);
  await putItems(db.client, db.tables.ledger, [
    ...cdrs.map((cdr) => ({ ...cdr, ...keys.cdr(cdr.cdrId) })),
    ...resolutions.map((resolution) => ({ ...resolution, ...keys.cdrResolution(resolution.cdrId) })),
  ]);
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
    tenant = await givenTenant();
    await givenSites(tenant);
    await givenLedger(tenant.tenantId, year);
    await deliver(random, eventsOf(random, tenant.tenantId, year));
  }, 60_000);

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

  test('a replay of everything, months later, changes nothing', async () => {
    const before = await sessionAnalytics(tenant, { period: { from: yearFrom, to: yearTo } });

    await deliver(random, eventsOf(random, tenant.tenantId, year));

    expect(await sessionAnalytics(tenant, { period: { from: yearFrom, to: yearTo } })).toEqual(before);
  }, 60_000);

  test('another tenant with stations of the same names sees none of it', async () => {
    const other = await givenTenant();
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

describe('the counting of events', () => {
  const startedAt = Date.UTC(2026, 5, 15, 12);
  const period = { from: startedAt, to: startedAt + 1 };
  const cdrOf = (more: Partial<Cdr> = {}) => aCdr(aSession({ stationId: 'CS-1', startedAt }), more);

  test('brings what fails again alone', async () => {
    const { tenantId, counters } = await givenTenant();
    const [good, missing] = [cdrOf(), cdrOf()];
    await givenLedger(tenantId, { cdrs: [good], resolutions: [] });
    const bad = [
      issued(tenantId, missing),
      { ...issued(tenantId, good), body: '{' },
      statusTold('nobody', { eventId: 'e', stationId: 'CS-1', at: startedAt }),
    ];

    const { batchItemFailures } = await run(...bad, issued(tenantId, good));

    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
      bad.map(({ messageId }) => messageId),
    );
    expect(await sessionAnalytics({ counters }, { period })).toMatchObject({ sessionsCount: 1 });
  });

  test('counts many of one tenant at the same time, and each once', async () => {
    const { tenantId, counters } = await givenTenant();
    const cdrs = Array.from({ length: 60 }, () => cdrOf({ totalCost: { exclVat: '0.1', inclVat: '0.12' } }));
    await givenLedger(tenantId, { cdrs, resolutions: [] });

    const result = await Promise.all(
      [0, 20, 40].flatMap((start) => {
        const records = cdrs.slice(start, start + 20).map((cdr) => issued(tenantId, cdr));
        return [run(...records), run(...records.toReversed())];
      }),
    );

    expect(result.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    const findTenant = async () => ({ currency: 'EUR' });
    expect(await revenueAnalytics({ counters, findTenant }, { period })).toMatchObject({
      exclVat: '6',
      inclVat: '7.2',
      cdrsCount: 60,
    });
  });

  test('is by the CDR: told again under another event’s name, it adds nothing', async () => {
    const { tenantId, counters } = await givenTenant();
    const cdr = cdrOf();
    await givenLedger(tenantId, { cdrs: [cdr], resolutions: [] });

    await run(issued(tenantId, cdr, 'one'));
    await run(issued(tenantId, cdr, 'two'), issued(tenantId, cdr, 'three'));

    expect(await sessionAnalytics({ counters }, { period })).toMatchObject({
      sessionsCount: 1,
      energyWh: 11_000,
    });
  });

  test('puts faults of a station that nobody knows on days of the tenant’s zone', async () => {
    const { tenantId, counters } = await givenTenant();
    const lateEvening = Date.UTC(2026, 5, 15, 13);

    await run(statusTold(tenantId, { eventId: 'e-1', stationId: 'GONE', at: lateEvening }));

    const { days } = await sessionAnalytics(
      { counters },
      { period: { from: lateEvening, to: lateEvening + 1 } },
    );
    expect(days).toMatchObject([{ date: '2026-06-16', faultsCount: 1 }]);
  });

  test('takes a session of a clock that was wrong for no more than a year', async () => {
    const { tenantId, counters } = await givenTenant();
    const cdr = cdrOf({ startedAt: 0, endedAt: startedAt });
    await givenLedger(tenantId, { cdrs: [cdr], resolutions: [] });

    expect(await run(issued(tenantId, cdr))).toEqual({ batchItemFailures: [] });

    const lastYear = { from: startedAt - 399 * 86_400_000, to: startedAt };
    const { busyS } = await sessionAnalytics({ counters }, { period: lastYear });
    expect(busyS).toBe(366 * 86_400);
  });
});
