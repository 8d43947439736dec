import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { putItems } from '#adapters/dynamodb/requests.ts';
import { recordReservationAnswer } from '#core/reservations/settle-reservation.ts';
import { useReservation } from '#core/reservations/use-reservation.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { recordTransactionEvent, type TransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { newId, systemClock } from '#platform/clock.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aStation, aTariff } from '../adapters/dynamodb/samples.ts';
import { goodUid, minuteMs, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
import {
  graceMs,
  lambdaContext,
  ratingAttempts,
  startWorkerCloud,
  type WorkerCloud,
} from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let scene: Scene;
let rate: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  ({ handler: rate } = await import('../../functions/workers/rate-session.handler.ts'));
});
beforeEach(async () => {
  scene = await newScene(db, newTenantId(), systemClock);
  await tenantDirectory(db.client, db.tables).createTenant({
    tenantId: scene.tenantId,
    slug: scene.tenantId,
    name: 'Demo',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'DMO',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    createdAt: noon,
    updatedAt: noon,
  });
  await scene.stations.createStation(aStation({ stationId: 'CS-1' }));
});
afterEach(() => {
  cloud.queued.length = 0;
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

let messages = 0;

/** The message that tells of a session's end, told so long ago. */
function message(
  sessionId: string,
  { toldAgoMs = 0, tenantId = scene.tenantId, name = 'SessionEnded.v1', deliveries = 1 } = {},
): SQSRecord {
  messages += 1;
  const detail = { eventId: 'e-1', tenantId, stationId: 'CS-1', at: noon, sessionId, stopReason: 'LOCAL' };
  const time = new Date(Date.now() - toldAgoMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const body = JSON.stringify({
    version: '0',
    source: 'csms.sessions',
    'detail-type': name,
    time,
    detail,
  });
  const attributes = { ApproximateReceiveCount: String(deliveries) };
  return { messageId: `m-${messages}`, body, attributes } as SQSRecord;
}

const run = (...Records: SQSRecord[]) => rate({ Records }, lambdaContext);
const openAlerts = async () => (await scene.alerts.listAlerts({ open: true }, { limit: 5 })).items;
const cdrs = async () => (await scene.cdrs.listCdrs({}, { limit: 10 })).items;

async function endedSession(stationId = 'CS-1'): Promise<string> {
  const { sessionId, transactionNumber } = await startSession(scene, {
    stationId,
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    startedAt: noon,
    meterStartWh: 100_000,
  });
  const endedAt = noon + 60 * minuteMs;
  const stop = { stationId, transactionNumber, endedAt, stopReason: 'LOCAL', readings: [] } as const;
  await endSession(scene, { ...stop, meterStopWh: 110_000 });
  return sessionId;
}

/** A session whose second event has not arrived. */
async function sessionWithGap(): Promise<{ sessionId: string; fill: () => Promise<unknown> }> {
  const event: TransactionEvent = {
    stationId: 'CS-1',
    phase: 'STARTED',
    transactionRef: 'tx-1',
    seqNo: 0,
    at: noon,
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    samples: [{ at: noon, context: 'BEGIN', energyWh: 100_000 }],
  };
  const { token: _, ...more } = event;
  const endAt = noon + 60 * minuteMs;
  const { sessionId } = await recordTransactionEvent(scene, event, scene.hints);
  await recordTransactionEvent(
    scene,
    {
      ...more,
      phase: 'ENDED',
      seqNo: 2,
      at: endAt,
      samples: [{ at: endAt, context: 'END', energyWh: 110_000 }],
    },
    scene.hints,
  );
  const missing: TransactionEvent = { ...more, phase: 'UPDATED', seqNo: 1, at: noon + minuteMs, samples: [] };
  return { sessionId, fill: () => recordTransactionEvent(scene, missing, scene.hints) };
}

describe('the rating of an ended session', () => {
  test('makes its CDR, and names it on the session', async () => {
    const sessionId = await endedSession();

    expect(await run(message(sessionId))).toEqual({ batchItemFailures: [] });

    const [cdr, ...others] = await cdrs();
    expect(others).toEqual([]);
    expect(cdr).toMatchObject({ sessionId, energyWh: 10_000, currency: 'EUR' });
    expect(await scene.sessions.findSession(sessionId)).toMatchObject({ cdrId: cdr?.cdrId });
    expect(cloud.queued).toEqual([]);
  });

  test('makes one CDR however often it is told, also at the same time', async () => {
    const sessionId = await endedSession();

    await run(...Array.from({ length: 8 }, () => message(sessionId)));
    const result = await run(message(sessionId));

    expect(result).toEqual({ batchItemFailures: [] });
    expect(await cdrs()).toHaveLength(1);
  });

  test('waits for missing events as long as the grace since the telling lasts', async () => {
    const { sessionId } = await sessionWithGap();
    const told = message(sessionId, { toldAgoMs: 100_000 });

    expect(await run(told)).toEqual({ batchItemFailures: [] });

    expect(await cdrs()).toEqual([]);
    expect(cloud.queued).toEqual([{ body: told.body, delaySeconds: expect.any(Number) }]);
    const [{ delaySeconds } = { delaySeconds: 0 }] = cloud.queued;
    expect(delaySeconds).toBeGreaterThan(190);
    expect(delaySeconds).toBeLessThanOrEqual(200);
  });

  test('does not wait longer once they are there', async () => {
    const { sessionId, fill } = await sessionWithGap();
    await run(message(sessionId));
    await fill();

    await run(message(sessionId));

    expect(await cdrs()).toMatchObject([{ sessionId, energyWh: 10_000 }]);
  });

  test('goes without them when the grace is over', async () => {
    const { sessionId } = await sessionWithGap();

    await run(message(sessionId, { toldAgoMs: graceMs + 1_000 }));

    expect(await cdrs()).toMatchObject([{ sessionId, energyWh: 10_000 }]);
    expect(cloud.queued).toEqual([]);
  });

  test('row 65: waits as long for the end of a session that another one superseded', async () => {
    const start = {
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      meterStartWh: 100_000,
    } as const;
    const { sessionId, transactionNumber } = await startSession(scene, { ...start, startedAt: noon });
    await startSession(scene, { ...start, startedAt: noon + 60 * minuteMs });
    await run(message(sessionId));
    expect(await cdrs()).toEqual([]);
    expect(cloud.queued).toHaveLength(1);

    await endSession(scene, {
      stationId: 'CS-1',
      transactionNumber,
      endedAt: noon + 50 * minuteMs,
      meterStopWh: 110_000,
      stopReason: 'LOCAL',
      readings: [],
    });
    await run(message(sessionId));

    expect(await cdrs()).toMatchObject([{ sessionId, energyWh: 10_000, endedAt: noon + 50 * minuteMs }]);
  });

  test('holds events that come after the CDR against it, which stays as it is', async () => {
    const { sessionId, fill } = await sessionWithGap();
    await run(message(sessionId, { toldAgoMs: graceMs + 1_000 }));
    const before = await cdrs();
    const delayed = () => message(sessionId, { name: 'SessionEventDelayed.v1' });
    await run(delayed());
    expect((await scene.cdrs.listInReview({ limit: 5 })).items.map(({ review }) => review)).not.toContain(
      'LATE_EVENTS',
    );

    await fill();
    await run(delayed(), delayed());

    expect(await cdrs()).toEqual(before);
    const kinds = (await openAlerts()).map(({ kind }) => kind);
    expect(kinds).toContain('EVENTS_AFTER_CDR');
    expect((await scene.cdrs.listInReview({ limit: 5 })).items).toHaveLength(1);
  });

  test('looks again at events that come while the CDR may be in the making', async () => {
    const sessionId = await endedSession();
    const delayed = message(sessionId, { name: 'SessionEventDelayed.v1' });

    await run(delayed);

    expect(cloud.queued).toEqual([{ body: delayed.body, delaySeconds: expect.any(Number) }]);
    const [{ delaySeconds } = { delaySeconds: 0 }] = cloud.queued;
    expect(delaySeconds).toBeGreaterThan(50);
    expect(delaySeconds).toBeLessThanOrEqual(60);
  });

  test('knows the events that came before it began', async () => {
    const sessionId = await endedSession();
    const running = await startSession(scene, {
      stationId: 'CS-3',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });
    const name = 'SessionEventDelayed.v1';

    await run(message(sessionId, { name, toldAgoMs: 61_000 }), message(running.sessionId, { name }));

    expect(cloud.queued).toEqual([]);
  });

  test('brings what fails again alone', async () => {
    const sessionId = await endedSession();
    const { sessionId: running } = await startSession(scene, {
      stationId: 'CS-2',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });
    const bad = [
      message('nobody'),
      message(running),
      message(sessionId, { tenantId: 'nobody' }),
      { ...message(sessionId), body: '{' },
    ];

    const { batchItemFailures } = await run(...bad, message(sessionId));

    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
      bad.map(({ messageId }) => messageId),
    );
    expect(await cdrs()).toHaveLength(1);
  });

  test('that fails to the last is told to operators, and comes to the dead letters all the same', async () => {
    const sessionId = await endedSession();
    const entry = { ...tenantKeys(scene.tenantId).entry(sessionId, 'R#broken'), fact: { samples: 'none' } };
    await putItems(db.client, db.tables.operations, [entry]);
    const failed = async (deliveries: number) =>
      (await run(message(sessionId, { deliveries }))).batchItemFailures.length;

    expect([await failed(1), await failed(ratingAttempts - 1)]).toEqual([1, 1]);
    expect(await openAlerts()).toEqual([]);
    expect([await failed(ratingAttempts), await failed(ratingAttempts)]).toEqual([1, 1]);

    expect(await openAlerts()).toMatchObject([
      {
        category: 'BILLING_ERROR',
        kind: 'RATING_FAILED',
        severity: 'HIGH',
        sessionId,
        stationId: 'CS-1',
        details: { problem: expect.stringContaining('the stored session entry') },
      },
    ]);
    expect(await cdrs()).toEqual([]);
  });

  test('that comes back from the dead letters settles its alert, and no other', async () => {
    const sessionId = await endedSession();
    const keys = tenantKeys(scene.tenantId).entry(sessionId, 'R#broken');
    await putItems(db.client, db.tables.operations, [{ ...keys, fact: { samples: 'none' } }]);
    await run(message(sessionId, { deliveries: ratingAttempts }));
    const toldAgoMs = 12 * minuteMs;

    await run(message(sessionId, { toldAgoMs }));
    await run(message(sessionId, { name: 'SessionEventDelayed.v1', toldAgoMs }));
    expect(await openAlerts()).toMatchObject([{ kind: 'RATING_FAILED', sessionId }]);
    await db.client.send(new DeleteItemCommand({ TableName: db.tables.operations, Key: marshall(keys) }));
    await run(message(sessionId, { toldAgoMs }));

    expect(await cdrs()).toMatchObject([{ sessionId }]);
    expect((await openAlerts()).map(({ kind }) => kind)).toEqual(['CDR_HELD']);
  });

  test('is not done for a tenant that names another’s session', async () => {
    const sessionId = await endedSession();
    const theirs = await newScene(db, newTenantId(), systemClock);

    const { batchItemFailures } = await run(message(sessionId, { tenantId: theirs.tenantId }));

    expect(batchItemFailures).toHaveLength(1);
    expect(await cdrs()).toEqual([]);
  });
});

describe('the rating of a session that a place was reserved for', () => {
  const hourMs = 60 * minuteMs;

  /** Asked for two hours before the session, agreed upon an hour before it. */
  async function givenReservation(number = 7): Promise<void> {
    await scene.reservations.addReservation({
      reservationId: `CS-1-${number}`,
      stationId: 'CS-1',
      number,
      state: 'REQUESTED',
      place: { evseId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      expiresAt: noon + hourMs,
      createdAt: noon - 2 * hourMs,
      updatedAt: noon - 2 * hourMs,
      commandId: 'c-1',
    });
    scene.now = noon - hourMs;
    await recordReservationAnswer({ ...scene, newId }, { stationId: 'CS-1', number });
    scene.now = noon + hourMs;
  }

  beforeEach(async () => {
    await scene.tariffs.saveTariff({
      ...aTariff(),
      tariffId: 'reserving',
      elements: [
        {
          priceComponents: [
            { type: 'TIME', price: '5', stepSize: 1 },
            { type: 'FLAT', price: '2', stepSize: 1 },
          ],
          restrictions: { reservation: 'RESERVATION' },
        },
        { priceComponents: [{ type: 'ENERGY', price: '0.25', stepSize: 1 }] },
      ],
      createdAt: 0,
      updatedAt: 0,
    });
    await scene.assignments.saveAssignment({
      scope: { kind: 'STATION', stationId: 'CS-1' },
      terms: [{ since: 0, contractTariffId: 'reserving' }],
      updatedAt: 0,
      revision: 1,
    });
  });

  test('bills the time from the station’s word to the start, whoever hears of the session first', async () => {
    await givenReservation();
    const sessionId = await endedSession();

    await run(message(sessionId), message(sessionId));

    const [cdr, ...others] = await cdrs();
    expect(others).toEqual([]);
    expect(cdr).toMatchObject({
      totalCost: { exclVat: '9.5' },
      totalReservationCost: { exclVat: '7' },
      startedAt: noon,
    });
    expect(cdr?.periods[0]).toMatchObject({ startedAt: noon - hourMs, endedAt: noon, activity: 'RESERVED' });
    expect(cdr?.explanation).toContain('The place was reserved for 1 h before charging began.');
    expect(await scene.reservations.findReservation('CS-1', 7)).toMatchObject({ state: 'USED', sessionId });
  });

  test('bills no reservation that another session used, nor one that was made afterwards', async () => {
    const sessionId = await endedSession();
    await givenReservation();
    await useReservation(scene, { stationId: 'CS-1', number: 7, sessionId: 'another' });

    await run(message(sessionId));

    const [cdr] = await cdrs();
    expect(cdr).toMatchObject({ totalCost: { exclVat: '2.5' } });
    expect(cdr?.totalReservationCost).toBeUndefined();
  });
});
