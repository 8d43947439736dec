import {
  type BatchGetItemCommand,
  type BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  type DeleteItemCommand,
  type DeleteTableCommand,
  type DescribeTableCommand,
  type DescribeTimeToLiveCommand,
  DynamoDBClient,
  type GetItemCommand,
  type PutItemCommand,
  type QueryCommand,
  type ScanCommand,
  type TransactGetItemsCommand,
  type TransactWriteItemsCommand,
  type UpdateItemCommand,
  type UpdateTableCommand,
  type UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

type AnyCommand =
  | BatchGetItemCommand
  | BatchWriteItemCommand
  | CreateTableCommand
  | DeleteItemCommand
  | DeleteTableCommand
  | DescribeTableCommand
  | DescribeTimeToLiveCommand
  | GetItemCommand
  | PutItemCommand
  | QueryCommand
  | ScanCommand
  | TransactGetItemsCommand
  | TransactWriteItemsCommand
  | UpdateItemCommand
  | UpdateTableCommand
  | UpdateTimeToLiveCommand;

/** What a probe works with: real SDK clients, and a table of its own. */
export interface ProbeContext {
  readonly client: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  /** Name of the probe's table: keys pk and sk, three global indexes, a stream of new and old images. */
  readonly table: string;
  /** Sends a command to DynamoDB; a refusal comes back as `{ refused }`. */
  send(command: AnyCommand): Promise<unknown>;
}

/** One question to an engine. What `run` resolves to is compared between engines. */
export interface Probe {
  readonly name: string;
  run(context: ProbeContext): Promise<unknown>;
}

const SETS = new Set(['SS', 'NS', 'BS']);
/** DynamoDB Local leaves the last two out of a transaction's capacity. */
const IGNORED = new Set(['$metadata', 'ReadCapacityUnits', 'WriteCapacityUnits']);

/** A probe on a fresh table. */
export function probe(name: string, run: Probe['run']): Probe {
  return { name, run };
}

/** Puts the question to the engine at `url`; the table is created for this one run. */
export async function ask({ run }: Probe, url: string, serial: number): Promise<unknown> {
  const connection = {
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'probe', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  const client = new DynamoDBClient(connection);
  const streams = new DynamoDBStreamsClient(connection);
  const table = `probe-${serial}`;
  try {
    await client.send(new CreateTableCommand(probeTable(table)));
    const send = (command: AnyCommand) => client.send(command as PutItemCommand).then(plain, refusal);
    return withoutName(plain(await run({ client, streams, table, send })), table);
  } finally {
    client.destroy();
    streams.destroy();
  }
}

/** The schema every probe starts from. */
export function probeTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'g', AttributeType: 'S' },
      { AttributeName: 'h', AttributeType: 'S' },
      { AttributeName: 'n', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-group',
        KeySchema: [
          { AttributeName: 'g', KeyType: 'HASH' },
          { AttributeName: 'n', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
      {
        IndexName: 'keys-only',
        KeySchema: [{ AttributeName: 'h', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
      {
        IndexName: 'with-a',
        KeySchema: [{ AttributeName: 'h', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a'] },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
}

/** What a caller can tell of a refusal. */
function refusal(error: unknown): unknown {
  const { name, Item, CancellationReasons } = error as Record<string, unknown>;
  const reasons = (CancellationReasons as { Code?: string; Item?: unknown }[] | undefined)?.map(
    ({ Code, Item: item }) => ({ Code, Item: item }),
  );
  return plain({ refused: name, Item, reasons });
}

/** JSON with sorted names and sets, without what differs from call to call. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, content]) => !IGNORED.has(name) && content !== undefined,
  );
  const members = entries.map(([name, content]): [string, unknown] => {
    const member = plain(content);
    return [name, SETS.has(name) ? (member as string[]).sort() : member];
  });
  return Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function withoutName(value: unknown, table: string): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value).replaceAll(table, '<table>'));
}
