import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { connectAs, connectStreamsAs, recordsOf, shardOf } from './connect.ts';
import { probeTable } from './probes/probe.ts';

let endpoint: DynamoEndpoint;
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;
let tables = 0;

beforeAll(async () => {
  endpoint = await startDynamoEndpoint({ engine: { kind: 'embedded' }, ttlSweepMs: 20 });
  client = connectAs('test', endpoint.url);
  streams = connectStreamsAs('test', endpoint.url);
});
afterAll(() => endpoint.close());

async function newTable(): Promise<string> {
  tables += 1;
  const TableName = `stream-${tables}`;
  await client.send(new CreateTableCommand(probeTable(TableName)));
  return TableName;
}

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

const put = (TableName: string, sk: string) => client.send(new PutItemCommand({ TableName, Item: key(sk) }));

async function readFrom(table: string, from: Omit<GetShardIteratorCommandInput, 'StreamArn' | 'ShardId'>) {
  const shard = await shardOf(streams, table);
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand({ ...shard, ...from }));
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  return Records?.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S);
}

test('the records of an item come in the order of its writes', async () => {
  const TableName = await newTable();
  const increments = Array.from({ length: 60 }, () =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: key('counter'),
        UpdateExpression: 'ADD hits :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    ),
  );

  await Promise.all(increments);

  const records = await recordsOf(streams, TableName);
  const hits = (image: 'OldImage' | 'NewImage') =>
    records.map(({ dynamodb }) => Number(dynamodb?.[image]?.hits?.N ?? 0));
  expect(hits('NewImage')).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(hits('OldImage')).toEqual(Array.from({ length: 60 }, (_, index) => index));
  const sequences = records.map(({ dynamodb }) => String(dynamodb?.SequenceNumber));
  expect(sequences).toEqual([...sequences].sort());
  expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(60);
});

test('a reader starts at, after, or beyond a record', async () => {
  const TableName = await newTable();
  for (const sk of ['a', 'b', 'c']) await put(TableName, sk);
  const [, second] = await recordsOf(streams, TableName);
  const SequenceNumber = String(second?.dynamodb?.SequenceNumber);

  expect(await readFrom(TableName, { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber })).toEqual([
    'b',
    'c',
  ]);
  expect(await readFrom(TableName, { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber })).toEqual([
    'c',
  ]);
  expect(await readFrom(TableName, { ShardIteratorType: 'LATEST' })).toEqual([]);
});

test('a reader goes on where its last page ended', async () => {
  const TableName = await newTable();
  await put(TableName, 'a');
  await put(TableName, 'b');
  const shard = await shardOf(streams, TableName);
  const start = await streams.send(
    new GetShardIteratorCommand({ ...shard, ShardIteratorType: 'TRIM_HORIZON' }),
  );

  const first = await streams.send(new GetRecordsCommand({ ShardIterator: start.ShardIterator, Limit: 1 }));
  const second = await streams.send(new GetRecordsCommand({ ShardIterator: first.NextShardIterator }));
  await put(TableName, 'c');
  const third = await streams.send(new GetRecordsCommand({ ShardIterator: second.NextShardIterator }));

  const names = [first, second, third].map(({ Records }) =>
    Records?.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S),
  );
  expect(names).toEqual([['a'], ['b'], ['c']]);
});

test('an expired item is removed, and its record says that the service did it', async () => {
  const TableName = await newTable();
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ttl' };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  const seconds = Math.floor(Date.now() / 1000);
  const expiring = { ...key('past'), ttl: { N: String(seconds - 60) } };
  await client.send(
    new PutItemCommand({ TableName, Item: { ...key('future'), ttl: { N: String(seconds + 600) } } }),
  );
  await client.send(
    new PutItemCommand({ TableName, Item: { ...key('text'), ttl: { S: String(seconds - 60) } } }),
  );
  await client.send(new PutItemCommand({ TableName, Item: { ...key('ancient'), ttl: { N: '1000' } } }));
  await client.send(new PutItemCommand({ TableName, Item: expiring }));

  const removal = await vi.waitFor(async () => {
    const found = (await recordsOf(streams, TableName)).filter(({ eventName }) => eventName === 'REMOVE');
    expect(found).toHaveLength(1);
    return found[0];
  });

  expect(removal?.userIdentity).toEqual({ Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' });
  expect(removal?.dynamodb?.OldImage).toEqual(expiring);
});

test('a stream can be switched on and off later', async () => {
  const TableName = await newTable();
  await put(TableName, 'recorded');
  const { StreamArn } = await shardOf(streams, TableName);

  await client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
  await put(TableName, 'unseen');
  const closed = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const records = await recordsOf(streams, TableName);
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' as const };
  await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));

  expect(closed.StreamDescription?.StreamStatus).toBe('DISABLED');
  expect(records.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S)).toEqual(['recorded']);
  expect(Table?.StreamSpecification).toEqual(StreamSpecification);
  expect(Table?.LatestStreamArn).not.toBe(StreamArn);
});
