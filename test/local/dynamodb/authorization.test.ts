import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import type { PolicyStatement } from '../../../local/iam/evaluate.ts';
import { connectAs, connectStreamsAs, recordsOf } from './connect.ts';
import { probeTable } from './probes/probe.ts';

const TableName = 'guarded';
const TABLE = `arn:aws:dynamodb:eu-west-1:000000000000:table/${TableName}`;

const allow = (
  actions: string[],
  resources: string[],
  conditions?: PolicyStatement['conditions'],
): PolicyStatement => ({
  effect: 'Allow',
  actions: actions.map((action) => `dynamodb:${action}`),
  resources,
  ...(conditions === undefined ? {} : { conditions }),
});

const PRINCIPALS: Record<string, PolicyStatement[]> = {
  ADMIN: [allow(['*'], ['*'])],
  READER: [allow(['GetItem', 'Query'], [TABLE])],
  WRITER: [allow(['PutItem', 'BatchWriteItem'], [TABLE])],
  TENANT: [
    allow(['GetItem', 'Query', 'BatchWriteItem', 'PutItem', 'ConditionCheckItem'], [TABLE], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['TENANT#a', 'TENANT#a#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    }),
  ],
};

let endpoint: DynamoEndpoint;
const as: Record<string, DynamoDBClient> = {};

beforeAll(async () => {
  endpoint = await startDynamoEndpoint({ engine: { kind: 'embedded' }, principals: PRINCIPALS });
  for (const name of [...Object.keys(PRINCIPALS), 'STRANGER']) as[name] = connectAs(name, endpoint.url);
  await client('ADMIN').send(new CreateTableCommand(probeTable(TableName)));
});
afterAll(() => endpoint.close());

function client(name: string): DynamoDBClient {
  const found = as[name];
  if (found === undefined) throw new Error(`No client ${name}`);
  return found;
}

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } });
const query = (pk: string) => ({
  TableName,
  KeyConditionExpression: '#p = :p',
  ExpressionAttributeNames: { '#p': 'pk' },
  ExpressionAttributeValues: { ':p': { S: pk } },
});

test('a call outside the grants is refused in the words of AWS', async () => {
  const refused = client('READER').send(new PutItemCommand({ TableName, Item: key('p') }));

  await expect(refused).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message:
      'User: arn:aws:iam::000000000000:user/READER is not authorized to perform: dynamodb:PutItem on resource: ' +
      `${TABLE} because no identity-based policy allows the dynamodb:PutItem action`,
    $metadata: { httpStatusCode: 400 },
  });
});

test('an unknown key is refused', async () => {
  const refused = client('STRANGER').send(new GetItemCommand({ TableName, Key: key('p') }));

  await expect(refused).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
});

test('a grant on the table does not reach its indexes', async () => {
  const IndexName = 'by-group';
  const input = {
    TableName,
    KeyConditionExpression: 'g = :p',
    ExpressionAttributeValues: { ':p': { S: 'x' } },
  };

  await client('READER').send(new QueryCommand(query('p')));
  const refused = client('READER').send(new QueryCommand({ ...input, IndexName }));

  await expect(refused).rejects.toThrow(`dynamodb:Query on resource: ${TABLE}/index/by-group`);
});

test('a transaction needs the permission of each of its actions', async () => {
  const TransactItems = [
    { Put: { TableName, Item: key('p') } },
    { ConditionCheck: { TableName, Key: key('q'), ConditionExpression: 'attribute_not_exists(pk)' } },
  ];

  const refused = client('WRITER').send(new TransactWriteItemsCommand({ TransactItems }));

  await expect(refused).rejects.toThrow('dynamodb:ConditionCheckItem');
  const { Item } = await client('ADMIN').send(new GetItemCommand({ TableName, Key: key('p') }));
  expect(Item).toBeUndefined();
});

test('a stream needs grants of its own', async () => {
  const refused = recordsOf(connectStreamsAs('READER', endpoint.url), TableName);

  await expect(refused).rejects.toThrow(`dynamodb:ListStreams on resource: ${TABLE}/stream/*`);
  await expect(recordsOf(connectStreamsAs('ADMIN', endpoint.url), TableName)).resolves.toEqual([]);
});

describe('a tenant bound by its leading keys', () => {
  const tenant = () => client('TENANT');
  const writes = (...partitions: string[]) =>
    new BatchWriteItemCommand({
      RequestItems: { [TableName]: partitions.map((pk) => ({ PutRequest: { Item: key(pk) } })) },
    });

  test('reads and writes its own partitions', async () => {
    await tenant().send(new PutItemCommand({ TableName, Item: key('TENANT#a') }));
    await tenant().send(writes('TENANT#a#1', 'TENANT#a#2'));
    const { Count } = await tenant().send(new QueryCommand(query('TENANT#a')));

    expect(Count).toBe(1);
  });

  test.each([
    ['a put', () => tenant().send(new PutItemCommand({ TableName, Item: key('TENANT#b') }))],
    ['a query', () => tenant().send(new QueryCommand(query('TENANT#b')))],
    ['a batch with one foreign partition', () => tenant().send(writes('TENANT#a', 'TENANT#b'))],
    ['a scan', () => tenant().send(new ScanCommand({ TableName }))],
    [
      'a transaction with one foreign partition',
      () =>
        tenant().send(
          new TransactWriteItemsCommand({
            TransactItems: [
              { Put: { TableName, Item: key('TENANT#a') } },
              { Put: { TableName, Item: key('TENANT#b') } },
            ],
          }),
        ),
    ],
  ])('is refused %s elsewhere', async (_name, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

test('new principals replace the old ones', async () => {
  await endpoint.setPrincipals({ ...PRINCIPALS, READER: [], NEWCOMER: [allow(['GetItem'], [TABLE])] });

  const { Item } = await connectAs('NEWCOMER', endpoint.url).send(
    new GetItemCommand({ TableName, Key: key('p') }),
  );
  const refused = client('READER').send(new GetItemCommand({ TableName, Key: key('p') }));

  expect(Item).toBeUndefined();
  await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
