import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commandSettled } from '#contracts/command-settled.v1.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { type CommandScene, newCommandScene, stationId } from '../core/commands/command-scene.ts';
import { deliveredMessage } from '../support/delivered-message.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let scene: CommandScene;
let after: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  ({ handler: after } = await import('../../functions/workers/after-command.handler.ts'));
});
beforeEach(async () => {
  scene = await newCommandScene(db);
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

function message(commandId: string): SQSRecord {
  const { tenantId, now } = scene;
  const detail = {
    eventId: 'e-1',
    tenantId,
    stationId,
    at: now,
    commandId,
    command: 'RESET',
    request: 'Reset',
    state: 'x',
  };
  return deliveredMessage(commandSettled, detail);
}

const run = (...Records: SQSRecord[]) => after({ Records }, lambdaContext);

describe('what follows a command', () => {
  test('is nothing for one that nobody waits for, or that is kept no longer', async () => {
    await scene.queue('cmd-1');
    await scene.commands.settle(stationId, 'cmd-1', { state: 'ACCEPTED', settledAt: scene.now });

    expect(await run(message('cmd-1'), message('cmd-gone'))).toEqual({ batchItemFailures: [] });
  });

  test('comes again when the command has not ended or the message cannot be read', async () => {
    await scene.queue('cmd-1');

    const told = message('cmd-1');
    const result = await run(told, { messageId: 'm-x', body: '{}' } as SQSRecord);

    expect(result.batchItemFailures).toEqual([{ itemIdentifier: told.messageId }, { itemIdentifier: 'm-x' }]);
  });
});
