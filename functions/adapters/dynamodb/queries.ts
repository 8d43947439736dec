import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { type PlainItem, toAttributes, toPlain } from './items.ts';
import type { Key } from './keys.ts';
import { mostPerPage } from './pages.ts';
import type { TableDeclaration } from './tables.ts';

/** Below and above every sort text in use. */
const lowest = '!';
const highest = '\u{10ffff}';

/** A stretch of one partition, of the table itself or of one of its indexes. */
export interface Stretch {
  readonly table: string;
  readonly declaration: TableDeclaration;
  /** Absent: the table itself. */
  readonly index?: string;
  readonly partition: string;
  /** Inclusive bounds of the sort text. */
  readonly from?: string;
  readonly to?: string;
  /** A sort text already given: reading goes on behind it. */
  readonly after?: string;
  readonly newestFirst: boolean;
  readonly limit: number;
  readonly filter?: {
    readonly expression: string;
    readonly names: Readonly<Record<string, string>>;
    readonly values: Readonly<Record<string, unknown>>;
  };
  readonly consistent?: boolean;
}

/** What one read of a stretch gave: `next` is where to go on, absent at the end of the stretch. */
export interface StretchPage {
  readonly items: readonly PlainItem[];
  readonly next?: string;
}

/** Reads one page of a stretch with a single request. With a filter it may give fewer than exist: go on at `next`. */
export async function readStretch(client: DynamoDBClient, stretch: Stretch): Promise<StretchPage> {
  const { sortKey } = keyNames(stretch);
  const { from, to } = boundsOf(stretch);
  if (from > to) return { items: [] };
  const answer = await client.send(new QueryCommand(queryOf(stretch)));
  // `after` is a bound like the others, and inclusive: the item it came from is read once more and dropped.
  const items = (answer.Items ?? []).map(toPlain).filter((item) => item[sortKey] !== stretch.after);
  const kept = items.slice(0, stretch.limit);
  const more = answer.LastEvaluatedKey !== undefined || items.length > kept.length;
  if (!more) return { items: kept };
  const last =
    items.length > kept.length || answer.LastEvaluatedKey === undefined
      ? kept.at(-1)?.[sortKey]
      : answer.LastEvaluatedKey[sortKey]?.S;
  return { items: kept, ...(typeof last === 'string' ? { next: last } : {}) };
}

/** How many items a stretch holds, or at least holds when that takes more reads than these. */
export async function countStretch(
  client: DynamoDBClient,
  stretch: Omit<Stretch, 'limit'>,
  mostReads = Number.POSITIVE_INFINITY,
): Promise<{ count: number; isAtLeast: boolean }> {
  const { Limit: _, ...query } = queryOf({ ...stretch, limit: 1 });
  let count = 0;
  let reads = 0;
  let startKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    reads += 1;
    const answer = await client.send(
      new QueryCommand({
        ...query,
        Select: 'COUNT',
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    count += answer.Count ?? 0;
    startKey = answer.LastEvaluatedKey;
  } while (startKey !== undefined && reads < mostReads);
  return { count, isAtLeast: startKey !== undefined };
}

/**
 * Reads several partitions of an index as one list, in the order of their sort texts, which must be unique.
 * `next` is the last one given.
 */
export async function readMerged(
  client: DynamoDBClient,
  partitions: readonly string[],
  stretch: Omit<Stretch, 'partition'>,
): Promise<StretchPage> {
  const { sortKey } = keyNames(stretch);
  const pages = await Promise.all(
    partitions.map((partition) => readStretch(client, { ...stretch, partition })),
  );
  const sortText = (item: PlainItem) => String(item[sortKey]);
  const sign = stretch.newestFirst ? -1 : 1;
  // An item on its way from one partition to another may show in both.
  const unique = new Map(pages.flatMap(({ items }) => items).map((item) => [sortText(item), item]));
  const items = [...unique.values()].sort((a, b) => (sortText(a) < sortText(b) ? -sign : sign));
  const kept = items.slice(0, stretch.limit);
  const more = items.length > kept.length || pages.some(({ next }) => next !== undefined);
  const last = kept.at(-1);
  return { items: kept, ...(more && last !== undefined ? { next: sortText(last) } : {}) };
}

export function keyOf(item: PlainItem): Key {
  return { pk: String(item.pk), sk: String(item.sk) };
}

function queryOf(stretch: Stretch): QueryCommandInput {
  const { partitionKey, sortKey } = keyNames(stretch);
  const { newestFirst, filter } = stretch;
  const { from, to } = boundsOf(stretch);
  const values = { ':partition': stretch.partition, ':from': from, ':to': to, ...filter?.values };
  return {
    TableName: stretch.table,
    ...(stretch.index === undefined ? {} : { IndexName: stretch.index }),
    KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#partition': partitionKey, '#sort': sortKey, ...filter?.names },
    ExpressionAttributeValues: toAttributes(values),
    ...(filter === undefined ? {} : { FilterExpression: filter.expression }),
    ScanIndexForward: !newestFirst,
    Limit: (filter === undefined ? stretch.limit : mostPerPage) + 1,
    ...(stretch.consistent ? { ConsistentRead: true } : {}),
  };
}

/** Where a reader goes on is a bound of its own; a forged one may lie beyond the others, and then nothing is left. */
function boundsOf({ from = lowest, to = highest, after, newestFirst }: Omit<Stretch, 'limit'>): {
  from: string;
  to: string;
} {
  if (after === undefined) return { from, to };
  return newestFirst ? { from, to: after < to ? after : to } : { from: after > from ? after : from, to };
}

function keyNames({ declaration, index }: Pick<Stretch, 'declaration' | 'index'>): {
  partitionKey: string;
  sortKey: string;
} {
  if (index === undefined) return declaration;
  const declared = declaration.indexes.find(({ name }) => name === index);
  if (declared === undefined) throw new Error(`no index ${index} is declared`);
  return declared;
}
