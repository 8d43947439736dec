import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobChanged } from '#contracts/job-changed.v1.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { stationId } from '../core/commands/command-scene.ts';
import { type JobScene, newJobScene } from '../core/jobs/job-scene.ts';
import { deliveredMessage } from '../support/delivered-message.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let scene: JobScene;
let changed: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  // Any queue will do for timers: what is sent to it is read here.
  process.env.TIMERS_QUEUE_URL = process.env.RATING_QUEUE_URL;
  ({ handler: changed } = await import('../../functions/workers/job-changed.handler.ts'));
});
beforeEach(async () => {
  scene = await newJobScene(db);
  cloud.queued.length = 0;
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

function message(jobId: string, state: string): SQSRecord {
  const { tenantId, now: at } = scene;
  const detail = { eventId: 'e-1', tenantId, stationId, at, jobId, kind: 'FIRMWARE', state };
  return deliveredMessage(jobChanged, detail);
}

describe('the change of a job', () => {
  test('sets a timer when an attempt begins, and none for later changes or unknown jobs', async () => {
    const { jobId, dueAt } = await scene.begin();
    const records = [message(jobId, 'REQUESTED'), message(jobId, 'ACCEPTED'), message('none', 'REQUESTED')];

    expect(await changed({ Records: records }, lambdaContext)).toEqual({ batchItemFailures: [] });

    const timers = cloud.queued.map(({ body }) => JSON.parse(body));
    expect(timers).toEqual([
      { tenantId: scene.tenantId, at: dueAt, timer: { kind: 'JOB_DUE', stationId, jobId } },
    ]);
  });

  test('comes again when it cannot be read', async () => {
    const broken = { messageId: 'm-x', body: '{}' } as SQSRecord;

    const result = await changed({ Records: [broken] }, lambdaContext);

    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'm-x' }]);
  });
});
