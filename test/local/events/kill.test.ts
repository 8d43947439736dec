import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BatchGetItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import type { ClientConfig } from '../../../local/start-cloud.ts';
import { writeSmallApp } from '../fixtures/small-app.ts';

const script = new URL('../fixtures/run-small-app.ts', import.meta.url);
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function start(assemblyDir: string, dataDir: string) {
  const child = fork(script, [assemblyDir, dataDir], {
    silent: true,
    execArgv: [],
  });
  children.push(child);
  if (!child.stdout) throw new Error('no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  const { dynamodb, table } = JSON.parse(line) as { dynamodb: ClientConfig; table: string };
  return { child, table, client: new DynamoDBClient({ ...dynamodb, maxAttempts: 1 }) };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('nothing acknowledged is lost between table and worker when the process is killed again and again', async () => {
  // Whoever is killed with a message in hand has received it: none may end among the dead letters for that.
  const assemblyDir = writeSmallApp({ VisibilityTimeout: 5, maxReceiveCount: 10 });
  const dataDir = mkdtempSync(join(tmpdir(), 'killed-'));
  const acknowledged: string[] = [];

  for (const killAfter of [1, 12, 30]) {
    const { child, client, table } = await start(assemblyDir, dataDir);
    for (let i = 0; i < killAfter; i++) {
      const id = `${killAfter}-${i}`;
      await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: `ITEM#${id}` } } }));
      acknowledged.push(id);
    }
    await kill(child);
  }
  const { child, client, table } = await start(assemblyDir, dataDir);
  child.send('idle?');
  await once(child, 'message');

  const { Responses } = await client.send(
    new BatchGetItemCommand({
      RequestItems: { [table]: { Keys: acknowledged.map((id) => ({ pk: { S: `DONE#ITEM#${id}` } })) } },
    }),
  );
  const done = Responses?.[table]?.map(({ pk }) => pk?.S?.replace('DONE#ITEM#', ''));
  expect(done?.sort()).toEqual(acknowledged.sort());
  await kill(child);
});
