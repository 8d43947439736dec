import { DurableLog } from './durable-log.ts';
import { ItemActions } from './item-actions.ts';
import { ItemOperations } from './item-operations.ts';
import { Store } from './store.ts';
import { StreamOperations } from './stream-operations.ts';
import { TableOperations } from './table-operations.ts';
import { Transactions } from './transactions.ts';
import { type Answer, answerToError, type Body, coralError, type Engine, type Location } from './wire.ts';

type Operation = (input: Body) => Body | Promise<Body>;

export interface EmbeddedEngineOptions extends Location {
  /** Where to keep the data; absent: in memory only. */
  readonly dataDir?: string;
  readonly ttlSweepMs: number;
}

/** DynamoDB in this process: dynalite's checks, expressions and item actions on our store, and what dynalite lacks. */
export class EmbeddedEngine implements Engine {
  readonly #store: Store;
  readonly #operations: Map<string, Operation>;
  readonly #sweep: NodeJS.Timeout;

  private constructor(store: Store, ttlSweepMs: number) {
    this.#store = store;
    this.#operations = operationsOn(store);
    this.#sweep = setInterval(() => void this.#sweepNow(), ttlSweepMs);
  }

  /** Starts the engine with the data found in `dataDir`, if any. */
  static async start({ dataDir, ttlSweepMs, ...location }: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
    const log = dataDir === undefined ? undefined : await DurableLog.open(dataDir);
    return new EmbeddedEngine(await Store.open(location, log), ttlSweepMs);
  }

  async call(operation: string, input: Body): Promise<Answer> {
    try {
      const run = this.#operations.get(operation);
      if (run === undefined) throw coralError('UnknownOperationException');
      const body = await run(input);
      await this.#store.flush();
      return { status: 200, body };
    } catch (error) {
      return answerToError(error);
    }
  }

  async partitionKeyOf(tableName: string, indexName?: string): Promise<string | undefined> {
    if (!this.#store.has(tableName)) return undefined;
    const table = this.#store.table(tableName);
    const schema =
      indexName === undefined
        ? table.settings.description.KeySchema
        : table.indexes.get(indexName)?.definition.KeySchema;
    return schema?.[0]?.AttributeName;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#store.close();
  }

  async #sweepNow(): Promise<void> {
    this.#store.sweep(Date.now());
    await this.#store.flush();
  }
}

function operationsOn(store: Store): Map<string, Operation> {
  const actions = new ItemActions(store);
  const items = new ItemOperations(store, actions);
  const tables = new TableOperations(store, actions);
  const transactions = new Transactions(store, actions);
  const streams = new StreamOperations(store);
  return new Map<string, Operation>([
    ['GetItem', (input) => items.getItem(input)],
    ['PutItem', (input) => items.write('PutItem', input)],
    ['UpdateItem', (input) => items.write('UpdateItem', input)],
    ['DeleteItem', (input) => items.write('DeleteItem', input)],
    ['Query', (input) => items.page('Query', input)],
    ['Scan', (input) => items.page('Scan', input)],
    ['BatchGetItem', (input) => items.batchGetItem(input)],
    ['BatchWriteItem', (input) => items.batchWriteItem(input)],
    ['TransactWriteItems', (input) => transactions.write(input)],
    ['TransactGetItems', (input) => transactions.read(input)],
    ['CreateTable', (input) => tables.createTable(input)],
    ['UpdateTable', (input) => tables.updateTable(input)],
    ['DeleteTable', (input) => tables.deleteTable(input)],
    ['DescribeTable', (input) => tables.describeTable(input)],
    ['ListTables', (input) => tables.listTables(input)],
    ['UpdateTimeToLive', (input) => tables.updateTimeToLive(input)],
    ['DescribeTimeToLive', (input) => tables.describeTimeToLive(input)],
    ['UpdateContinuousBackups', (input) => tables.updateContinuousBackups(input)],
    ['DescribeContinuousBackups', (input) => tables.describeContinuousBackups(input)],
    ['TagResource', (input) => tables.tagResource(input)],
    ['UntagResource', (input) => tables.untagResource(input)],
    ['ListTagsOfResource', (input) => tables.listTagsOfResource(input)],
    ['ListStreams', (input) => streams.listStreams(input)],
    ['DescribeStream', (input) => streams.describeStream(input)],
    ['GetShardIterator', (input) => streams.getShardIterator(input)],
    ['GetRecords', (input) => streams.getRecords(input)],
  ]);
}
