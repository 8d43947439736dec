import dynalite from 'dynalite/db/index.js';
import { ChangeStream, type StreamSettings } from './change-stream.ts';
import { ExpiryIndex } from './expiry-index.ts';
import { OrderedMap } from './ordered-map.ts';
import { sameValue } from './same-value.ts';
import { type AttributeValue, type Body, type Item, validationError } from './wire.ts';

/** What `DescribeTable` tells; its key schemas and indexes drive the engine. */
export interface TableDescription extends DynaliteTable, Body {
  TableArn: string;
  DeletionProtectionEnabled?: boolean;
}

/** Everything of a table that is not an item, as it is kept on disk. */
export interface TableSettings {
  description: TableDescription;
  timeToLiveAttribute?: string;
  pointInTimeRecovery?: { enabledAtMs: number; periodDays: number };
  tags: Record<string, string>;
  streams: StreamSettings[];
}

/** One write to one item; `before` and `after` are absent where the item did not or does not exist. */
export interface Change {
  readonly table: Table;
  readonly key: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** One secondary index: the projected items in index key order. */
export class SecondaryIndex {
  readonly definition: DynaliteIndex;
  readonly isLocal: boolean;
  readonly entries = new OrderedMap<Item>();
  readonly #table: TableDescription;
  readonly #projected: readonly string[] | undefined;

  constructor(table: TableDescription, definition: DynaliteIndex, isLocal: boolean) {
    this.definition = definition;
    this.isLocal = isLocal;
    this.#table = table;
    this.#projected = projectedAttributes(table, definition);
  }

  /** The entry an item has in this index; undefined when the item lacks a key attribute of it. */
  entryOf(item: Item | undefined): Item | undefined {
    if (item === undefined) return undefined;
    if (this.definition.KeySchema.some(({ AttributeName }) => item[AttributeName] === undefined))
      return undefined;
    if (this.#projected === undefined) return item;
    const entry: Item = {};
    for (const name of this.#projected) {
      const value = item[name];
      if (value !== undefined) entry[name] = value;
    }
    return entry;
  }

  /** The place of an entry: its index key, then its table key, so that entries with one index key never collide. */
  keyOf(entry: Item): string {
    const indexKey = dynalite.createIndexKey(entry, this.#table, this.definition.KeySchema);
    return `${indexKey}/${dynalite.createKey(entry, this.#table)}`;
  }

  /** Whether a query on this index can return the attribute. */
  holds(attribute: string): boolean {
    return this.#projected === undefined || this.#projected.includes(attribute);
  }

  replace(before: Item | undefined, after: Item | undefined): void {
    const oldEntry = this.entryOf(before);
    const newEntry = this.entryOf(after);
    const oldKey = oldEntry && this.keyOf(oldEntry);
    const newKey = newEntry && this.keyOf(newEntry);
    if (oldKey !== undefined && oldKey !== newKey) this.entries.delete(oldKey);
    if (newKey !== undefined && newEntry !== undefined) this.entries.set(newKey, newEntry);
  }

  /** Refuses an empty string or binary as index key, as DynamoDB does. */
  refuseEmptyKey(item: Item): void {
    for (const { AttributeName } of this.definition.KeySchema) {
      const value = item[AttributeName];
      if (value?.S !== '' && value?.B !== '') continue;
      throw validationError(
        'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          'The AttributeValue for a key attribute cannot contain an empty string value. ' +
          `IndexName: ${this.definition.IndexName}, IndexKey: ${AttributeName}`,
      );
    }
  }
}

/** One table in memory: items, indexes, expiry order and streams move together, synchronously. */
export class Table {
  readonly settings: TableSettings;
  readonly items = new OrderedMap<Item>();
  readonly indexes = new Map<string, SecondaryIndex>();
  readonly streams: ChangeStream[];
  #expiry: ExpiryIndex | undefined;

  constructor(settings: TableSettings) {
    this.settings = settings;
    this.streams = settings.streams.map((stream) => new ChangeStream(stream));
    for (const definition of settings.description.LocalSecondaryIndexes ?? [])
      this.addIndex(definition, true);
    for (const definition of settings.description.GlobalSecondaryIndexes ?? [])
      this.addIndex(definition, false);
    this.expireBy(settings.timeToLiveAttribute);
  }

  get name(): string {
    return this.settings.description.TableName;
  }

  /** The stream that records changes now, if any. */
  get openStream(): ChangeStream | undefined {
    return this.streams.find((stream) => stream.settings.closedAfter === undefined);
  }

  /** Puts `item` (or nothing) at `key` in the table and its indexes; answers what was there. */
  replace(key: string, item: Item | undefined): Change {
    const before = this.items.get(key);
    if (item === undefined) this.items.delete(key);
    else this.items.set(key, item);
    for (const index of this.indexes.values()) index.replace(before, item);
    this.#expiry?.replace(key, before, item);
    return { table: this, key, before, after: item };
  }

  /** Adds an index and fills it from the items. */
  addIndex(definition: DynaliteIndex, isLocal: boolean): void {
    const index = new SecondaryIndex(this.settings.description, definition, isLocal);
    for (const [, item] of this.items.entries()) index.replace(undefined, item);
    this.indexes.set(definition.IndexName, index);
  }

  /** Chooses the attribute that says when an item expires; undefined switches expiry off. */
  expireBy(attribute: string | undefined): void {
    this.#expiry = attribute === undefined ? undefined : new ExpiryIndex(attribute);
    for (const [key, item] of this.items.entries()) this.#expiry?.replace(key, undefined, item);
  }

  /** Keys of items whose time to live has passed. */
  expiredKeys(nowMs: number): string[] {
    return this.#expiry?.expiredKeys(nowMs) ?? [];
  }

  /** The key attributes of an item. */
  keyAttributes(item: Item): Item {
    const key: Item = {};
    for (const { AttributeName } of this.settings.description.KeySchema) {
      key[AttributeName] = item[AttributeName] as AttributeValue;
    }
    return key;
  }
}

/** Whether a write left the item as it was: such a write makes no stream record. */
export function isUnchanged(change: Change): boolean {
  return sameValue(change.before, change.after);
}

function projectedAttributes(table: TableDescription, definition: DynaliteIndex): string[] | undefined {
  if (definition.Projection.ProjectionType === 'ALL') return undefined;
  const keys = [...definition.KeySchema, ...table.KeySchema].map(({ AttributeName }) => AttributeName);
  return [...new Set([...keys, ...(definition.Projection.NonKeyAttributes ?? [])])];
}
