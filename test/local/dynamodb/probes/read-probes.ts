import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { type Probe, type ProbeContext, probe } from './probe.ts';

/** Twelve items in one partition and one group; every third one is in the sparse index. */
async function fill({ table, send }: ProbeContext): Promise<void> {
  const items = Array.from({ length: 12 }, (_, index) => ({
    pk: { S: 'p' },
    sk: { S: `${index < 6 ? 'A' : 'B'}#${String(index).padStart(2, '0')}` },
    g: { S: 'group' },
    n: { N: String(index % 4) },
    a: { S: `a${index}` },
    ...(index % 3 === 0 ? { h: { S: 'rare' } } : {}),
  }));
  await send(
    new BatchWriteItemCommand({ RequestItems: { [table]: items.map((Item) => ({ PutRequest: { Item } })) } }),
  );
}

function queryProbe(name: string, input: Omit<QueryCommandInput, 'TableName'>): Probe {
  return probe(`query: ${name}`, async (context) => {
    await fill(context);
    return context.send(new QueryCommand({ TableName: context.table, ...input }));
  });
}

/** Sort keys, page by page, until there are no more. */
async function pages(context: ProbeContext, input: Omit<QueryCommandInput, 'TableName'>): Promise<unknown[]> {
  const found: unknown[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page: QueryCommandOutput = await context.client.send(
      new QueryCommand({
        TableName: context.table,
        ...input,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    found.push((page.Items ?? []).map((item) => item.sk?.S));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return found;
}

const P = { ':p': { S: 'p' } };
const IN_P = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: P };
const IN_GROUP = {
  IndexName: 'by-group',
  KeyConditionExpression: 'g = :g',
  ExpressionAttributeValues: { ':g': { S: 'group' } },
};
const RARE = { KeyConditionExpression: 'h = :h', ExpressionAttributeValues: { ':h': { S: 'rare' } } };

const QUERIES: Probe[] = [
  queryProbe('a whole partition', IN_P),
  queryProbe('begins_with', {
    KeyConditionExpression: 'pk = :p AND begins_with(sk, :s)',
    ExpressionAttributeValues: { ...P, ':s': { S: 'B#' } },
  }),
  queryProbe('BETWEEN', {
    KeyConditionExpression: 'pk = :p AND sk BETWEEN :a AND :b',
    ExpressionAttributeValues: { ...P, ':a': { S: 'A#03' }, ':b': { S: 'B#07' } },
  }),
  ...['<', '<=', '>', '>=', '='].map((comparison) =>
    queryProbe(`sk ${comparison}`, {
      KeyConditionExpression: `pk = :p AND sk ${comparison} :s`,
      ExpressionAttributeValues: { ...P, ':s': { S: 'A#03' } },
    }),
  ),
  queryProbe('backwards with a limit', { ...IN_P, ScanIndexForward: false, Limit: 3 }),
  queryProbe('a limit that ends the partition', { ...IN_P, Limit: 12 }),
  queryProbe('a filter counts what it reads', {
    ...IN_P,
    Limit: 8,
    FilterExpression: 'n = :n',
    ExpressionAttributeValues: { ...P, ':n': { N: '1' } },
  }),
  queryProbe('Select COUNT', { ...IN_P, Select: 'COUNT' }),
  queryProbe('Select COUNT with a filter', {
    ...IN_P,
    Select: 'COUNT',
    FilterExpression: 'n > :n',
    ExpressionAttributeValues: { ...P, ':n': { N: '1' } },
  }),
  queryProbe('a projection', { ...IN_P, Limit: 2, ProjectionExpression: 'sk, a' }),
  queryProbe('nothing found', {
    ...IN_P,
    ExpressionAttributeValues: { ':p': { S: 'nobody' } },
    ReturnConsumedCapacity: 'TOTAL',
  }),
  queryProbe('a sparse index of keys', { IndexName: 'keys-only', ...RARE, Select: 'COUNT' }),
  queryProbe('an attribute the index lacks is refused', {
    IndexName: 'keys-only',
    ...RARE,
    ProjectionExpression: 'a',
  }),
  queryProbe('a consistent read of a global index is refused', { ...IN_GROUP, ConsistentRead: true }),
  queryProbe('all attributes of a sparse index are refused', {
    IndexName: 'keys-only',
    ...RARE,
    Select: 'ALL_ATTRIBUTES',
  }),
  queryProbe('an unknown index is refused', { ...IN_P, IndexName: 'no-such-index' }),
  queryProbe('a filter on a key is refused', { ...IN_P, FilterExpression: 'sk = :p' }),
  queryProbe('a condition without the partition key is refused', {
    KeyConditionExpression: 'sk = :p',
    ExpressionAttributeValues: P,
  }),
  queryProbe('an index range on a number', {
    IndexName: 'by-group',
    KeyConditionExpression: 'g = :g AND n > :n',
    ExpressionAttributeValues: { ':g': { S: 'group' }, ':n': { N: '2' } },
    Select: 'COUNT',
  }),
  queryProbe('capacity of an index', { ...IN_GROUP, Select: 'COUNT', ReturnConsumedCapacity: 'INDEXES' }),
  probe('query: pages of a partition', async (context) => {
    await fill(context);
    return pages(context, { ...IN_P, Limit: 5 });
  }),
  probe('query: pages of a partition backwards', async (context) => {
    await fill(context);
    return pages(context, { ...IN_P, Limit: 5, ScanIndexForward: false });
  }),
  probe('query: pages of an index with equal index keys hold every item once', async (context) => {
    await fill(context);
    const forwards = await pages(context, { ...IN_GROUP, Limit: 1 });
    const backwards = await pages(context, { ...IN_GROUP, Limit: 5, ScanIndexForward: false });
    return [
      forwards.flat().sort(),
      forwards.length,
      backwards.flat().sort(),
      backwards.map((page) => (page as []).length),
    ];
  }),
  probe('query: a page ends at 1 MB', async (context) => {
    for (let index = 0; index < 4; index += 1) {
      const Item = { pk: { S: 'p' }, sk: { S: String(index) }, a: { S: 'x'.repeat(390_000) } };
      await context.send(
        new BatchWriteItemCommand({ RequestItems: { [context.table]: [{ PutRequest: { Item } }] } }),
      );
    }
    return pages(context, IN_P);
  }),
];

const SPARSE: Probe[] = ['keys-only', 'with-a'].map((IndexName) =>
  probe(`query: what the index ${IndexName} projects`, async (context) => {
    await fill(context);
    const { Items } = await context.client.send(
      new QueryCommand({ TableName: context.table, IndexName, ...RARE }),
    );
    return Items?.sort((left, right) => String(left.sk?.S).localeCompare(String(right.sk?.S)));
  }),
);

const SCANS: Probe[] = [
  probe('scan: an index', async (context) => {
    await fill(context);
    const { Items, Count } = await context.client.send(
      new ScanCommand({ TableName: context.table, IndexName: 'keys-only' }),
    );
    return [Count, Items?.map((item) => item.sk?.S).sort()];
  }),
  probe('scan: a filter', async (context) => {
    await fill(context);
    return context.send(
      new ScanCommand({
        TableName: context.table,
        FilterExpression: 'begins_with(sk, :b)',
        ExpressionAttributeValues: { ':b': { S: 'B' } },
        Select: 'COUNT',
      }),
    );
  }),
];

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

const BATCHES: Probe[] = [
  probe('batch get: found and missing', async (context) => {
    await fill(context);
    const { Responses, UnprocessedKeys, ConsumedCapacity } = await context.client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [context.table]: { Keys: [key('A#00'), key('none'), key('B#06')], ProjectionExpression: 'sk' },
        },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    return [Responses?.[context.table]?.map((item) => item.sk?.S).sort(), UnprocessedKeys, ConsumedCapacity];
  }),
  probe('batch get: a repeated key is refused', async ({ table, send }) =>
    send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [key('a'), key('a')] } } })),
  ),
  probe('batch write: puts and deletes', async (context) => {
    await fill(context);
    const requests = [
      { DeleteRequest: { Key: key('A#00') } },
      { PutRequest: { Item: { ...key('C'), a: { S: 'new' } } } },
    ];
    return [
      await context.send(
        new BatchWriteItemCommand({
          RequestItems: { [context.table]: requests },
          ReturnConsumedCapacity: 'INDEXES',
        }),
      ),
      await context.send(new QueryCommand({ TableName: context.table, ...IN_P, Select: 'COUNT' })),
    ];
  }),
  probe('batch write: a repeated key is refused', async ({ table, send }) =>
    send(
      new BatchWriteItemCommand({
        RequestItems: { [table]: [{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('a') } }] },
      }),
    ),
  ),
  probe('batch write: 26 requests are refused', async ({ table, send }) => {
    const requests = Array.from({ length: 26 }, (_, index) => ({ PutRequest: { Item: key(String(index)) } }));
    return send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }),
];

export const READ_PROBES: readonly Probe[] = [...QUERIES, ...SPARSE, ...SCANS, ...BATCHES];
