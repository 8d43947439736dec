import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { engineFromEnvironment } from '../../../local/dynamodb/engine-from-environment.ts';
import { connectAs } from './connect.ts';
import { probeTable } from './probes/probe.ts';

const TableName = 'metered';
const ITEM = { pk: { S: 'p' }, sk: { S: 's' }, g: { S: 'x' }, n: { N: '1' } };
const KEY = { pk: ITEM.pk, sk: ITEM.sk };

let endpoint: DynamoEndpoint;
let closeEngine: () => Promise<void>;

beforeAll(async () => {
  const { engine, close } = await engineFromEnvironment();
  endpoint = await startDynamoEndpoint({ engine });
  closeEngine = close;
  await connectAs('admin', endpoint.url).send(new CreateTableCommand(probeTable(TableName)));
});
afterAll(async () => {
  await endpoint.close();
  await closeEngine();
});

test('calls and units are counted by caller and operation', async () => {
  const alice = connectAs('ALICE', endpoint.url);
  const bob = connectAs('BOB', endpoint.url);
  await endpoint.consumed(true);

  await alice.send(new PutItemCommand({ TableName, Item: ITEM }));
  await alice.send(new GetItemCommand({ TableName, Key: KEY }));
  await alice.send(new GetItemCommand({ TableName, Key: KEY, ConsistentRead: true }));
  const TransactItems = [{ Put: { TableName, Item: { ...KEY, sk: { S: 'other' } } } }];
  await bob.send(new TransactWriteItemsCommand({ TransactItems }));

  expect(await endpoint.consumed(true)).toEqual({
    ALICE: {
      PutItem: { calls: 1, readUnits: 0, writeUnits: 2 },
      GetItem: { calls: 2, readUnits: 1.5, writeUnits: 0 },
    },
    BOB: { TransactWriteItems: { calls: 1, readUnits: 0, writeUnits: 2 } },
  });
  expect(await endpoint.consumed()).toEqual({});
});

test('a caller sees its capacity only when it asks', async () => {
  const client = connectAs('CAROL', endpoint.url);

  const silent = await client.send(new PutItemCommand({ TableName, Item: ITEM }));
  const asked = await client.send(
    new GetItemCommand({ TableName, Key: KEY, ReturnConsumedCapacity: 'TOTAL' }),
  );

  expect(silent.ConsumedCapacity).toBeUndefined();
  expect(asked.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 0.5 });
});

test.skipIf(process.env.DYNAMODB_ENGINE === 'reference')('a refused write is paid for', async () => {
  const client = connectAs('DAVE', endpoint.url);
  await client.send(new PutItemCommand({ TableName, Item: { ...ITEM, a: { S: 'x'.repeat(2500) } } }));
  await endpoint.consumed(true);

  const refused = client.send(
    new PutItemCommand({ TableName, Item: ITEM, ConditionExpression: 'attribute_not_exists(pk)' }),
  );

  await expect(refused).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  expect((await endpoint.consumed()).DAVE).toEqual({ PutItem: { calls: 1, readUnits: 0, writeUnits: 3 } });
});
