import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { openStores, type Stores } from '#adapters/dynamodb/open-stores.ts';
import type { CountedFact } from '#core/analytics/counter-store.ts';
import { factsOfCdr } from '#core/analytics/facts-of-cdr.ts';
import { type Figures, noFigures } from '#core/analytics/figures.ts';
import { decimal, sumOf, toText } from '#core/tariffs/decimal.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { type Consumed, measuredClient } from '../../support/measured-client.ts';
import { aCdr, aSession, noon } from './samples.ts';

let db: TestDatabase;
let measured: ReturnType<typeof measuredClient>;
beforeAll(async () => {
  db = await startTestDatabase();
  measured = measuredClient(db.url);
});
afterAll(async () => {
  measured.client.destroy();
  await db.close();
});

const june = { first: '2026-06-01', last: '2026-06-30' };

let facts = 0;

function aFact(figures: Partial<Figures>, more: { stationId?: string; date?: string } = {}): CountedFact {
  facts += 1;
  const place = { stationId: 'CS-1', date: '2026-06-15', timeZone: 'Europe/Paris', ...more };
  return { factId: `fact-${facts}`, additions: [{ ...place, figures: { ...noFigures, ...figures } }] };
}

describe('counters', () => {
  test('add money exactly, whatever its decimals and however it comes', async () => {
    const amount = fc
      .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.nat({ max: 9 }))
      .map(([parts, decimals]) => toText(decimal(parts).div(10 ** decimals)));

    await fc.assert(
      fc.asyncProperty(fc.array(amount, { minLength: 1, maxLength: 60 }), async (amounts) => {
        const { counters } = db.storesOf();
        const revenue = (exclVat: string) => ({
          EUR: { exclVat, inclVat: '0', cdrs: 1, withoutVat: 1 },
        });

        const all = amounts.map((exclVat) => aFact({ revenue: revenue(exclVat) }));
        await Promise.all([
          counters.addFacts(all.slice(0, 20), noon),
          counters.addFacts(all.slice(20), noon),
        ]);

        const total = toText(sumOf(amounts.map(decimal)));
        const stations = await counters.listStationDays(['CS-1'], june);
        const [ofStation] = stations.get('CS-1') ?? [];
        const ofTenant = await counters.listTenantDays(june);
        expect(toText(decimal(ofStation?.figures.revenue.EUR?.exclVat ?? 'none'))).toBe(total);
        expect(
          toText(sumOf(ofTenant.map(({ figures }) => decimal(figures.revenue.EUR?.exclVat ?? '0')))),
        ).toBe(total);
      }),
      { numRuns: 20 },
    );
  });

  test('take a fact once, and those that come with it all the same', async () => {
    const { counters } = db.storesOf();
    const [first, second, third] = [aFact({ faults: 1 }), aFact({ faults: 1 }), aFact({ faults: 1 })];

    await counters.addFacts([first], noon);
    await counters.addFacts([second, first, third], noon);
    await Promise.all([1, 2, 3].map(() => counters.addFacts([third, first], noon)));

    const days = await counters.listTenantDays(june);
    expect(days.reduce((sum, { figures }) => sum + figures.faults, 0)).toBe(3);
  });

  test('take a hundred facts of a hundred stations, more than a transaction holds', async () => {
    const { counters } = db.storesOf();
    const stationIds = Array.from({ length: 100 }, (_, index) => `CS-${index}`);

    await counters.addFacts(
      stationIds.map((stationId) => aFact({ sessions: 1 }, { stationId })),
      noon,
    );

    const listed = await counters.listStationDays(stationIds, june);
    expect(stationIds.map((stationId) => listed.get(stationId)?.[0]?.figures.sessions)).toEqual(
      stationIds.map(() => 1),
    );
  });

  test('are listed from the first day to the last, both included', async () => {
    const { counters } = db.storesOf();
    const dates = ['2026-05-31', '2026-06-01', '2026-06-30', '2026-07-01'];
    await counters.addFacts(
      dates.map((date) => aFact({ sessions: 1 }, { date })),
      noon,
    );

    const listed = await counters.listStationDays(['CS-1'], june);

    expect(listed.get('CS-1')?.map(({ date }) => date)).toEqual(['2026-06-01', '2026-06-30']);
  });

  test('spread what all stations of a tenant add over several items', async () => {
    const { counters } = db.storesOf();

    for (let index = 0; index < 40; index += 1) await counters.addFacts([aFact({ sessions: 1 })], noon);

    const days = await counters.listTenantDays(june);
    expect(days).toHaveLength(4);
    expect(days.reduce((sum, { figures }) => sum + figures.sessions, 0)).toBe(40);
  });

  test('forget what they counted long after nobody can tell it any more', async () => {
    const tenantId = newTenantId();
    const fact = aFact({ sessions: 1 });
    await db.storesOf(tenantId).counters.addFacts([fact], noon);

    const { pk, sk } = tenantKeys(tenantId).counted(fact.factId);
    const { Item = {} } = await db.client.send(
      new GetItemCommand({ TableName: db.tables.operations, Key: { pk: { S: pk }, sk: { S: sk } } }),
    );

    expect(unmarshall(Item).expiresAtS).toBe(noon / 1000 + 180 * 86_400);
  });
});

/** DynamoDB Local leaves new items of a transaction uncounted; the embedded engine counts by AWS's rules. */
const countsAsAws = (process.env.DYNAMODB_ENGINE ?? 'embedded') === 'embedded';

describe.runIf(countsAsAws)('what counting costs', () => {
  let stores: Stores;
  beforeAll(() => {
    stores = openStores({ client: measured.client, tables: db.tables, tenantId: newTenantId() });
  });

  async function costOf(act: () => Promise<unknown>): Promise<Consumed> {
    measured.consumed();
    await act();
    return measured.consumed();
  }

  const aCharge = (stationId: string, hours: number) =>
    factsOfCdr(aCdr(aSession({ stationId }), { endedAt: noon + hours * 3_600_000 }));

  test('a CDR that comes alone: six units, four more for each midnight that its session passes', async () => {
    const oneDay = await costOf(() => stores.counters.addFacts(aCharge('CS-0123456789', 1), noon));
    const twoDays = await costOf(() => stores.counters.addFacts(aCharge('CS-0123456789', 12), noon));

    expect(oneDay).toEqual({ calls: 1, readUnits: 0, writeUnits: 6 });
    expect(twoDays).toEqual({ calls: 1, readUnits: 0, writeUnits: 10 });
  });

  test('thirty CDRs of thirty stations that come together: little more than four units each', async () => {
    const together = Array.from({ length: 30 }, (_, index) => aCharge(`CS-${index}`, 1)).flat();

    const cost = await costOf(() => stores.counters.addFacts(together, noon));

    expect(cost).toEqual({ calls: 1, readUnits: 0, writeUnits: 122 });
  });

  test('a hundred days of a tenant: four calls and a unit for every ten days, whatever number of stations it has', async () => {
    const { counters } = stores;
    for (let day = 0; day < 100; day += 1) {
      const at = Date.UTC(2027, 0, 1, 12) + day * 86_400_000;
      const session = (stationId: string) => aSession({ stationId, startedAt: at });
      await counters.addFacts(
        ['CS-1', 'CS-2', 'CS-3'].flatMap((stationId) => factsOfCdr(aCdr(session(stationId)))),
        at,
      );
    }

    const cost = await costOf(() => counters.listTenantDays({ first: '2027-01-01', last: '2027-12-31' }));

    expect(cost.calls).toBe(4);
    expect(cost.readUnits).toBeLessThan(10);
  });
});
