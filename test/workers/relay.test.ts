import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSession } from '#core/sessions/start-session.ts';
import { noteSeen, SeenHints } from '#core/stations/note-seen.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { goodUid, minuteMs, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { readStream } from '../support/change-log.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let scene: Scene;
let relay: Door<DynamoDBStreamEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  ({ handler: relay } = await import('../../functions/workers/relay.handler.ts'));
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterEach(() => {
  cloud.told.length = 0;
  cloud.queued.length = 0;
  cloud.intercept = () => undefined;
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

/** What the stream tells of this test's tenant since it has its tokens. */
async function changes(): Promise<DynamoDBRecord[]> {
  const records = await readStream(db, db.tables.operations);
  return records.filter(
    ({ dynamodb }) => dynamodb?.Keys?.pk?.S?.includes(scene.tenantId) && dynamodb.Keys.sk?.S !== 'CHANGE',
  );
}

async function connected(stationId: string): Promise<void> {
  await scene.live.connect({ stationId, connectionId: 'c-1', protocol: 'ocpp1.6', connectedAt: noon });
}

/** A record of an item that this code cannot read. */
function unreadable(record: DynamoDBRecord, sequenceNumber: string): DynamoDBRecord {
  const image = { ...record.dynamodb?.NewImage, connectedAt: { S: 'yesterday' } };
  return { ...record, dynamodb: { ...record.dynamodb, NewImage: image, SequenceNumber: sequenceNumber } };
}

const run = (Records: DynamoDBRecord[]) => relay({ Records }, lambdaContext);
const sequenceNumberOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber;
const stationsTold = () => cloud.told.map(({ detail }) => detail.stationId);

describe('the relay', () => {
  test('tells the bus what changed, in order, each under its contract', async () => {
    await connected('CS-1');
    await noteSeen(scene, new SeenHints(), { stationId: 'CS-1', connectionId: 'c-1' });
    const { sessionId } = await startSession(scene, {
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });

    const result = await run(await changes());

    expect(result).toEqual({ batchItemFailures: [] });
    expect(cloud.told.map((event) => [event.source, event['detail-type']])).toEqual([
      ['csms.stations', 'StationConnectionChanged.v1'],
      ['csms.stations', 'StationReady.v1'],
      ['csms.sessions', 'SessionStarted.v1'],
    ]);
    expect(cloud.told.at(-1)?.detail).toEqual({
      eventId: expect.any(String),
      tenantId: scene.tenantId,
      stationId: 'CS-1',
      at: noon,
      sessionId,
      connector: { evseId: 1, connectorId: 1 },
      authorised: true,
    });
  });

  test('dates the telling by its own clock: a grace must not count from a station’s', async () => {
    await scene.live.connect({
      stationId: 'CS-1',
      connectionId: 'c-1',
      protocol: 'ocpp1.6',
      connectedAt: Date.UTC(2099, 0, 1),
    });

    await run(await changes());

    const [event] = cloud.told;
    expect(event?.detail.at).toBe(Date.UTC(2099, 0, 1));
    expect(Math.abs(Date.parse(event?.time ?? '') - Date.now())).toBeLessThan(minuteMs);
  });

  test('gives a change that is told again the same event ids', async () => {
    await connected('CS-1');
    const records = await changes();

    await run(records);
    await run(records);

    const ids = cloud.told.map(({ detail }) => detail.eventId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('puts a record aside, whole, that it cannot read, and goes on', async () => {
    for (const stationId of ['CS-1', 'CS-2']) await connected(stationId);
    const [first, last] = await changes();
    if (!first || !last) throw new Error('no changes');
    const broken = unreadable(last, '7');

    const result = await run([first, broken, last]);

    expect(result).toEqual({ batchItemFailures: [] });
    expect(stationsTold()).toEqual(['CS-1', 'CS-2']);
    expect(cloud.queued.map(({ body }) => JSON.parse(body))).toEqual([broken]);
  });

  test('tells a record that was put aside when it is given it again and can read it', async () => {
    await connected('CS-1');
    const [change] = await changes();
    if (!change) throw new Error('no change');

    await run([unreadable(change, '7')]);
    const kept = JSON.parse(cloud.queued[0]?.body ?? '');
    await run([{ ...kept, dynamodb: { ...kept.dynamodb, NewImage: change.dynamodb?.NewImage } }]);

    expect(stationsTold()).toEqual(['CS-1']);
  });

  test('comes again from a record that it can neither read nor put aside', async () => {
    await connected('CS-1');
    const [change] = await changes();
    if (!change) throw new Error('no change');
    cloud.intercept = ({ headers }) =>
      headers['x-amz-target'] === 'AmazonSQS.SendMessage'
        ? { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } }
        : undefined;

    const result = await run([unreadable(change, '7'), change]);

    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
  });

  test('comes again from the first change that the bus did not take', async () => {
    for (const stationId of ['CS-1', 'CS-2', 'CS-3']) await connected(stationId);
    const records = await changes();
    cloud.intercept = () => ({
      body: {
        FailedEntryCount: 2,
        Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }, { ErrorCode: 'InternalFailure' }],
      },
    });

    const result = await run(records);

    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberOf(records[1]) }] });
  });

  test('puts nothing aside that comes again with a change that was not taken', async () => {
    for (const stationId of ['CS-1', 'CS-2']) await connected(stationId);
    const [first, last] = await changes();
    if (!first || !last) throw new Error('no changes');
    cloud.intercept = () => ({
      body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] },
    });

    const result = await run([first, unreadable(last, sequenceNumberOf(last) ?? '')]);

    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberOf(first) }] });
    expect(cloud.queued).toEqual([]);
  });

  test('comes again from the start when the bus cannot be reached', async () => {
    await connected('CS-1');
    const records = await changes();
    cloud.intercept = () => ({ status: 400, body: { __type: 'AccessDeniedException', message: 'no' } });

    const result = await run(records);

    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberOf(records[0]) }] });
  });

  test('has nothing to tell of what means nothing', async () => {
    expect(await run([])).toEqual({ batchItemFailures: [] });
    expect(cloud.told).toEqual([]);
  });
});
