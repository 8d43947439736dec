import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { connectAs, connectStreamsAs, recordsOf } from './connect.ts';
import { probeTable } from './probes/probe.ts';

const WRITER = new URL('./durable-writer.ts', import.meta.url).pathname;
const TableName = 'durable';

let dataDir: string;
const open: DynamoEndpoint[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dynamodb-'));
});
afterEach(async () => {
  for (const endpoint of open.splice(0)) await endpoint.close();
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<{ endpoint: DynamoEndpoint; client: DynamoDBClient }> {
  const endpoint = await startDynamoEndpoint({ engine: { kind: 'embedded', dataDir } });
  open.push(endpoint);
  return { endpoint, client: connectAs('test', endpoint.url) };
}

async function stop(endpoint: DynamoEndpoint): Promise<void> {
  open.splice(open.indexOf(endpoint), 1);
  await endpoint.close();
}

const item = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk }, g: { S: 'group' }, n: { N: '1' } });

async function groupMembers(client: DynamoDBClient): Promise<(string | undefined)[]> {
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-group',
      KeyConditionExpression: 'g = :g',
      ExpressionAttributeValues: { ':g': { S: 'group' } },
    }),
  );
  return (Items ?? []).map((found) => found.sk?.S).sort();
}

test('a restart keeps items, indexes, settings and the stream', async () => {
  const first = await start();
  await first.client.send(new CreateTableCommand(probeTable(TableName)));
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ttl' };
  await first.client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  for (const sk of ['a', 'b', 'c'])
    await first.client.send(new PutItemCommand({ TableName, Item: item(sk) }));
  await first.client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: 'p' }, sk: { S: 'b' } } }));
  const described = await first.client.send(new DescribeTableCommand({ TableName }));
  const recorded = await recordsOf(connectStreamsAs('test', first.endpoint.url), TableName);

  await stop(first.endpoint);
  const second = await start();

  expect(await groupMembers(second.client)).toEqual(['a', 'c']);
  const { Table } = await second.client.send(new DescribeTableCommand({ TableName }));
  expect(Table).toEqual(described.Table);
  const { TimeToLiveDescription } = await second.client.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
  const kept = await recordsOf(connectStreamsAs('test', second.endpoint.url), TableName);
  expect(kept).toEqual(recorded);
  expect(kept.map(({ eventName }) => eventName)).toEqual(['INSERT', 'INSERT', 'INSERT', 'REMOVE']);
});

test('sequence numbers go on rising after a restart', async () => {
  const first = await start();
  await first.client.send(new CreateTableCommand(probeTable(TableName)));
  await first.client.send(new PutItemCommand({ TableName, Item: item('a') }));
  await stop(first.endpoint);

  const second = await start();
  await second.client.send(new PutItemCommand({ TableName, Item: item('b') }));

  const records = await recordsOf(connectStreamsAs('test', second.endpoint.url), TableName);
  const [before, after] = records.map(({ dynamodb }) => String(dynamodb?.SequenceNumber));
  expect(String(after) > String(before)).toBe(true);
});

test('a killed process loses no acknowledged write, and no event of one', { timeout: 60_000 }, async () => {
  const writer = spawn(process.execPath, [WRITER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let acknowledged = '';
  for await (const chunk of writer.stdout) {
    acknowledged += chunk;
    if (acknowledged.split('\n').length > 200) break;
  }
  const died = once(writer, 'exit');
  writer.kill('SIGKILL');
  await died;
  const names = acknowledged.trim().split('\n');

  const { endpoint, client } = await start();

  const items = await groupMembers(client);
  expect(items).toEqual(expect.arrayContaining(names));
  const records = await recordsOf(connectStreamsAs('test', endpoint.url), TableName);
  expect(records.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S)).toEqual(items);
});

test('a directory in use is refused with a reason', async () => {
  await start();

  await expect(startDynamoEndpoint({ engine: { kind: 'embedded', dataDir } })).rejects.toThrow(
    /cannot be opened; is another process using it/,
  );
});
