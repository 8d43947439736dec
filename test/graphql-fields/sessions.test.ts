import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import type { MeterSample } from '#core/metering/sample.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { recordReadings } from '#core/sessions/record-readings.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { type SessionStart, startSession } from '#core/sessions/start-session.ts';
import { kwh } from '../../functions/graphql/cdr-view.ts';
import { aStation, aTariff } from '../adapters/dynamodb/samples.ts';
import { blockedUid, goodUid, minuteMs, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

function start(more: Partial<SessionStart> = {}, on = asked) {
  return startSession(on.scene, {
    stationId: 'CS-1',
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    startedAt: noon,
    meterStartWh: 100_000,
    ...more,
  });
}

function end(transactionNumber: number, more: { meterStopWh?: number; stationId?: string } = {}) {
  return endSession(asked.scene, {
    stationId: 'CS-1',
    transactionNumber,
    endedAt: noon + 60 * minuteMs,
    meterStopWh: 110_500,
    stopReason: 'LOCAL',
    readings: [],
    ...more,
  });
}

function readings(transactionNumber: number, samples: readonly MeterSample[], stationId = 'CS-1') {
  const connector = { evseId: 1, connectorId: 1 };
  return recordReadings(asked.scene, { stationId, connector, transactionNumber, samples });
}

const idsOf = (views: unknown) => (views as View[]).map(({ id }) => id);

describe('a session', () => {
  test('is shown while it runs', async () => {
    const { sessionId, transactionNumber } = await start();

    expect(await asked.ask('Query.session', { id: sessionId })).toMatchObject({
      id: sessionId,
      sessionId,
      transactionId: String(transactionNumber),
      stationId: 'CS-1',
      connectorRef: { evseId: 1, connectorId: 1 },
      tokenUid: goodUid,
      startTimestamp: '2026-06-15T12:00:00.000Z',
      endTimestamp: undefined,
      totalEnergy: undefined,
      status: 'ACTIVE',
      authMethod: 'RFID',
    });
  });

  test('is shown with its energy when it ended', async () => {
    const { sessionId, transactionNumber } = await start();
    await end(transactionNumber);

    expect(await asked.ask('Query.session', { id: sessionId })).toMatchObject({
      endTimestamp: '2026-06-15T13:00:00.000Z',
      totalEnergy: 10.5,
      status: 'COMPLETED',
      stopReason: 'LOCAL',
    });
  });

  test('that nobody authorised is shown as such, before and after its end', async () => {
    const { sessionId, transactionNumber } = await start({ token: { uid: blockedUid, tokenType: 'RFID' } });
    const running = await asked.ask('Query.session', { id: sessionId });
    await end(transactionNumber);

    expect(running).toMatchObject({ status: 'INVALID' });
    expect(await asked.ask('Query.session', { id: sessionId })).toMatchObject({ status: 'INVALID' });
  });

  test('is pending until somebody shows a token, and remote when it was asked for', async () => {
    const event = { stationId: 'CS-1', transactionRef: 'tx', at: noon, samples: [] } as const;
    const started = { ...event, phase: 'STARTED', seqNo: 0, remoteStartId: 5 } as const;
    const { sessionId } = await recordTransactionEvent(asked.scene, started, asked.scene.hints);

    expect(await asked.ask('Query.session', { id: sessionId })).toMatchObject({
      status: 'PENDING',
      authMethod: 'REMOTE',
    });
  });

  test('that is not there is null', async () => {
    expect(await asked.ask('Query.session', { id: 'nobody' })).toBeNull();
    expect(await asked.ask('Query.realTimeMetrics', { sessionId: 'nobody' })).toBeNull();
  });

  test('of another tenant is not there', async () => {
    const theirs = await newAsked(db);
    const { sessionId } = await start({}, theirs);

    expect(await asked.ask('Query.session', { id: sessionId })).toBeNull();
    expect(await asked.ask('Query.sessions')).toEqual([]);
    expect(await asked.ask('Query.activeSessionsCount')).toBe(0);
    expect(await asked.ask('Query.realTimeMetrics', { sessionId })).toBeNull();
    expect(await asked.askMany('ChargingSession.realTimeMetrics', [{ sessionId }])).toEqual([null]);
    expect(await asked.askMany('ChargingSession.meterValues', [{ sessionId, stationId: 'CS-1' }])).toEqual([
      [],
    ]);
    expect(await asked.askMany('Connector.currentSession', [{ sessionId }])).toEqual([null]);
    expect(await theirs.ask('Query.session', { id: sessionId })).toMatchObject({ sessionId });
  });
});

describe('the list of sessions', () => {
  let ids: readonly string[];
  beforeEach(async () => {
    const started = [];
    for (const minutes of [0, 10, 20]) {
      started.push(
        await start({
          stationId: minutes === 10 ? 'CS-2' : 'CS-1',
          connector: { evseId: minutes + 1, connectorId: 1 },
          startedAt: noon + minutes * minuteMs,
          token: { uid: minutes === 20 ? 'NOBODY' : goodUid, tokenType: 'RFID' },
        }),
      );
    }
    ids = started.map(({ sessionId }) => sessionId);
  });

  test('is newest first', async () => {
    expect(idsOf(await asked.ask('Query.sessions'))).toEqual([ids[2], ids[1], ids[0]]);
    expect(await asked.ask('Query.activeSessionsCount')).toBe(3);
  });

  test('holds what fits the filter', async () => {
    const list = async (filter: unknown) => idsOf(await asked.ask('Query.sessions', { filter }));

    expect(await list({ stationIds: ['CS-1'] })).toEqual([ids[2], ids[0]]);
    expect(await list({ userIds: ['user-1'] })).toEqual([ids[1], ids[0]]);
    expect(await list({ startAfter: '2026-06-15T14:10:00+02:00' })).toEqual([ids[2], ids[1]]);
    expect(await list({ startBefore: '2026-06-15T12:10:00Z' })).toEqual([ids[0]]);
    expect(await list({ stationIds: [], status: null })).toHaveLength(3);
    expect(await list({ userIds: ['user-1'], stationIds: ['CS-1'] })).toEqual([ids[0]]);
    expect(await list({ stationIds: ['CS-1', 'CS-2'], startAfter: '2026-06-15T12:10:00Z' })).toEqual([
      ids[2],
      ids[1],
    ]);
    expect(await list({ authMethods: ['REMOTE'] })).toEqual([]);
  });

  test('tells running sessions from ended ones, and large from small', async () => {
    const { transactionNumber, sessionId } = await start({
      startedAt: noon + 90 * minuteMs,
      stationId: 'CS-3',
    });
    await endSession(asked.scene, {
      stationId: 'CS-3',
      transactionNumber,
      endedAt: noon + 120 * minuteMs,
      meterStopWh: 110_500,
      stopReason: 'LOCAL',
      readings: [],
    });
    const list = async (filter: unknown) => idsOf(await asked.ask('Query.sessions', { filter }));

    expect(new Set(await list({ status: ['ACTIVE'] }))).toEqual(new Set(ids.slice(0, 2)));
    expect(await list({ status: ['INVALID'] })).toEqual([ids[2]]);
    expect(await list({ status: ['ACTIVE'], stationIds: ['CS-2'] })).toEqual([ids[1]]);
    expect(await list({ status: ['COMPLETED'] })).toEqual([sessionId]);
    expect(await list({ minEnergy: 10.5, maxEnergy: 10.5 })).toEqual([sessionId]);
    expect(await list({ minEnergy: 10.6 })).toEqual([]);
    expect(await list({ endAfter: '2026-06-15T14:00:00Z', endBefore: '2026-06-15T14:00:01Z' })).toEqual([
      sessionId,
    ]);
    expect(await list({ endBefore: '2026-06-15T14:00:00Z' })).toEqual([]);
  });

  test('of running ones knows users and many stations', async () => {
    const list = async (filter: View) =>
      idsOf(await asked.ask('Query.sessions', { filter: { status: ['ACTIVE', 'PENDING'], ...filter } }));

    expect(await list({ userIds: ['user-1', 'nobody'] })).toEqual([ids[1], ids[0]]);
    expect(await list({ stationIds: ['CS-2', 'CS-1'] })).toEqual([ids[0], ids[1]]);
    expect(await list({ stationIds: ['CS-2', 'CS-9'], userIds: ['user-1'] })).toEqual([ids[1]]);
  });

  test('comes in full pages, however little of it fits', async () => {
    const pageOf = async (nextToken: unknown) =>
      (await asked.ask('Query.sessionsPage', {
        filter: { userIds: ['user-1'], stationIds: ['CS-1'] },
        limit: 1,
        nextToken,
      })) as View;

    const first = await pageOf(null);

    expect(idsOf(first.items)).toEqual([ids[0]]);
  });

  test('comes in pages that hold each once', async () => {
    const seen: unknown[] = [];
    let nextToken: unknown = null;
    do {
      const page = (await asked.ask('Query.sessionsPage', { limit: 2, nextToken })) as View;
      seen.push(...idsOf(page.items));
      nextToken = page.nextToken;
    } while (nextToken !== null);

    expect(seen).toEqual([ids[2], ids[1], ids[0]]);
  });

  test.each([
    ['filter.startAfter', { startAfter: 'yesterday' }],
    ['filter', { colour: 'red' }],
  ])('says that it cannot do this rather than give too much: %s', async (field, filter) => {
    await expect(asked.ask('Query.sessions', { filter })).rejects.toMatchObject({
      code: 'Validation',
      field,
    });
  });
});

describe('the figures of a session', () => {
  const latest: MeterSample = {
    at: noon + 5 * minuteMs,
    context: 'PERIODIC',
    energyWh: 102_500,
    powerW: 11_000,
    voltageV: 230,
    currentA: 16,
    temperatureC: 31,
  };

  test('are the latest, counted from its start', async () => {
    const { sessionId, transactionNumber } = await start();
    await readings(transactionNumber, [{ at: noon + minuteMs, context: 'PERIODIC', energyWh: 100_500 }]);
    await readings(transactionNumber, [latest]);
    asked.scene.now = noon + 6 * minuteMs;

    const expected = {
      sessionId,
      timestamp: new Date(latest.at).toISOString(),
      currentPower: 11,
      currentEnergy: 2.5,
      voltage: 230,
      current: 16,
      temperature: 31,
      duration: 360,
    };
    expect(await asked.ask('Query.realTimeMetrics', { sessionId })).toEqual(expected);
    expect(await asked.askMany('ChargingSession.realTimeMetrics', [{ sessionId }])).toEqual([expected]);
  });

  test('are never negative, and end with it', async () => {
    const { sessionId, transactionNumber } = await start();
    await readings(transactionNumber, [{ ...latest, energyWh: 99_999 }]);
    await end(transactionNumber);
    asked.scene.now = noon + 600 * minuteMs;

    expect(await asked.ask('Query.realTimeMetrics', { sessionId })).toMatchObject({
      currentEnergy: 0,
      duration: 3_600,
    });
  });

  test('are unknown, not zero, while it said nothing', async () => {
    const { sessionId } = await start();

    const metrics = (await asked.ask('Query.realTimeMetrics', { sessionId })) as View;

    expect(metrics.currentPower).toBeUndefined();
    expect(metrics.currentEnergy).toBeUndefined();
  });

  test('are not those that another station sent under its number', async () => {
    const { sessionId, transactionNumber } = await start();
    await readings(transactionNumber, [latest], 'CS-2');

    const metrics = (await asked.ask('Query.realTimeMetrics', { sessionId })) as View;
    const values = await asked.askMany('ChargingSession.meterValues', [{ sessionId, stationId: 'CS-1' }]);

    expect(metrics.currentPower).toBeUndefined();
    expect(values).toEqual([[]]);
  });

  test('and its values come per session, in the order asked and by time', async () => {
    const one = await start();
    const other = await start({ stationId: 'CS-2' });
    await readings(one.transactionNumber, [latest, { at: noon, context: 'BEGIN', stateOfChargePercent: 40 }]);

    const values = await asked.askMany('ChargingSession.meterValues', [
      { sessionId: other.sessionId, stationId: 'CS-2' },
      { sessionId: one.sessionId, stationId: 'CS-1' },
    ]);

    expect(values).toEqual([
      [],
      [
        expect.objectContaining({
          timestamp: '2026-06-15T12:00:00.000Z',
          context: 'BEGIN',
          stateOfCharge: 40,
        }),
        expect.objectContaining({ timestamp: '2026-06-15T12:05:00.000Z', energyWh: 102_500, powerW: 11_000 }),
      ],
    ]);
  });
});

describe('fields below lists', () => {
  test('come in the order asked, a place for each, more than are read at once', async () => {
    const started = [];
    for (let number = 1; number <= 13; number += 1) started.push(await start({ stationId: `CS-${number}` }));
    const ids = started.map(({ sessionId }) => sessionId).toReversed();
    const sources = [
      { sessionId: ids[0] },
      { sessionId: 'nobody' },
      ...ids.slice(1).map((sessionId) => ({ sessionId })),
    ];

    const sessions = await asked.askMany('Connector.currentSession', [{}, ...sources]);
    const metrics = await asked.askMany('ChargingSession.realTimeMetrics', sources);
    const open = await asked.askMany('ChargingStation.activeSessions', [
      { stationId: 'CS-2' },
      { stationId: 'CS-99' },
      { stationId: 'CS-1' },
    ]);

    expect(sessions.map((one) => (one as View | null)?.id ?? null)).toEqual([
      null,
      ids[0],
      null,
      ...ids.slice(1),
    ]);
    expect(metrics.map((one) => one === null)).toEqual([false, true, ...ids.slice(1).map(() => false)]);
    expect(open.map(idsOf)).toEqual([[started[1]?.sessionId], [], [started[0]?.sessionId]]);
  });

  test('show the token of each session, and nothing for none', async () => {
    const tokens = await asked.askMany('ChargingSession.authToken', [
      { tokenUid: blockedUid },
      {},
      { tokenUid: 'NOBODY' },
      { tokenUid: goodUid },
    ]);

    expect(tokens).toMatchObject([
      { uid: blockedUid, isBlocked: true },
      null,
      null,
      { uid: goodUid, isBlocked: false },
    ]);
  });
});

describe('CDRs', () => {
  async function billed(stationId: string, meterStopWh = 110_500) {
    const { scene } = asked;
    const { sessionId, transactionNumber } = await start({ stationId });
    await end(transactionNumber, { stationId, meterStopWh });
    const tenant = { ...(await asked.services.findTenant()), defaultTariffId: 'day' };
    const result = await issueCdr(
      { ...scene, tenant, verifySigned: verifyMeterValue },
      { sessionId, graceOver: true },
    );
    if (!('cdr' in result)) throw new Error(result.outcome);
    return result.cdr;
  }

  beforeEach(async () => {
    const elements = [
      { priceComponents: [{ type: 'ENERGY' as const, price: '0.29', vat: '20', stepSize: 1 }] },
    ];
    await asked.scene.tariffs.saveTariff(aTariff({ elements }));
    for (const stationId of ['CS-1', 'CS-2'])
      await asked.scene.stations.createStation(aStation({ stationId }));
  });

  test('are shown with exact amounts and what they are made of', async () => {
    const cdr = await billed('CS-1');

    const [view] = (await asked.ask('Query.cdrs')) as View[];

    expect(view).toMatchObject({
      cdrId: cdr.cdrId,
      sessionId: cdr.sessionId,
      billing: 'BILLABLE',
      currency: 'EUR',
      energyWh: 10_500,
      energyKwh: '10.5',
      meterStartWh: 100_000,
      meterStopWh: 110_500,
      tariffId: 'day',
      startTimestamp: '2026-06-15T12:00:00.000Z',
      endTimestamp: '2026-06-15T13:00:00.000Z',
      totalCostExclVat: cdr.totalCost.exclVat,
      totalCostInclVat: cdr.totalCost.inclVat,
      lines: [{ type: 'ENERGY', unitPrice: '0.29', vat: '20' }],
      explanation: cdr.explanation,
    });
  });

  test('come newest first, by station and time of making, in pages', async () => {
    const one = await billed('CS-1');
    asked.scene.now = noon + minuteMs;
    const two = await billed('CS-2');

    const list = async (filter: unknown) => idsOf(await asked.ask('Query.cdrs', { filter }));

    expect(await list(undefined)).toEqual([two.cdrId, one.cdrId]);
    expect(await list({ stationId: 'CS-1' })).toEqual([one.cdrId]);
    expect(await list({ createdAfter: '2026-06-15T12:01:00Z' })).toEqual([two.cdrId]);
    expect(await list({ createdBefore: '2026-06-15T12:01:00Z' })).toEqual([one.cdrId]);
    await expect(list({ colour: 'red' })).rejects.toMatchObject({ code: 'Validation', field: 'filter' });
    const first = (await asked.ask('Query.cdrsPage', { limit: 1 })) as View;
    const second = (await asked.ask('Query.cdrsPage', { limit: 1, nextToken: first.nextToken })) as View;
    expect([...idsOf(first.items), ...idsOf(second.items)]).toEqual([two.cdrId, one.cdrId]);
  });

  test('of sessions come in the order of the sessions', async () => {
    const one = await billed('CS-1');
    const two = await billed('CS-2');

    const views = await asked.askMany('ChargingSession.cdr', [
      { cdrId: two.cdrId },
      {},
      { cdrId: one.cdrId },
    ]);

    expect(views).toMatchObject([{ id: two.cdrId }, null, { id: one.cdrId }]);
  });

  test('of another tenant are not there', async () => {
    const theirs = await newAsked(db);
    const { cdrId } = await billed('CS-1');

    expect(await theirs.ask('Query.cdrs')).toEqual([]);
    expect(await theirs.askMany('ChargingSession.cdr', [{ cdrId }])).toEqual([null]);
  });
});

test.each([
  [0, '0'],
  [1, '0.001'],
  [10, '0.01'],
  [999, '0.999'],
  [1_000, '1'],
  [10_500, '10.5'],
  [123_456_789, '123456.789'],
  [-1_500, '-1.5'],
])('%d Wh are exactly %s kWh', (energyWh, text) => {
  expect(kwh(energyWh)).toBe(text);
});
