import {
  BatchGetItemCommand,
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { engineFromEnvironment } from '../../../local/dynamodb/engine-from-environment.ts';
import { connectAs } from './connect.ts';
import { probeTable } from './probes/probe.ts';

const TableName = 'races';
let endpoint: DynamoEndpoint;
let closeEngine: () => Promise<void>;
let client: DynamoDBClient;

beforeAll(async () => {
  const { engine, close } = await engineFromEnvironment();
  endpoint = await startDynamoEndpoint({ engine });
  closeEngine = close;
  client = connectAs('test', endpoint.url);
  await client.send(new CreateTableCommand(probeTable(TableName)));
});
afterAll(async () => {
  await endpoint.close();
  await closeEngine();
});

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

test('of 50 conditional puts at once exactly one wins', async () => {
  const attempts = Array.from({ length: 50 }, (_, index) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: { ...key('prize'), winner: { N: String(index) } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );

  const outcomes = await Promise.allSettled(attempts);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const refusals = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason.name] : [],
  );
  expect(new Set(refusals)).toEqual(new Set(['ConditionalCheckFailedException']));
});

const ACCOUNTS = ['a', 'b', 'c', 'd'];
const START = 100;

/** Moves an amount between two accounts unless the first lacks it; whether it moved. */
async function transfer(from: string, to: string, amount: number): Promise<boolean> {
  const change = (sk: string, by: number, condition?: string) => ({
    Update: {
      TableName,
      Key: key(sk),
      UpdateExpression: 'ADD balance :by',
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
      ExpressionAttributeValues: {
        ':by': { N: String(by) },
        ...(condition === undefined ? {} : { ':least': { N: String(-by) } }),
      },
    },
  });
  const TransactItems = [change(from, -amount, 'balance >= :least'), change(to, amount)];
  return client.send(new TransactWriteItemsCommand({ TransactItems })).then(
    () => true,
    () => false,
  );
}

test('concurrent transactions neither make nor lose money', { timeout: 120_000 }, async () => {
  const step = fc.record({
    from: fc.constantFrom(...ACCOUNTS),
    to: fc.constantFrom(...ACCOUNTS),
    amount: fc.integer({ min: 1, max: 80 }),
  });
  const transfers = fc.array(
    step.filter(({ from, to }) => from !== to),
    { minLength: 1, maxLength: 15 },
  );

  await fc.assert(
    fc.asyncProperty(transfers, async (steps) => {
      for (const sk of ACCOUNTS) {
        await client.send(
          new PutItemCommand({ TableName, Item: { ...key(sk), balance: { N: String(START) } } }),
        );
      }

      const moved = await Promise.all(steps.map(({ from, to, amount }) => transfer(from, to, amount)));

      const RequestItems = { [TableName]: { Keys: ACCOUNTS.map(key), ConsistentRead: true } };
      const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems }));
      const balances = Object.fromEntries(
        (Responses?.[TableName] ?? []).map((item) => [item.sk?.S, Number(item.balance?.N)]),
      );
      const expected = Object.fromEntries(ACCOUNTS.map((account) => [account, START]));
      for (const [index, { from, to, amount }] of steps.entries()) {
        if (moved[index] !== true) continue;
        expected[from] = (expected[from] ?? 0) - amount;
        expected[to] = (expected[to] ?? 0) + amount;
      }
      expect(balances).toEqual(expected);
      expect(Math.min(...Object.values(expected))).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 25 },
  );
});
