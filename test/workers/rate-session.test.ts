import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { recordTransactionEvent, type TransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { goodUid, minuteMs, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { graceMs, lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

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
  scene = await newScene(db);
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
  { toldAgoMs = 0, tenantId = scene.tenantId, name = 'SessionEnded.v1' } = {},
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
  return { messageId: `m-${messages}`, body } as SQSRecord;
}

const run = (...Records: SQSRecord[]) => rate({ Records }, lambdaContext);
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
    const kinds = (await scene.alerts.listAlerts({ open: true }, { limit: 5 })).items.map(({ kind }) => kind);
    expect(kinds).toContain('EVENTS_AFTER_CDR');
    expect((await scene.cdrs.listInReview({ limit: 5 })).items).toHaveLength(1);
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

  test('is not done for a tenant that names another’s session', async () => {
    const sessionId = await endedSession();
    const theirs = await newScene(db);

    const { batchItemFailures } = await run(message(sessionId, { tenantId: theirs.tenantId }));

    expect(batchItemFailures).toHaveLength(1);
    expect(await cdrs()).toEqual([]);
  });
});
