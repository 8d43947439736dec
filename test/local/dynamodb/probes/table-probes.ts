import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-dynamodb-streams';
import { type Probe, type ProbeContext, probe, probeTable } from './probe.ts';

const KEY = { pk: { S: 'p' }, sk: { S: 's' } };

function setExpiry({ table, send }: ProbeContext, Enabled: boolean, AttributeName = 'ttl'): Promise<unknown> {
  return send(
    new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: { Enabled, AttributeName } }),
  );
}

async function indexActive(client: DynamoDBClient, table: string): Promise<void> {
  const isActive = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return Table?.GlobalSecondaryIndexes?.every(({ IndexStatus }) => IndexStatus === 'ACTIVE');
  };
  while (!(await isActive())) await delay(20);
}

const TABLES: Probe[] = [
  probe('table: schema and indexes as described', async ({ client, table }) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return {
      status: Table?.TableStatus,
      keys: Table?.KeySchema,
      billing: Table?.BillingModeSummary?.BillingMode,
      indexes: Table?.GlobalSecondaryIndexes?.map(({ IndexName, IndexStatus, KeySchema, Projection }) => ({
        IndexName,
        IndexStatus,
        KeySchema,
        Projection,
      })).sort((left, right) => String(left.IndexName).localeCompare(String(right.IndexName))),
      stream: Table?.StreamSpecification,
      protection: Table?.DeletionProtectionEnabled,
    };
  }),
  probe('table: a second one of the name is refused', ({ table, send }) =>
    send(new CreateTableCommand(probeTable(table))),
  ),
  probe('table: an unknown one is refused', ({ send }) =>
    send(new DescribeTableCommand({ TableName: 'no-such-table' })),
  ),
  probe('table: deletion protection is honoured', async ({ client, table, send }) => {
    await client.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: true }));
    const refused = await send(new DeleteTableCommand({ TableName: table }));
    await client.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: false }));
    await client.send(new DeleteTableCommand({ TableName: table }));
    return [refused, await send(new DescribeTableCommand({ TableName: table }))];
  }),
  probe('table: an index added later holds the items', async ({ client, table, send }) => {
    await client.send(new PutItemCommand({ TableName: table, Item: { ...KEY, late: { S: 'x' } } }));
    const Create = {
      IndexName: 'late-index',
      KeySchema: [{ AttributeName: 'late', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    };
    await client.send(
      new UpdateTableCommand({
        TableName: table,
        AttributeDefinitions: [{ AttributeName: 'late', AttributeType: 'S' }],
        GlobalSecondaryIndexUpdates: [{ Create }],
      }),
    );
    await indexActive(client, table);
    return send(
      new QueryCommand({
        TableName: table,
        IndexName: 'late-index',
        KeyConditionExpression: 'late = :l',
        ExpressionAttributeValues: { ':l': { S: 'x' } },
      }),
    );
  }),
  probe('time to live: set, read, set again', async (context) => {
    const describe = () => context.send(new DescribeTimeToLiveCommand({ TableName: context.table }));
    return [
      await describe(),
      await setExpiry(context, true),
      await describe(),
      await setExpiry(context, true),
    ];
  }),
  probe('time to live: cannot be disabled when it is', (context) => setExpiry(context, false)),
];

/** What a consumer sees of the table's stream, from the oldest record on. */
async function records(
  { client, streams, table }: ProbeContext,
  from: ShardIteratorType = 'TRIM_HORIZON',
): Promise<unknown> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: from }),
  );
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  return Records?.map(({ eventName, dynamodb, userIdentity, eventSource }) => ({
    eventName,
    eventSource,
    userIdentity,
    keys: dynamodb?.Keys,
    before: dynamodb?.OldImage,
    after: dynamodb?.NewImage,
    view: dynamodb?.StreamViewType,
  }));
}

const STREAMS: Probe[] = [
  probe('stream: insert, modify and remove with their images', async (context) => {
    const { client, table } = context;
    await client.send(new PutItemCommand({ TableName: table, Item: { ...KEY, a: { S: 'one' } } }));
    const values = { ':a': { S: 'two' } };
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: KEY,
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: values,
      }),
    );
    return records(context);
  }),
  probe('stream: a write that changes nothing makes no record', async (context) => {
    const put = new PutItemCommand({ TableName: context.table, Item: { ...KEY, a: { S: 'one' } } });
    await context.client.send(put);
    await context.client.send(put);
    return records(context);
  }),
  probe('stream: LATEST skips what was written before', async (context) => {
    await context.client.send(new PutItemCommand({ TableName: context.table, Item: KEY }));
    return records(context, 'LATEST');
  }),
];

export const TABLE_PROBES: readonly Probe[] = [...TABLES, ...STREAMS];
