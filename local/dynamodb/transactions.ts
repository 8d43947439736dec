import { createHash } from 'node:crypto';
import dynalite from 'dynalite/db/index.js';
import {
  addTableUnits,
  consumedCapacities,
  itemReadUnits,
  TRANSACTION_FACTOR,
  totalUnits,
  type UnitsByTable,
  writeUnits,
} from './capacity.ts';
import type { ItemActions } from './item-actions.ts';
import type { ItemWrite } from './item-operations.ts';
import { itemSizeBytes, writeUnitsFor } from './item-size.ts';
import type { Store } from './store.ts';
import type { Change, Table } from './table.ts';
import { asList, asObject, type Body, errorName, type Item, serviceError, validationError } from './wire.ts';

const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;
const TOKEN_LIFE_MS = 10 * 60_000;
/** The SDK gives every transaction a token: without a bound, a load test would fill the memory with them. */
const MAX_TOKENS = 50_000;

const OPERATIONS: Record<string, ItemWrite> = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem' };

interface Action {
  readonly kind: string;
  /** As sent. */
  readonly request: Body;
  /** Checked by dynalite, expressions parsed. */
  readonly data: Body;
  readonly table: Table;
  /** Where the item lies in the table; undefined when the key does not fit the table. */
  readonly place: string | undefined;
}

interface Reason {
  Code: string;
  Message?: string;
  Item?: Item;
}

interface Outcome {
  readonly digest: string;
  readonly units: UnitsByTable;
  readonly expiresAtMs: number;
}

/** TransactWriteItems and TransactGetItems. */
export class Transactions {
  readonly #store: Store;
  readonly #actions: ItemActions;
  /** Outcomes by client request token, the oldest first. */
  readonly #outcomes = new Map<string, Outcome>();

  constructor(store: Store, actions: ItemActions) {
    this.#store = store;
    this.#actions = actions;
  }

  /** All actions or none; a repeat of the request token within ten minutes answers without writing again. */
  write(input: Body): Body {
    const { TransactItems, ClientRequestToken: token, ReturnConsumedCapacity: asked } = input;
    const digest =
      token === undefined ? '' : createHash('sha1').update(JSON.stringify(TransactItems)).digest('hex');
    const earlier = token === undefined ? undefined : this.#earlierOutcome(String(token), digest);
    if (earlier !== undefined) return { ConsumedCapacity: repeatCapacity(earlier.units, asked) };

    const actions = this.#checkedActions(asList(TransactItems));
    const { changes } = this.#store.write(() => this.#applyAll(actions));
    const units = this.#units(actions, changes);
    if (token !== undefined) {
      this.#outcomes.set(String(token), { digest, units, expiresAtMs: Date.now() + TOKEN_LIFE_MS });
    }
    return { ConsumedCapacity: consumedCapacities(units, asked, 'WriteCapacityUnits') };
  }

  /** The items as they are at one moment. */
  read(input: Body): Body {
    const elements = asList(input.TransactItems);
    refuseTooMany(elements);
    const all: UnitsByTable = new Map();
    const seen = new Set<string>();
    const responses = elements.map((element) => {
      const { ReturnConsumedCapacity: _, ...data } = this.#actions.check(
        'GetItem',
        asObject(asObject(element).Get),
      );
      const table = this.#store.table(String(data.TableName));
      const result = this.#actions.run('GetItem', { ...data, ConsistentRead: true });
      const place = dynalite.createKey(data.Key as Item, table.settings.description);
      refuseRepeated(seen, table, place);
      addTableUnits(all, table, TRANSACTION_FACTOR * itemReadUnits(table.items.get(place), true));
      return result.Item === undefined ? {} : { Item: result.Item };
    });
    const asked = input.ReturnConsumedCapacity;
    return { Responses: responses, ConsumedCapacity: consumedCapacities(all, asked, 'ReadCapacityUnits') };
  }

  #earlierOutcome(token: string, digest: string): Outcome | undefined {
    for (const [old, { expiresAtMs }] of this.#outcomes) {
      if (expiresAtMs > Date.now() && this.#outcomes.size < MAX_TOKENS) break;
      this.#outcomes.delete(old);
    }
    const earlier = this.#outcomes.get(token);
    if (earlier !== undefined && earlier.digest !== digest) {
      throw serviceError(
        'IdempotentParameterMismatchException',
        'The provided client token was already used with different parameters',
      );
    }
    return earlier;
  }

  #checkedActions(elements: readonly unknown[]): Action[] {
    refuseTooMany(elements);
    const actions = elements.map((element, index) => this.#checkedAction(asObject(element), index));
    const bytes = actions.reduce((sum, { request }) => sum + requestBytes(request), 0);
    if (bytes > MAX_BYTES)
      throw validationError('Collection of items in the transaction exceeds the limit of 4 MB');
    return actions;
  }

  #checkedAction(element: Body, index: number): Action {
    const [kind, ...others] = Object.keys(element);
    if (kind === undefined || others.length > 0) {
      throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    const request = asObject(element[kind]);
    if (kind === 'ConditionCheck' && request.ConditionExpression === undefined) {
      throw validationError(
        `1 validation error detected: Value null at 'transactItems.${index + 1}.member.conditionCheck.` +
          "conditionExpression' failed to satisfy constraint: Member must not be null",
      );
    }
    const data = this.#actions.check(OPERATIONS[kind] ?? 'DeleteItem', request);
    const table = this.#store.table(String(data.TableName));
    if (kind === 'Put') refuseMisfit(data.Item as Item, table);
    else throwIfPresent(dynalite.validateKey(data.Key as Item, table.settings.description));
    return { kind, request, data, table, place: placeOf((data.Key ?? data.Item) as Item, table) };
  }

  #applyAll(actions: readonly Action[]): void {
    const seen = new Set<string>();
    for (const { table, place } of actions) refuseRepeated(seen, table, place);
    const reasons = actions.map((action) => this.#apply(action));
    if (reasons.every(({ Code }) => Code === 'None')) return;
    const codes = reasons.map(({ Code }) => Code).join(', ');
    const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
    const error = serviceError('TransactionCanceledException', message, {
      Message: message,
      CancellationReasons: reasons,
    });
    error.hiddenUnits = {
      readUnits: 0,
      writeUnits: actions.reduce((sum, action) => sum + TRANSACTION_FACTOR * existingUnits(action), 0),
    };
    throw error;
  }

  #apply(action: Action): Reason {
    const { kind, data } = action;
    try {
      if (kind === 'ConditionCheck') {
        throwIfPresent(this.#actions.refusal(data, existingItem(action)));
      } else {
        this.#actions.run(OPERATIONS[kind] as ItemWrite, data);
      }
      return { Code: 'None' };
    } catch (error) {
      return reasonOf(error, action);
    }
  }

  #units(actions: readonly Action[], changes: readonly Change[]): UnitsByTable {
    const all = writeUnits(changes, TRANSACTION_FACTOR);
    for (const action of actions) {
      if (action.kind === 'ConditionCheck') {
        addTableUnits(all, action.table, TRANSACTION_FACTOR * existingUnits(action));
      }
    }
    return all;
  }
}

function reasonOf(error: unknown, action: Action): Reason {
  const name = errorName(error);
  const message = error instanceof Error ? error.message : String(error);
  if (name === 'ConditionalCheckFailedException') {
    const item = existingItem(action);
    const isItemAsked =
      action.request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
    return { Code: 'ConditionalCheckFailed', Message: message, ...(isItemAsked ? { Item: item } : {}) };
  }
  if (name === 'ValidationException') return { Code: 'ValidationError', Message: message };
  throw error;
}

function refuseRepeated(seen: Set<string>, table: Table, place: string | undefined): void {
  if (place === undefined) return;
  const item = `${table.name}/${place}`;
  if (seen.has(item)) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
  seen.add(item);
}

function refuseTooMany(elements: readonly unknown[]): void {
  const complaint =
    elements.length === 0
      ? 'greater than or equal to 1'
      : elements.length > MAX_ACTIONS
        ? `less than or equal to ${MAX_ACTIONS}`
        : undefined;
  if (complaint === undefined) return;
  throw validationError(
    "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: " +
      `Member must have length ${complaint}`,
  );
}

function refuseMisfit(item: Item, table: Table): void {
  throwIfPresent(dynalite.validateItem(item, table.settings.description));
  for (const index of table.indexes.values()) index.refuseEmptyKey(item);
}

function throwIfPresent(error: Error | null | undefined): void {
  if (error) throw error;
}

function placeOf(item: Item, table: Table): string | undefined {
  const { description } = table.settings;
  return dynalite.validateKey(table.keyAttributes(item), description)
    ? undefined
    : dynalite.createKey(item, description);
}

function existingItem({ table, place }: Action): Item | undefined {
  return place === undefined ? undefined : table.items.get(place);
}

function existingUnits(action: Action): number {
  const item = existingItem(action);
  return writeUnitsFor(item ? itemSizeBytes(item) : 0);
}

function requestBytes({ Item: item, Key: key, ExpressionAttributeValues: values }: Body): number {
  return [item, key, values].reduce<number>((sum, part) => sum + itemSizeBytes(asObject(part) as Item), 0);
}

/** A repeated token costs the reading of the items; as many units as the write had is close enough. */
function repeatCapacity(units: UnitsByTable, asked: unknown): Body[] | undefined {
  const reads: UnitsByTable = new Map();
  for (const { table, ...rest } of units.values())
    addTableUnits(reads, table, totalUnits({ table, ...rest }));
  return consumedCapacities(reads, asked, 'ReadCapacityUnits');
}
