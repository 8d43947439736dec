import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factsOfCdr } from '#core/analytics/facts-of-cdr.ts';
import { aCdr, aSession, aStation } from '../adapters/dynamodb/samples.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
const startedAt = Date.UTC(2026, 5, 15, 12);
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
  await admin.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
  const facts = factsOfCdr(aCdr(aSession({ stationId: 'CS-1', startedAt })));
  await admin.scene.counters.addFacts(facts, startedAt);
});
afterAll(() => db.close());

const june15 = 'from=2026-06-15T00:00:00Z&to=2026-06-15T12:00:00Z';
const day = {
  sessionsCount: 1,
  energyWh: 11_000,
  averageDurationS: 3600,
  averageEnergyWh: 11_000,
  busyS: 3600,
};

describe('analytics over REST', () => {
  test('give sessions by day, and by station where stations are named', async () => {
    const { status, body } = await admin.request(`GET /analytics/sessions?${june15}&stationIds=CS-1,CS-2`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...day,
      faultsCount: 0,
      days: [{ date: '2026-06-15', ...day }],
      stations: [
        { stationId: 'CS-1', ...day },
        { stationId: 'CS-2', sessionsCount: 0 },
      ],
    });
  });

  test('give revenue in the tenant’s currency, or in another', async () => {
    const own = await admin.request(`GET /analytics/revenue?${june15}`);
    const other = await admin.request(`GET /analytics/revenue?${june15}&currency=CHF`);

    const billed = { exclVat: '3.19', inclVat: '3.83', cdrsCount: 1 };
    const currencies = [{ currency: 'EUR', ...billed }];
    expect(own.body).toEqual({
      currency: 'EUR',
      ...billed,
      days: [{ date: '2026-06-15', ...billed }],
      currencies,
    });
    expect(other.body).toMatchObject({ currency: 'CHF', exclVat: '0', cdrsCount: 0, days: [], currencies });
  });

  test('give the utilization of stations', async () => {
    const { body } = await admin.request(`GET /analytics/utilization?${june15}`);

    expect(body.items).toMatchObject([
      {
        stationId: 'CS-1',
        from: '2026-06-14T22:00:00.000Z',
        busyS: 3600,
        connectorS: 172_800,
        utilization: 3600 / 172_800,
      },
    ]);
  });

  test.each([
    ['sessions?to=2026-06-15T12:00:00Z', '/from'],
    ['sessions?from=2026-06-15T00:00:00Z&to=2026-06-15T00:00:00Z', '/to'],
    [`revenue?${june15}&stationIds=`, '/stationIds'],
    [`revenue?${june15}&currency=euro`, '/currency'],
    ['utilization?from=2026-06-15T00:00:00Z&to=2028-06-15T00:00:00Z', '/to'],
  ])('refuse %s, naming %s', async (question, pointer) => {
    const { status, body } = await admin.request(`GET /analytics/${question}`);

    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ pointer }]);
  });

  test('are for readers, of their own tenant', async () => {
    const viewer = await admin.request(`GET /analytics/sessions?${june15}`, undefined, { roles: ['VIEWER'] });
    const driver = await admin.request(`GET /analytics/sessions?${june15}`, undefined, { roles: ['DRIVER'] });
    const stranger = await admin.request(`GET /analytics/sessions?${june15}&stationIds=CS-1`, undefined, {
      tenantId: newTenantId(),
    });

    expect(viewer.status).toBe(200);
    expect(driver.status).toBe(403);
    expect(stranger.body).toMatchObject({ sessionsCount: 0 });
  });
});
