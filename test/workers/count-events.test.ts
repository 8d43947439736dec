import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revenueAnalytics } from '#core/analytics/revenue-analytics.ts';
import { sessionAnalytics } from '#core/analytics/session-analytics.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aCdr, aSession } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { givenLedger, givenTenant, issued, statusTold } from './counting-scene.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

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

describe('the counting of events', () => {
  const startedAt = Date.UTC(2026, 5, 15, 12);
  const period = { from: startedAt, to: startedAt + 1 };
  const cdrOf = (more: Partial<Cdr> = {}) => aCdr(aSession({ stationId: 'CS-1', startedAt }), more);

  test('brings what fails again alone', async () => {
    const { tenantId, counters } = await givenTenant(db);
    const [good, missing] = [cdrOf(), cdrOf()];
    await givenLedger(db, tenantId, { cdrs: [good], resolutions: [] });
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
    const { tenantId, counters } = await givenTenant(db);
    const cdrs = Array.from({ length: 60 }, () => cdrOf({ totalCost: { exclVat: '0.1', inclVat: '0.12' } }));
    await givenLedger(db, tenantId, { cdrs, resolutions: [] });

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
    const { tenantId, counters } = await givenTenant(db);
    const cdr = cdrOf();
    await givenLedger(db, tenantId, { cdrs: [cdr], resolutions: [] });

    await run(issued(tenantId, cdr, 'one'));
    await run(issued(tenantId, cdr, 'two'), issued(tenantId, cdr, 'three'));

    expect(await sessionAnalytics({ counters }, { period })).toMatchObject({
      sessionsCount: 1,
      energyWh: 11_000,
    });
  });

  test('puts faults of a station that nobody knows on days of the tenant’s zone', async () => {
    const { tenantId, counters } = await givenTenant(db);
    const lateEvening = Date.UTC(2026, 5, 15, 13);

    await run(statusTold(tenantId, { eventId: 'e-1', stationId: 'GONE', at: lateEvening }));

    const { days } = await sessionAnalytics(
      { counters },
      { period: { from: lateEvening, to: lateEvening + 1 } },
    );
    expect(days).toMatchObject([{ date: '2026-06-16', faultsCount: 1 }]);
  });

  test('takes a session of a clock that was wrong for no more than a year', async () => {
    const { tenantId, counters } = await givenTenant(db);
    const cdr = cdrOf({ startedAt: 0, endedAt: startedAt });
    await givenLedger(db, tenantId, { cdrs: [cdr], resolutions: [] });

    expect(await run(issued(tenantId, cdr))).toEqual({ batchItemFailures: [] });

    const lastYear = { from: startedAt - 399 * 86_400_000, to: startedAt };
    const { busyS } = await sessionAnalytics({ counters }, { period: lastYear });
    expect(busyS).toBe(366 * 86_400);
  });
});
