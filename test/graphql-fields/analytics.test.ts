import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factsOfCdr } from '#core/analytics/facts-of-cdr.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { aCdr, aSession, aStation } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

/** An hour before midnight in Paris. */
const evening = Date.UTC(2026, 5, 15, 21);
const june15 = { from: '2026-06-15T12:00:00+02:00', to: '2026-06-15T13:00:00+02:00' };
const bothDays = { from: '2026-06-15T12:00:00Z', to: '2026-06-16T12:00:00Z' };

/** Two hours at 5.5 kW from one day into the next. */
async function givenCharge(stationId: string, more: Partial<Cdr> = {}): Promise<void> {
  const session = aSession({ stationId, startedAt: evening });
  const cdr = aCdr(session, { endedAt: evening + 7_200_000, ...more });
  await asked.scene.counters.addFacts(factsOfCdr(cdr), evening);
}

describe('session analytics', () => {
  test('show sessions on the day they started, and the use of connectors on each day it lasted', async () => {
    await givenCharge('CS-1');
    await givenCharge('CS-2', { energyWh: 500 });

    const answer = await asked.ask('Query.sessionAnalytics', { filter: { period: bothDays } });

    expect(answer).toEqual({
      sessionsCount: 2,
      energyKwh: 11.5,
      averageDurationSeconds: 7200,
      averageEnergyKwh: 5.75,
      busySeconds: 14_400,
      faultsCount: 0,
      days: [
        {
          date: '2026-06-15',
          sessionsCount: 2,
          energyKwh: 11.5,
          averageDurationSeconds: 7200,
          averageEnergyKwh: 5.75,
          busySeconds: 7200,
          faultsCount: 0,
        },
        {
          date: '2026-06-16',
          sessionsCount: 0,
          energyKwh: 0,
          averageDurationSeconds: null,
          averageEnergyKwh: null,
          busySeconds: 7200,
          faultsCount: 0,
        },
      ],
      stations: null,
    });
  });

  test('show the stations that were asked for apart, those of others as if nothing had happened', async () => {
    await givenCharge('CS-1');
    await givenCharge('CS-2');

    const filter = { period: june15, stationIds: ['CS-2', 'CS-9', 'CS-2'] };
    const answer = await asked.ask('Query.sessionAnalytics', { filter });

    expect(answer).toMatchObject({
      sessionsCount: 1,
      busySeconds: 3600,
      stations: [
        { stationId: 'CS-2', sessionsCount: 1 },
        { stationId: 'CS-9', sessionsCount: 0 },
      ],
    });
  });
});

describe('revenue analytics', () => {
  test('are exact, in the tenant’s currency unless another is named, and never mix two', async () => {
    for (const _ of [1, 2, 3]) await givenCharge('CS-1', { totalCost: { exclVat: '0.1', inclVat: '0.12' } });
    await givenCharge('CS-1', { currency: 'CHF', totalCost: { exclVat: '7.0001' } });

    const own = await asked.ask('Query.revenueAnalytics', { filter: { period: june15 } });
    const filter = { period: june15, currency: 'CHF', stationIds: ['CS-1'] };
    const named = await asked.ask('Query.revenueAnalytics', { filter });

    const euros = { totalExclVat: '0.3', totalInclVat: '0.36', cdrsCount: 3 };
    const francs = { totalExclVat: '7.0001', totalInclVat: null, cdrsCount: 1 };
    const currencies = [
      { currency: 'CHF', ...francs },
      { currency: 'EUR', ...euros },
    ];
    expect(own).toEqual({
      currency: 'EUR',
      ...euros,
      days: [{ date: '2026-06-15', ...euros }],
      currencies,
      stations: null,
    });
    expect(named).toEqual({
      currency: 'CHF',
      ...francs,
      days: [{ date: '2026-06-15', ...francs }],
      currencies,
      stations: [{ stationId: 'CS-1', ...francs }],
    });
  });
});

describe('the utilization of stations', () => {
  test('is the share of their connectors’ time on whole local days', async () => {
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await givenCharge('CS-1');

    const answer = await asked.ask('Query.stationUtilization', { stationIds: ['CS-1'], period: june15 });

    expect(answer).toEqual([
      {
        stationId: 'CS-1',
        from: '2026-06-14T22:00:00.000Z',
        to: '2026-06-15T22:00:00.000Z',
        sessionsCount: 1,
        energyKwh: 11,
        faultsCount: 0,
        connectorsCount: 2,
        busySeconds: 3600,
        connectorSeconds: 172_800,
        utilization: 3600 / 172_800,
      },
    ]);
  });

  test('is that of all stations when none are named, those without connectors among them', async () => {
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-2', connectors: [] }));

    const answer = await asked.ask('Query.stationUtilization', { period: june15 });

    expect(answer).toMatchObject([
      { stationId: 'CS-1', utilization: 0 },
      { stationId: 'CS-2', utilization: 0, connectorSeconds: 0 },
    ]);
  });

  test('needs names where there are more than a hundred', async () => {
    const { stations } = asked.scene;
    const ids = Array.from({ length: 101 }, (_, index) => `CS-${index}`);
    await Promise.all(ids.map((stationId) => stations.createStation(aStation({ stationId }))));

    await expect(asked.ask('Query.stationUtilization', { period: june15 })).rejects.toMatchObject({
      code: 'Validation',
      field: 'stationIds',
    });
    const named = await asked.ask('Query.stationUtilization', { period: june15, stationIds: ids.slice(1) });
    expect(named).toHaveLength(100);
  });

  test('leaves out stations that are not the tenant’s', async () => {
    const other = await newAsked(db);
    await other.scene.stations.createStation(aStation({ stationId: 'CS-1' }));

    expect(await asked.ask('Query.stationUtilization', { stationIds: ['CS-1'], period: june15 })).toEqual([]);
  });
});

describe('questions that are refused', () => {
  const { from } = june15;
  const manyIds = Array.from({ length: 101 }, (_, index) => `CS-${index}`);

  test.each([
    ['a period that is empty', { period: { from, to: from } }, 'period'],
    ['one that ends before it begins', { period: { from, to: '2026-06-14T00:00:00Z' } }, 'period'],
    ['one of more than 400 days', { period: { from, to: '2027-07-20T10:00:01Z' } }, 'period'],
    ['no stations', { period: june15, stationIds: [] }, 'stationIds'],
    ['too many stations', { period: june15, stationIds: manyIds }, 'stationIds'],
    ['no moment', { period: { from: 'yesterday', to: from } }, 'period.from'],
  ])('%s', async (_, input, field) => {
    const refusal = (named: string) => ({ code: 'Validation', field: named });

    for (const query of ['Query.sessionAnalytics', 'Query.revenueAnalytics']) {
      await expect(asked.ask(query, { filter: input })).rejects.toMatchObject(refusal(`filter.${field}`));
    }
    await expect(asked.ask('Query.stationUtilization', input)).rejects.toMatchObject(refusal(field));
  });

  test('a currency that is none', async () => {
    const filter = { period: june15, currency: 'euro' };

    await expect(asked.ask('Query.revenueAnalytics', { filter })).rejects.toMatchObject({
      code: 'Validation',
      field: 'filter.currency',
    });
  });
});
