import { Stream } from 'node:stream';
import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import dynalite from 'dynalite/db/index.js';
import batchGetItemRules from 'dynalite/validations/batchGetItem.js';
import batchWriteItemRules from 'dynalite/validations/batchWriteItem.js';
import createTableRules from 'dynalite/validations/createTable.js';
import deleteItemRules from 'dynalite/validations/deleteItem.js';
import getItemRules from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import putItemRules from 'dynalite/validations/putItem.js';
import queryRules from 'dynalite/validations/query.js';
import scanRules from 'dynalite/validations/scan.js';
import updateItemRules from 'dynalite/validations/updateItem.js';
import { mendExpressions } from './mend-expressions.ts';
import type { KeyRange, OrderedMap } from './ordered-map.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';
import { type Body, type Item, serviceError } from './wire.ts';

const MAX_ITEM_BYTES = 400 * 1024;

const RULES = {
  BatchGetItem: batchGetItemRules,
  BatchWriteItem: batchWriteItemRules,
  CreateTable: createTableRules,
  DeleteItem: deleteItemRules,
  GetItem: getItemRules,
  PutItem: putItemRules,
  Query: queryRules,
  Scan: scanRules,
  UpdateItem: updateItemRules,
};

const ACTIONS = {
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  DeleteItem: deleteItem,
  GetItem: getItem,
  PutItem: putItem,
  Query: query,
  Scan: scan,
  UpdateItem: updateItem,
};

/** Operations that dynalite checks. */
export type CheckedOperation = keyof typeof RULES;

/** Operations that answer before the call returns. */
export type ImmediateOperation = Exclude<keyof typeof ACTIONS, 'Query' | 'Scan'>;

/**
 * dynalite's checks and item actions on our store. Its actions are written with callbacks; as this store answers
 * every callback at once, an action is one synchronous step (a query or scan is one step, too, on the next tick).
 */
export class ItemActions {
  readonly #store: Store;
  readonly #dynaliteStore: DynaliteStore;

  constructor(store: Store) {
    this.#store = store;
    this.#dynaliteStore = this.#storeFor({});
  }

  /** The input with expressions parsed and unknown members dropped; throws what DynamoDB refuses it with. */
  check(operation: CheckedOperation, input: Body): Body {
    const { types, custom } = RULES[operation];
    const data = validations.checkTypes({ ...input }, types);
    validations.checkValidations(data, types, custom, this.#dynaliteStore);
    mendExpressions(data);
    return data;
  }

  /** Runs a checked single-item or batch operation. */
  run(operation: ImmediateOperation, data: Body): Body {
    let outcome: { error: Error | null | undefined; value: Body | undefined } | undefined;
    ACTIONS[operation](this.#dynaliteStore, data, (error, value) => {
      outcome = { error, value };
    });
    if (outcome === undefined) throw new Error(`${operation} did not answer at once`);
    if (outcome.error) throw outcome.error;
    return outcome.value ?? {};
  }

  /** Runs a checked query or scan. */
  page(operation: 'Query' | 'Scan', data: Body): Promise<Body> {
    return new Promise((resolve, reject) => {
      ACTIONS[operation](this.#storeFor(data), data, (error, value) => {
        if (error) reject(error);
        else resolve(value ?? {});
      });
    });
  }

  /** The error for an item that does not meet the condition of the (checked) data; undefined when it does. */
  refusal(data: Body, existing: Item | undefined): Error | undefined {
    return dynalite.checkConditional(data, existing) ?? undefined;
  }

  #storeFor(data: Body): DynaliteStore {
    return {
      options: { maxItemSize: MAX_ITEM_BYTES },
      tableDb: { awsAccountId: this.#store.location.account, awsRegion: this.#store.location.region },
      getTable: (name, callback) => {
        if (this.#store.has(name)) callback(null, this.#store.table(name).settings.description);
        else callback(serviceError('ResourceNotFoundException', 'Requested resource not found'));
      },
      getItemDb: (tableName) => this.#itemDb(this.#store.table(tableName)),
      getIndexDb: (_type, tableName, indexName) => indexDb(this.#store.table(tableName), indexName, data),
    };
  }

  #itemDb(table: Table): DynaliteItemDb {
    return {
      lock: (_key, run) => run((callback) => callback),
      get: (key, callback) => callback(null, table.items.get(key)),
      put: (key, item, callback) => {
        this.#store.replace(table, key, item);
        callback(null);
      },
      del: (key, callback) => {
        this.#store.replace(table, key, undefined);
        callback(null);
      },
      createValueStream: (range) => valueStream(table.items, range),
    };
  }
}

/** Entries move with the item in `Table.replace`, so dynalite's own index writes have nothing to do. */
function indexDb(table: Table, indexName: string, data: Body): DynaliteIndexDb {
  return {
    put: (_key, _item, callback) => callback(null),
    del: (_key, callback) => callback(null),
    createValueStream: (range) => {
      const index = table.indexes.get(indexName);
      if (index === undefined) throw new Error(`No index ${indexName}`);
      const start = data.ExclusiveStartKey;
      if (start === undefined) return valueStream(index.entries, range);
      const startKey = index.keyOf(start as Item);
      const { gt: _gt, gte: _gte, lt: _lt, lte: _lte, ...direction } = range;
      const isReverse = range.reverse === true;
      return valueStream(
        index.entries,
        isReverse
          ? { ...direction, lt: startKey, ...lowerBound(range) }
          : { ...direction, gt: startKey, ...upperBound(range) },
      );
    },
  };
}

function lowerBound({ gt, gte }: DynaliteRange): KeyRange {
  return { ...(gt === undefined ? {} : { gt }), ...(gte === undefined ? {} : { gte }) };
}

function upperBound({ lt, lte }: DynaliteRange): KeyRange {
  return { ...(lt === undefined ? {} : { lt }), ...(lte === undefined ? {} : { lte }) };
}

/** The values in the shape dynalite reads: events, all on the next tick, until the reader destroys the stream. */
function valueStream(map: OrderedMap<Item>, range: KeyRange): Stream {
  let isWanted = true;
  const stream = Object.assign(new Stream(), {
    destroy: () => {
      isWanted = false;
    },
  });
  process.nextTick(() => {
    try {
      for (const [, value] of map.entries(range)) {
        stream.emit('data', value);
        if (!isWanted) break;
      }
      stream.emit('end');
    } catch (error) {
      stream.emit('error', error);
    }
  });
  return stream;
}
