import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Probe, type ProbeContext, probe } from './probe.ts';

type Item = Record<string, AttributeValue>;

const KEY = { pk: { S: 'p' }, sk: { S: 's' } };

const put = ({ table, send }: ProbeContext, item: Item) =>
  send(new PutItemCommand({ TableName: table, Item: { ...KEY, ...item } }));
const get = ({ table, send }: ProbeContext) => send(new GetItemCommand({ TableName: table, Key: KEY }));

/** A probe that updates one item and shows the answer and the item afterwards. */
function updateProbe(
  name: string,
  item: Item | undefined,
  UpdateExpression: string | undefined,
  more: Partial<UpdateItemCommandInput> = {},
): Probe {
  return probe(`update: ${name}`, async (context) => {
    if (item !== undefined) await put(context, item);
    const expression = UpdateExpression === undefined ? {} : { UpdateExpression };
    const input = { TableName: context.table, Key: KEY, ...expression, ...more };
    return [await context.send(new UpdateItemCommand(input)), await get(context)];
  });
}

const ONE = { ':one': { N: '1' } };

const UPDATES: Probe[] = [
  updateProbe('SET creates a missing item', undefined, 'SET a = :one', { ExpressionAttributeValues: ONE }),
  updateProbe('no expression creates the item', undefined, undefined),
  updateProbe('if_not_exists keeps what is there', { a: { N: '9' } }, 'SET a = if_not_exists(a, :one)', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('if_not_exists gives the default', {}, 'SET a = if_not_exists(a, :one)', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('if_not_exists counts', {}, 'SET a = if_not_exists(a, :zero) + :one', {
    ExpressionAttributeValues: { ...ONE, ':zero': { N: '0' } },
  }),
  updateProbe('subtraction below zero', { n: { N: '0.1' } }, 'SET n = n - :d', {
    ExpressionAttributeValues: { ':d': { N: '0.3' } },
  }),
  updateProbe(
    'arithmetic keeps 38 digits',
    { n: { N: '12345678901234567890123456789012345678' } },
    'SET n = n + :one',
    { ExpressionAttributeValues: ONE },
  ),
  updateProbe('SET copies another attribute', { a: { S: 'x' } }, 'SET b = a', {}),
  updateProbe('copy and ADD do not share a number', { a: { N: '1' } }, 'SET b = a ADD a :one', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe(
    'all values are read before any is written',
    { a: { N: '1' }, b: { N: '2' } },
    'SET a = b, b = a',
    {},
  ),
  updateProbe('nested path in an existing map', { m: { M: { x: { N: '1' } } } }, 'SET m.y = :one', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('nested path without its map is refused', {}, 'SET m.y = :one', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('deep path with names', { m: { M: { 'a.b': { M: {} } } } }, 'SET m.#d.#s = :one', {
    ExpressionAttributeValues: ONE,
    ExpressionAttributeNames: { '#d': 'a.b', '#s': 'status' },
  }),
  updateProbe('list element is replaced', { l: { L: [{ S: 'a' }, { S: 'b' }] } }, 'SET l[1] = :one', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('list element beyond the end is appended', { l: { L: [{ S: 'a' }] } }, 'SET l[7] = :one', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('list_append', { l: { L: [{ S: 'a' }] } }, 'SET l = list_append(l, :x)', {
    ExpressionAttributeValues: { ':x': { L: [{ S: 'b' }] } },
  }),
  updateProbe(
    'list_append to a missing list with if_not_exists',
    {},
    'SET l = list_append(if_not_exists(l, :e), :x)',
    { ExpressionAttributeValues: { ':e': { L: [] }, ':x': { L: [{ S: 'b' }] } } },
  ),
  updateProbe('list_append to a string is refused', { l: { S: 'a' } }, 'SET l = list_append(l, :x)', {
    ExpressionAttributeValues: { ':x': { L: [] } },
  }),
  updateProbe(
    'REMOVE attributes, map member and list element',
    {
      a: { S: 'x' },
      m: { M: { x: { N: '1' }, y: { N: '2' } } },
      l: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] },
    },
    'REMOVE a, m.x, l[0], l[2], absent',
  ),
  updateProbe(
    'list indexes mean the list before the update',
    { l: { L: [{ S: 'a' }, { S: 'b' }, { L: [{ S: 'x' }, { S: 'y' }] }] } },
    'REMOVE l[0], l[2][0] SET l[1] = :one',
    { ExpressionAttributeValues: ONE },
  ),
  updateProbe('ADD starts a number at zero', {}, 'ADD count_ :one', { ExpressionAttributeValues: ONE }),
  updateProbe('ADD in a map', { m: { M: { c: { N: '2' } } } }, 'ADD m.c :one', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('ADD to a string is refused', { a: { S: 'x' } }, 'ADD a :one', {
    ExpressionAttributeValues: ONE,
  }),
  updateProbe('DELETE of the last set member removes the attribute', { t: { SS: ['a'] } }, 'DELETE t :t', {
    ExpressionAttributeValues: { ':t': { SS: ['a'] } },
  }),
  updateProbe(
    'all four clauses',
    { a: { N: '1' }, b: { N: '1' }, c: { S: 'x' }, t: { NS: ['1', '2'] } },
    'SET a = :one REMOVE c ADD b :one DELETE t :t',
    { ExpressionAttributeValues: { ...ONE, ':t': { NS: ['2'] } } },
  ),
  updateProbe('overlapping paths are refused', { m: { M: {} } }, 'SET m = :m, m.x = :one', {
    ExpressionAttributeValues: { ...ONE, ':m': { M: {} } },
  }),
  updateProbe('a key attribute is refused', {}, 'SET pk = :x', {
    ExpressionAttributeValues: { ':x': { S: 'q' } },
  }),
  updateProbe('a reserved word is refused', {}, 'SET status = :one', { ExpressionAttributeValues: ONE }),
  updateProbe('an unused value is refused', {}, 'SET a = :one', {
    ExpressionAttributeValues: { ...ONE, ':two': { N: '2' } },
  }),
  updateProbe('an unknown attribute on the right is refused', {}, 'SET a = b'),
  updateProbe('an empty string is stored', {}, 'SET a = :e', {
    ExpressionAttributeValues: { ':e': { S: '' } },
  }),
  updateProbe('an empty set is refused', {}, 'SET a = :e', {
    ExpressionAttributeValues: { ':e': { SS: [] } },
  }),
  updateProbe('an empty index key is refused', {}, 'SET g = :e', {
    ExpressionAttributeValues: { ':e': { S: '' } },
  }),
  updateProbe('an index key of another type is refused', {}, 'SET g = :one', {
    ExpressionAttributeValues: ONE,
  }),
  ...(['ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW', 'NONE'] as const).map((values) =>
    updateProbe(`return values ${values}`, { a: { N: '1' }, b: { S: 'kept' } }, 'SET a = :one, c = :one', {
      ExpressionAttributeValues: ONE,
      ReturnValues: values,
    }),
  ),
  updateProbe(
    'UPDATED_NEW of a nested path',
    { m: { M: { x: { N: '1' }, y: { N: '2' } } } },
    'SET m.x = :one',
    { ExpressionAttributeValues: ONE, ReturnValues: 'UPDATED_NEW' },
  ),
];

const PUTS_AND_DELETES: Probe[] = [
  probe('put: returns the old item', async (context) => {
    await put(context, { a: { S: 'old' } });
    return context.send(new PutItemCommand({ TableName: context.table, Item: KEY, ReturnValues: 'ALL_OLD' }));
  }),
  probe('put: a failed condition shows the item when asked', async (context) => {
    await put(context, { a: { S: 'old' } });
    return context.send(
      new PutItemCommand({
        TableName: context.table,
        Item: KEY,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  }),
  probe('update: a failed condition shows the item when asked', async (context) => {
    await put(context, { a: { S: 'old' } });
    return context.send(
      new UpdateItemCommand({
        TableName: context.table,
        Key: KEY,
        UpdateExpression: 'REMOVE a',
        ConditionExpression: 'attribute_exists(b)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  }),
  probe('delete: a failed condition on a missing item shows none', async ({ table, send }) =>
    send(
      new DeleteItemCommand({
        TableName: table,
        Key: KEY,
        ConditionExpression: 'attribute_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  ),
  probe('delete: returns the old item', async (context) => {
    await put(context, { a: { S: 'old' } });
    return context.send(
      new DeleteItemCommand({ TableName: context.table, Key: KEY, ReturnValues: 'ALL_OLD' }),
    );
  }),
  probe('delete: a missing item is no error', async ({ table, send }) =>
    send(new DeleteItemCommand({ TableName: table, Key: KEY, ReturnValues: 'ALL_OLD' })),
  ),
  probe('put: every type survives', async (context) => {
    await put(context, {
      s: { S: 'é😀' },
      n: { N: '-1.50e2' },
      zero: { N: '-0.0' },
      bin: { B: new Uint8Array([0, 255]) },
      ns: { NS: ['3', '1.0'] },
      l: { L: [{ NULL: true }, { BOOL: false }, { M: {} }, { L: [] }] },
    });
    return get(context);
  }),
  probe('put: a missing key attribute is refused', async ({ table, send }) =>
    send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'p' } } })),
  ),
  probe('put: a key of the wrong type is refused', async ({ table, send }) =>
    send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'p' }, sk: { N: '1' } } })),
  ),
  probe('put: an empty key is refused', async ({ table, send }) =>
    send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'p' }, sk: { S: '' } } })),
  ),
  probe('put: an empty index key is refused', async (context) => [
    await put(context, { g: { S: '' } }),
    await get(context),
  ]),
  probe('put: an index key of another type is refused', async (context) => put(context, { g: { N: '1' } })),
  probe('put: 39 digits are refused', async (context) => put(context, { n: { N: '1'.repeat(39) } })),
  probe('put: a duplicate set member is refused', async (context) => put(context, { t: { SS: ['a', 'a'] } })),
  probe('put: 400 KB is refused', async (context) => put(context, { a: { S: 'x'.repeat(409_600) } })),
  probe('put: an unknown table is refused', async ({ send }) =>
    send(new PutItemCommand({ TableName: 'no-such-table', Item: KEY })),
  ),
  probe('get: a projection of nested paths', async (context) => {
    await put(context, {
      a: { S: 'x' },
      m: { M: { x: { N: '1' }, y: { N: '2' } } },
      l: { L: [{ S: 'a' }, { S: 'b' }] },
    });
    return context.send(
      new GetItemCommand({
        TableName: context.table,
        Key: KEY,
        ProjectionExpression: 'm.y, l[1], #a, nothing',
        ExpressionAttributeNames: { '#a': 'a' },
      }),
    );
  }),
  probe('get: a key with too many attributes is refused', async ({ table, send }) =>
    send(new GetItemCommand({ TableName: table, Key: { ...KEY, g: { S: 'x' } } })),
  ),
];

export const WRITE_PROBES: readonly Probe[] = [...UPDATES, ...PUTS_AND_DELETES];
