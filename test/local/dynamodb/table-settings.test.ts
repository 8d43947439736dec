import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { connectAs } from './connect.ts';
import { probeTable } from './probes/probe.ts';

const TableName = 'settled';
let endpoint: DynamoEndpoint;
let client: DynamoDBClient;

beforeAll(async () => {
  endpoint = await startDynamoEndpoint({ engine: { kind: 'embedded' } });
  client = connectAs('test', endpoint.url);
  await client.send(
    new CreateTableCommand({ ...probeTable(TableName), Tags: [{ Key: 'stage', Value: 'local' }] }),
  );
});
afterAll(() => endpoint.close());

test('tags are kept', async () => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const ResourceArn = Table?.TableArn;

  await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'owner', Value: 'me' }] }));
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['stage'] }));

  const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn }));
  expect(Tags).toEqual([{ Key: 'owner', Value: 'me' }]);
});

test('point-in-time recovery can be switched on and read back', async () => {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 14 };
  await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));

  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );

  expect(ContinuousBackupsDescription).toMatchObject({
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 14 },
  });
});

test('tables are listed page by page', async () => {
  for (const name of ['list-1', 'list-2']) await client.send(new CreateTableCommand(probeTable(name)));

  const first = await client.send(new ListTablesCommand({ Limit: 2 }));
  const second = await client.send(
    new ListTablesCommand({ Limit: 2, ExclusiveStartTableName: first.LastEvaluatedTableName }),
  );

  expect([first.TableNames, second.TableNames]).toEqual([['list-1', 'list-2'], [TableName]]);
  expect(second.LastEvaluatedTableName).toBeUndefined();
});
