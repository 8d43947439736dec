import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type CancellationReason,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { type Attributes, type PlainItem, toAttributes, toPlain } from './items.ts';
import type { Key } from './keys.ts';
import { keyAttributes } from './update.ts';

/** Two writers met on an item: both go again, a little apart. */
const mostAttempts = 8;
const firstPauseMs = 8;
const longestPauseMs = 200;

/** DynamoDB's own limit of keys per batch read. */
const keysPerBatch = 100;

/** DynamoDB's own limit of items per batch write. */
const itemsPerWrite = 25;

const writesAtOnce = 10;

/** What a conditional write came to. `found`: the item that did not meet the condition, when there was one. */
export type WriteResult =
  | { readonly done: true; readonly before?: PlainItem }
  | { readonly done: false; readonly found?: PlainItem };

/** Updates one item. A condition that does not hold is a result; only real failures throw. */
export async function update(client: DynamoDBClient, input: UpdateItemCommandInput): Promise<WriteResult> {
  return conditional(async () => (await client.send(new UpdateItemCommand(input))).Attributes);
}

/** Puts one item; as `update`. */
export async function put(client: DynamoDBClient, input: PutItemCommandInput): Promise<WriteResult> {
  return conditional(async () => (await client.send(new PutItemCommand(input))).Attributes);
}

async function conditional(write: () => Promise<Attributes | undefined>): Promise<WriteResult> {
  try {
    const before = await retryingConflicts(write);
    return { done: true, ...(before === undefined ? {} : { before: toPlain(before) }) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { done: false, ...(error.Item === undefined ? {} : { found: toPlain(error.Item) }) };
  }
}

/** For every item of a refused transaction: whether its condition failed, and the item that made it fail. */
export interface Refusal {
  readonly failed: boolean;
  readonly found?: PlainItem;
}

/**
 * Writes all or nothing. A condition that does not hold gives the refusals in the order of the items; meeting
 * another writer leads to another attempt.
 */
export async function transact(
  client: DynamoDBClient,
  items: readonly TransactWriteItem[],
): Promise<'done' | readonly Refusal[]> {
  try {
    await retryingConflicts(() => client.send(new TransactWriteItemsCommand({ TransactItems: [...items] })));
    return 'done';
  } catch (error) {
    if (!(error instanceof TransactionCanceledException) || !isRefused(error)) throw error;
    return (error.CancellationReasons ?? []).map((reason) => ({
      failed: reason.Code === 'ConditionalCheckFailed',
      ...(reason.Item === undefined ? {} : { found: toPlain(reason.Item) }),
    }));
  }
}

/** Reads one item, strongly consistent unless told otherwise. */
export async function getItem(
  client: DynamoDBClient,
  table: string,
  key: Key,
  { consistent = true }: { readonly consistent?: boolean } = {},
): Promise<PlainItem | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: keyAttributes(key), ConsistentRead: consistent }),
  );
  return Item === undefined ? undefined : toPlain(Item);
}

/** Reads many items, in the order of the keys; what is not there is left out. */
export async function getItems(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
): Promise<readonly PlainItem[]> {
  const unique = [...new Map(keys.map((key) => [textOf(key), key])).values()];
  const batches = Array.from({ length: Math.ceil(unique.length / keysPerBatch) }, (_, index) =>
    unique.slice(index * keysPerBatch, (index + 1) * keysPerBatch),
  );
  const found = new Map<string, PlainItem>();
  const results = await Promise.all(batches.map((batch) => getBatch(client, table, batch)));
  for (const item of results.flat()) {
    found.set(textOf({ pk: String(item.pk), sk: String(item.sk) }), item);
  }
  return keys.map((key) => found.get(textOf(key))).filter((item) => item !== undefined);
}

async function getBatch(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
): Promise<readonly PlainItem[]> {
  const items: PlainItem[] = [];
  let open: Attributes[] = keys.map(keyAttributes);
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt >= mostAttempts) throw new Error(`${open.length} items of ${table} stayed unread`);
    if (attempt > 0) await pause(jitter(attempt));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: open } } }),
    );
    items.push(...(Responses?.[table] ?? []).map(toPlain));
    open = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}

/** Puts items as they are, whatever is there, a batch at a time. */
export async function putItems(
  client: DynamoDBClient,
  table: string,
  items: readonly PlainItem[],
): Promise<void> {
  for (let start = 0; start < items.length; start += itemsPerWrite) {
    const batch = items.slice(start, start + itemsPerWrite);
    let open: WriteRequest[] = batch.map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    for (let attempt = 0; open.length > 0; attempt += 1) {
      if (attempt >= mostAttempts) throw new Error(`${open.length} items of ${table} stayed unwritten`);
      if (attempt > 0) await pause(jitter(attempt));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: open } }),
      );
      open = UnprocessedItems?.[table] ?? [];
    }
  }
}

/** Does something with each, a few at a time. */
export async function inBatches<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length; start += writesAtOnce) {
    await Promise.all(items.slice(start, start + writesAtOnce).map(act));
  }
}

async function retryingConflicts<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isConflict(error) || attempt >= mostAttempts) throw error;
      await pause(jitter(attempt));
    }
  }
}

/** A failed condition decides; another writer on some other item of the transaction does not change that. */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  return (
    error instanceof TransactionCanceledException &&
    !isRefused(error) &&
    reasonsOf(error).some(({ Code }) => Code === 'TransactionConflict')
  );
}

function isRefused(error: TransactionCanceledException): boolean {
  return reasonsOf(error).some(({ Code }) => Code === 'ConditionalCheckFailed');
}

function reasonsOf(error: TransactionCanceledException): readonly CancellationReason[] {
  return error.CancellationReasons ?? [];
}

function jitter(attempt: number): number {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
}

function textOf({ pk, sk }: Key): string {
  return `${pk}\n${sk}`;
}
