import dynalite from 'dynalite/db/index.js';
import {
  addTableUnits,
  consumedCapacities,
  consumedCapacity,
  itemReadUnits,
  type UnitsByTable,
  writeUnits,
} from './capacity.ts';
import type { ItemActions } from './item-actions.ts';
import { itemSizeBytes, writeUnitsFor } from './item-size.ts';
import type { Store } from './store.ts';
import type { SecondaryIndex } from './table.ts';
import { asList, asObject, type Body, errorName, type Item, ServiceError, validationError } from './wire.ts';

const MAX_BATCH_WRITES = 25;

/** The single-item writes. */
export type ItemWrite = 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** Reads and writes of items, one by one, in batches and by query, with their consumed capacity. */
export class ItemOperations {
  readonly #store: Store;
  readonly #actions: ItemActions;

  constructor(store: Store, actions: ItemActions) {
    this.#store = store;
    this.#actions = actions;
  }

  /** PutItem, UpdateItem and DeleteItem. */
  write(operation: ItemWrite, input: Body): Body {
    const data = this.#actions.check(operation, input);
    const { ReturnConsumedCapacity: asked, ...silent } = data;
    try {
      const { result, changes } = this.#store.write(() => this.#actions.run(operation, silent));
      const [units] = writeUnits(changes).values();
      return { ...result, ConsumedCapacity: units && consumedCapacity(units, asked) };
    } catch (error) {
      throw this.#withFailedCondition(error, input);
    }
  }

  getItem(input: Body): Body {
    const data = this.#actions.check('GetItem', input);
    const { ReturnConsumedCapacity: asked, ...silent } = data;
    const result = this.#actions.run('GetItem', silent);
    if (asked === undefined) return result;
    const table = this.#store.table(String(data.TableName));
    const item = table.items.get(dynalite.createKey(data.Key as Item, table.settings.description));
    const tableUnits = itemReadUnits(item, data.ConsistentRead === true);
    return {
      ...result,
      ConsumedCapacity: consumedCapacity({ table, tableUnits, indexUnits: new Map() }, asked),
    };
  }

  batchGetItem(input: Body): Body {
    const data = this.#actions.check('BatchGetItem', input);
    const result = this.#actions.run('BatchGetItem', { ...data, ReturnConsumedCapacity: undefined });
    return {
      ...result,
      ConsumedCapacity: this.#batchReadCapacity(data, asObject(result.UnprocessedKeys)),
    };
  }

  batchWriteItem(input: Body): Body {
    const data = this.#actions.check('BatchWriteItem', input);
    const requests = Object.values(asObject(data.RequestItems)).flatMap(asList);
    if (requests.length > MAX_BATCH_WRITES) {
      throw validationError('Too many items requested for the BatchWriteItem call');
    }
    const { ReturnConsumedCapacity: asked, ...silent } = data;
    const { result, changes } = this.#store.write(() => this.#actions.run('BatchWriteItem', silent));
    return { ...result, ConsumedCapacity: consumedCapacities(writeUnits(changes), asked) };
  }

  /** Query and Scan. */
  async page(operation: 'Query' | 'Scan', input: Body): Promise<Body> {
    const data = this.#actions.check(operation, input);
    this.#refuseUnprojected(data);
    const result = await this.#actions.page(operation, data);
    return withLeastCapacity(result, data);
  }

  #batchReadCapacity(data: Body, unprocessed: Body): Body[] | undefined {
    const all: UnitsByTable = new Map();
    for (const [name, request] of Object.entries(asObject(data.RequestItems))) {
      const { Keys, ConsistentRead } = asObject(request);
      const table = this.#store.table(name);
      const skipped = new Set(asList(asObject(unprocessed[name]).Keys));
      for (const key of asList(Keys)) {
        if (skipped.has(key)) continue;
        const item = table.items.get(dynalite.createKey(key as Item, table.settings.description));
        addTableUnits(all, table, itemReadUnits(item, ConsistentRead === true));
      }
    }
    return consumedCapacities(all, data.ReturnConsumedCapacity);
  }

  /** A failed condition shows the item when asked to, and consumes the units of the item it looked at. */
  #withFailedCondition(error: unknown, input: Body): unknown {
    if (errorName(error) !== 'ConditionalCheckFailedException' || !(error instanceof Error)) return error;
    const table = this.#store.table(String(input.TableName));
    const key = dynalite.createKey((input.Key ?? input.Item) as Item, table.settings.description);
    const item = table.items.get(key);
    const isItemAsked = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
    const refusal = new ServiceError({
      ...(error as ServiceError).body,
      ...(isItemAsked ? { Item: item } : {}),
    });
    refusal.hiddenUnits = { readUnits: 0, writeUnits: writeUnitsFor(item ? itemSizeBytes(item) : 0) };
    return refusal;
  }

  /** Refuses to project what a global index does not hold; a local index would fetch it from the table. */
  #refuseUnprojected(data: Body): void {
    const index = this.#indexOf(data);
    if (index === undefined || index.isLocal) return;
    const projection = data._projection as { paths: unknown[] } | undefined;
    const paths = projection?.paths ?? asList(data.AttributesToGet);
    const names = paths.map((path) => String(Array.isArray(path) ? path[0] : path));
    const missing = names.filter((name) => !index.holds(name));
    if (missing.length === 0) return;
    const { IndexName } = index.definition;
    throw validationError(
      `One or more parameter values were invalid: Global secondary index ${IndexName} does not project [${missing.join(', ')}]`,
    );
  }

  #indexOf(data: Body): SecondaryIndex | undefined {
    if (data.IndexName === undefined) return undefined;
    return this.#store.table(String(data.TableName)).indexes.get(String(data.IndexName));
  }
}

/** A query or scan that finds nothing still consumes one read of the smallest size. */
function withLeastCapacity(result: Body, data: Body): Body {
  const consumed = result.ConsumedCapacity as Body | undefined;
  if (consumed === undefined || consumed.CapacityUnits !== 0) return result;
  const least = data.ConsistentRead === true ? 1 : 0.5;
  const detailed: Body = { ...consumed, CapacityUnits: least };
  for (const member of ['Table', 'GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
    const entry = consumed[member] as Body | undefined;
    if (entry === undefined) continue;
    const isChargedHere = (member === 'Table') === (data.IndexName === undefined);
    if (isChargedHere) {
      detailed[member] =
        member === 'Table'
          ? { CapacityUnits: least }
          : { [String(data.IndexName)]: { CapacityUnits: least } };
    }
  }
  return { ...result, ConsumedCapacity: detailed };
}
