import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { newScene, type Scene } from '../core/sessions/scene.ts';
import { deliveredMessage } from '../support/delivered-message.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let scene: Scene;
let booted: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  ({ handler: booted } = await import('../../functions/workers/station-booted.handler.ts'));
});
beforeEach(async () => {
  scene = await newScene(db);
  await scene.stations.createStation(aStation({ stationId: 'CS-1', protocol: 'ocpp1.6' }));
  await scene.configuration.saveDesired(
    { of: 'STATION', stationId: 'CS-1' },
    { settings: [{ key: 'HeartbeatInterval', value: '300', setAt: 1 }], revision: 1 },
  );
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

function message(registration: string, stationId = 'CS-1'): SQSRecord {
  const detail = { eventId: 'e-1', tenantId: scene.tenantId, stationId, at: scene.now, registration };
  return deliveredMessage(stationBooted, detail);
}
const run = (...Records: SQSRecord[]) => booted({ Records }, lambdaContext);
const queued = () => scene.commands.listQueued('CS-1', 10);

describe('a station that booted', () => {
  test('is sent what is desired of it, once however often its boot is told', async () => {
    const results = await Promise.all([
      run(message('ACCEPTED'), message('ACCEPTED')),
      run(message('ACCEPTED')),
    ]);

    expect(results).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(await queued()).toMatchObject([
      {
        name: 'CHANGE_CONFIGURATION',
        request: { kind: 'CHANGE_SETTINGS', settings: [{ key: 'HeartbeatInterval', value: '300' }] },
      },
    ]);
  });

  test.each(['PENDING', 'REJECTED'])('is left alone when it was told %s', async (registration) => {
    expect(await run(message(registration))).toEqual({ batchItemFailures: [] });
    expect(await queued()).toEqual([]);
  });

  test('that nobody knows needs nothing; a message that cannot be read comes again', async () => {
    const broken = { messageId: 'm-x', body: '{}' } as SQSRecord;

    expect(await run(message('ACCEPTED', 'nobody'), broken)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-x' }],
    });
  });
});
