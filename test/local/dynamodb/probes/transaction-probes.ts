import {
  type AttributeValue,
  BatchGetItemCommand,
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  type TransactGetItem,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Probe, type ProbeContext, probe, probeTable } from './probe.ts';

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
const MISSING = 'attribute_not_exists(pk)';

type Item = Record<string, AttributeValue>;

function putting({ table }: ProbeContext, sk: string, item: Item = {}): TransactWriteItem {
  return { Put: { TableName: table, Item: { ...key(sk), ...item } } };
}

async function store({ table, send }: ProbeContext, sk: string, item: Item): Promise<unknown> {
  return send(new PutItemCommand({ TableName: table, Item: { ...key(sk), ...item } }));
}

function transact(
  { send }: ProbeContext,
  TransactItems: TransactWriteItem[],
  more: Partial<TransactWriteItemsCommandInput> = {},
): Promise<unknown> {
  return send(new TransactWriteItemsCommand({ TransactItems, ...more }));
}

async function present({ client, table }: ProbeContext, ...sortKeys: string[]): Promise<unknown> {
  const Keys = sortKeys.map(key);
  const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } }));
  return Responses?.[table]?.map((item) => item.sk?.S).sort();
}

const WRITES: Probe[] = [
  probe('transaction: put, update, delete and check together', async (context) => {
    const TableName = context.table;
    await store(context, 'old', { a: { N: '1' } });
    await store(context, 'gone', {});
    const answer = await transact(
      context,
      [
        putting(context, 'new'),
        {
          Update: {
            TableName,
            Key: key('old'),
            UpdateExpression: 'ADD a :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
        { Delete: { TableName, Key: key('gone') } },
        { ConditionCheck: { TableName, Key: key('none'), ConditionExpression: MISSING } },
      ],
      { ReturnConsumedCapacity: 'TOTAL' },
    );
    return [
      answer,
      await present(context, 'new', 'old', 'gone'),
      await context.send(new GetItemCommand({ TableName, Key: key('old') })),
    ];
  }),
  probe('transaction: over two tables, all or nothing', async (context) => {
    const other = `${context.table}-other`;
    await context.send(new CreateTableCommand(probeTable(other)));
    const refused = await transact(context, [
      putting(context, 'a'),
      { Put: { TableName: other, Item: key('b'), ConditionExpression: 'attribute_exists(pk)' } },
    ]);
    const accepted = await transact(context, [
      putting(context, 'c'),
      { Put: { TableName: other, Item: key('d') } },
    ]);
    return [
      refused,
      accepted,
      await present(context, 'a', 'c'),
      await present({ ...context, table: other }, 'b', 'd'),
    ];
  }),
  probe('transaction: reasons in the order of the actions, with items', async (context) => {
    const TableName = context.table;
    await store(context, 'there', { a: { S: 'x' } });
    await store(context, 'there-too', { a: { S: 'x' } });
    const ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
    return transact(context, [
      putting(context, 'new'),
      {
        Put: {
          TableName,
          Item: key('there'),
          ConditionExpression: MISSING,
          ReturnValuesOnConditionCheckFailure,
        },
      },
      { Put: { TableName, Item: key('also-new') } },
      { ConditionCheck: { TableName, Key: key('there-too'), ConditionExpression: MISSING } },
      {
        ConditionCheck: {
          TableName,
          Key: key('none'),
          ConditionExpression: 'attribute_exists(pk)',
          ReturnValuesOnConditionCheckFailure,
        },
      },
    ]);
  }),
  probe('transaction: an update that cannot apply undoes the rest', async (context) => {
    const TableName = context.table;
    await store(context, 'text', { a: { S: 'x' } });
    const answer = await transact(context, [
      putting(context, 'new'),
      {
        Update: {
          TableName,
          Key: key('text'),
          UpdateExpression: 'ADD a :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      },
    ]);
    return [answer, await present(context, 'new', 'text')];
  }),
  probe('transaction: an empty index key undoes the rest', async (context) => {
    const answer = await transact(context, [putting(context, 'a'), putting(context, 'b', { g: { S: '' } })]);
    return [answer, await present(context, 'a', 'b')];
  }),
  probe('transaction: two actions on one item are refused', async (context) =>
    transact(context, [
      { Put: { TableName: context.table, Item: key('a'), ConditionExpression: 'attribute_exists(pk)' } },
      { Delete: { TableName: context.table, Key: key('a') } },
    ]),
  ),
  probe('transaction: two actions in one element are refused', async (context) =>
    transact(context, [{ ...putting(context, 'a'), Delete: { TableName: context.table, Key: key('b') } }]),
  ),
  probe('transaction: an empty element is refused', async (context) => transact(context, [{}])),
  probe('transaction: no element is refused', async (context) => transact(context, [])),
  probe('transaction: a check without condition is refused', async (context) =>
    transact(context, [
      { ConditionCheck: { TableName: context.table, Key: key('a'), ConditionExpression: undefined } },
    ]),
  ),
  probe('transaction: 100 actions are accepted', async (context) =>
    transact(
      context,
      Array.from({ length: 100 }, (_, index) => putting(context, String(index))),
    ),
  ),
  probe('transaction: 101 actions are refused', async (context) =>
    transact(
      context,
      Array.from({ length: 101 }, (_, index) => putting(context, String(index))),
    ),
  ),
  probe('transaction: more than 4 MB are refused', async (context) =>
    transact(
      context,
      Array.from({ length: 11 }, (_, index) =>
        putting(context, String(index), { a: { S: 'x'.repeat(390_000) } }),
      ),
    ),
  ),
  probe('transaction: an unknown table is refused', async (context) =>
    transact(context, [putting(context, 'a'), { Put: { TableName: 'no-such-table', Item: key('b') } }]),
  ),
  probe('transaction: a key that does not fit the table is refused', async (context) =>
    transact(context, [
      putting(context, 'a'),
      { Delete: { TableName: context.table, Key: { pk: { S: 'p' } } } },
    ]),
  ),
  probe('transaction: a broken expression is refused', async (context) =>
    transact(context, [{ Update: { TableName: context.table, Key: key('a'), UpdateExpression: 'SET' } }]),
  ),
  probe('transaction: a repeated token writes once', async (context) => {
    const TableName = context.table;
    const add: TransactWriteItem = {
      Update: {
        TableName,
        Key: key('count'),
        UpdateExpression: 'ADD a :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    };
    const more = { ClientRequestToken: `token-${TableName}`, ReturnConsumedCapacity: 'TOTAL' as const };
    const answers = [await transact(context, [add], more), await transact(context, [add], more)];
    const changed = await transact(context, [add, putting(context, 'x')], more);
    return [answers[0], changed, await context.send(new GetItemCommand({ TableName, Key: key('count') }))];
  }),
  probe('transaction: capacity of a table and its index', async (context) =>
    transact(
      context,
      [
        putting(context, 'a', { g: { S: 'x' }, n: { N: '1' }, a: { S: 'y'.repeat(1500) } }),
        { ConditionCheck: { TableName: context.table, Key: key('b'), ConditionExpression: MISSING } },
      ],
      { ReturnConsumedCapacity: 'INDEXES' },
    ),
  ),
];

function getting({ table }: ProbeContext, sk: string): TransactGetItem {
  return { Get: { TableName: table, Key: key(sk), ProjectionExpression: 'sk, a' } };
}

const READS: Probe[] = [
  probe('transact get: found and missing, in order', async (context) => {
    await store(context, 'a', { a: { S: 'x' }, b: { S: 'hidden' } });
    const TransactItems = [getting(context, 'none'), getting(context, 'a')];
    return context.send(new TransactGetItemsCommand({ TransactItems, ReturnConsumedCapacity: 'TOTAL' }));
  }),
  probe('transact get: a repeated key is refused', async (context) =>
    context.send(
      new TransactGetItemsCommand({ TransactItems: [getting(context, 'a'), getting(context, 'a')] }),
    ),
  ),
  probe('transact get: 101 keys are refused', async (context) => {
    const TransactItems = Array.from({ length: 101 }, (_, index) => getting(context, String(index)));
    return context.send(new TransactGetItemsCommand({ TransactItems }));
  }),
];

export const TRANSACTION_PROBES: readonly Probe[] = [...WRITES, ...READS];
