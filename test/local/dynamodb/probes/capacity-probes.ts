import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Probe, type ProbeContext, probe } from './probe.ts';

const KEY = { pk: { S: 'p' }, sk: { S: 's' } };
const INDEXED = { g: { S: 'x' }, n: { N: '1' }, h: { S: 'y' } };
const ReturnConsumedCapacity = 'INDEXES';

type Item = Record<string, AttributeValue>;

const text = (length: number) => ({ S: 'x'.repeat(length) });

const putting = ({ table, send }: ProbeContext, item: Item) =>
  send(new PutItemCommand({ TableName: table, Item: { ...KEY, ...item }, ReturnConsumedCapacity }));

const updating = ({ table, send }: ProbeContext, UpdateExpression: string, values: Item) =>
  send(
    new UpdateItemCommand({
      TableName: table,
      Key: KEY,
      UpdateExpression,
      ExpressionAttributeValues: values,
      ReturnConsumedCapacity,
    }),
  );

export const CAPACITY_PROBES: readonly Probe[] = [
  probe('capacity: put without index keys', (context) => putting(context, {})),
  probe('capacity: put of 1.5 KB', (context) => putting(context, { a: text(1500) })),
  probe('capacity: put into three indexes', (context) => putting(context, { ...INDEXED, a: text(1500) })),
  probe('capacity: put of a smaller item over a larger one', async (context) => {
    await putting(context, { a: text(3500) });
    return putting(context, {});
  }),
  probe('capacity: update that leaves an index alone', async (context) => {
    await putting(context, INDEXED);
    return updating(context, 'SET b = :b', { ':b': { S: 'z' } });
  }),
  probe('capacity: update of an index key', async (context) => {
    await putting(context, INDEXED);
    return updating(context, 'SET g = :g', { ':g': { S: 'z' } });
  }),
  probe('capacity: update that leaves an index', async (context) => {
    await putting(context, INDEXED);
    return updating(context, 'REMOVE h SET b = :b', { ':b': { S: 'z' } });
  }),
  probe('capacity: delete from three indexes', async ({ table, send, ...context }) => {
    await putting({ table, send, ...context }, INDEXED);
    return send(new DeleteItemCommand({ TableName: table, Key: KEY, ReturnConsumedCapacity }));
  }),
  probe('capacity: delete of a missing item', async ({ table, send }) =>
    send(new DeleteItemCommand({ TableName: table, Key: KEY, ReturnConsumedCapacity })),
  ),
  ...[true, false].map((isConsistent) =>
    probe(`capacity: ${isConsistent ? 'consistent' : 'eventual'} get of 5 KB`, async (context) => {
      await putting(context, { a: text(5000) });
      const { ConsumedCapacity } = await context.client.send(
        new GetItemCommand({
          TableName: context.table,
          Key: KEY,
          ConsistentRead: isConsistent,
          ReturnConsumedCapacity,
        }),
      );
      return ConsumedCapacity;
    }),
  ),
  probe('capacity: get of a missing item', async ({ table, send }) =>
    send(new GetItemCommand({ TableName: table, Key: KEY, ReturnConsumedCapacity: 'TOTAL' })),
  ),
];
