import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { minutesIn, numberedSession, readings, sample } from '../core/sessions/traces.ts';
import { component, tariffOf } from '../core/tariffs/periods.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  asked = await newAsked(db);
  const { scene } = asked;
  await scene.tariffs.saveTariff(
    tariffOf([{ priceComponents: [component('ENERGY', '0.25', { vat: '20' })] }], { tariffId: 'day' }),
  );
  const [connector] = aStation().connectors;
  if (!connector) throw new Error('the sample has a connector');
  await scene.stations.createStation(
    aStation({ stationId: 'CS-1', connectors: [{ ...connector, tariffId: 'day' }] }),
  );
});

const running = ({
  meterStopWh: _,
  endedAt: __,
  stopReason: ___,
  ...open
}: ReturnType<typeof numberedSession>) => ({ ...open, state: 'ACTIVE' }) as const;

async function givenCdr(meterStopWh = 110_000): Promise<Cdr> {
  const { scene, services } = asked;
  const open = running(numberedSession());
  await scene.sessions.openSession(open, { occupies: false });
  const end = { endedAt: minutesIn(60), meterStopWh, stopReason: 'LOCAL' } as const;
  await scene.sessions.endSession({ sessionId: open.sessionId, stationId: 'CS-1' }, end, []);
  const tenant = await services.findTenant();
  const ports = { ...scene, tenant, verifySigned: verifyMeterValue };
  const result = await issueCdr(ports, { sessionId: open.sessionId, graceOver: true });
  if (result.outcome !== 'issued') throw new Error(result.outcome);
  return result.cdr;
}

describe('CDRs over GraphQL', () => {
  test('are shown with their readings and periods', async () => {
    const { cdrId } = await givenCdr();

    expect(await asked.ask('Query.cdr', { id: cdrId })).toMatchObject({
      kind: 'ORIGINAL',
      counterparty: { kind: 'ACCOUNT', id: 'token:CAFE' },
      readings: [
        { isEnd: false, energyWh: 100_000, source: 'METER_START', insteadOfZero: false },
        { isEnd: true, energyWh: 110_000, source: 'METER_STOP' },
      ],
      periods: [{ activity: 'CHARGING', energyKwh: '10' }],
      signedValues: [],
      reviewReasons: [],
    });
    expect(await asked.ask('Query.cdr', { id: 'none' })).toBeNull();
  });

  test('are listed by who pays, how they stand, where and when', async () => {
    const { cdrId, createdAt } = await givenCdr();
    const made = (afterMs = 0) => new Date(createdAt + afterMs).toISOString();
    const ids = async (filter: View) =>
      ((await asked.ask('Query.cdrs', { filter })) as View[]).map(({ id }) => id);

    expect(await ids({ counterparty: { kind: 'ACCOUNT', id: 'token:CAFE' } })).toEqual([cdrId]);
    expect(await ids({ counterparty: { kind: 'PARTNER', id: 'token:CAFE' } })).toEqual([]);
    expect(await ids({ billing: 'BILLABLE' })).toEqual([cdrId]);
    expect(await ids({ billing: 'REVIEW' })).toEqual([]);
    expect(await ids({ stationId: 'CS-1', createdAfter: made(), createdBefore: made(1) })).toEqual([cdrId]);
    expect(await ids({ stationId: 'CS-2' })).toEqual([]);
    expect(await ids({ createdAfter: made(1) })).toEqual([]);
    expect(await ids({ createdBefore: made() })).toEqual([]);
  });

  test('are credited and issued anew', async () => {
    const { cdrId } = await givenCdr();
    const reason = 'wrong';

    const credit = await asked.ask('Mutation.creditCdr', { id: cdrId, reason });
    const next = await asked.ask('Mutation.reissueCdr', {
      id: cdrId,
      reason,
      energyWh: 4_000,
      startedAt: '2026-03-02T13:10:00+01:00',
      endedAt: null,
      tariffId: null,
    });

    expect(credit).toMatchObject({ kind: 'CREDIT', creditOf: cdrId, totalCostExclVat: '-2.5' });
    expect(next).toMatchObject({
      kind: 'REPLACEMENT',
      replaces: cdrId,
      totalCostExclVat: '1',
      startTimestamp: '2026-03-02T12:10:00.000Z',
      correction: { reason, by: 'alice', energyWh: 4_000, startedAt: '2026-03-02T12:10:00.000Z' },
    });
  });

  test('wait in the queue until somebody decides', async () => {
    const { cdrId } = await givenCdr(900);
    const waiting = await asked.ask('Query.cdrsInReview');

    const decided = await asked.ask('Mutation.resolveCdrReview', {
      id: cdrId,
      decision: 'RELEASED',
      reason: 'seen',
    });

    expect(waiting).toMatchObject({ items: [{ review: 'HELD', cdr: { id: cdrId, billing: 'REVIEW' } }] });
    expect(decided).toMatchObject({ billing: 'BILLABLE', resolution: { decision: 'RELEASED', by: 'alice' } });
    expect(await asked.ask('Query.cdrsInReview')).toMatchObject({ items: [] });
  });
});

describe('the cost of a session so far', () => {
  test('is what it would be billed now, taxes included, for many at once', async () => {
    const { scene } = asked;
    for (const [index, energyWh] of [104_000, 102_000].entries()) {
      const open = running(numberedSession({ sessionId: `session-${index}` }));
      await scene.sessions.openSession(open, { occupies: false });
      await scene.sessions.addEntries(open.sessionId, [readings(sample(30, energyWh))]);
    }
    const unknown = running(
      numberedSession({ sessionId: 'nobody', token: { uid: 'X', tokenType: 'RFID', status: 'INVALID' } }),
    );
    await scene.sessions.openSession(unknown, { occupies: false });

    const sources = [{ sessionId: 'session-0' }, { sessionId: 'session-1' }, { sessionId: 'nobody' }, {}];

    expect(await asked.askMany('SessionRealTimeMetrics.estimatedCost', sources)).toEqual([
      1.2,
      0.6,
      null,
      null,
    ]);
  });
});
