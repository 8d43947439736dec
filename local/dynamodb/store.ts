import { recordOf, type StreamRecord } from './change-stream.ts';
import type { DurableLog, LogOperation } from './durable-log.ts';
import { type Change, isUnchanged, Table, type TableSettings } from './table.ts';
import { type Item, type Location, serviceError } from './wire.ts';

const SETTINGS = 'table~';
const ITEMS = 'item~';
const RECORDS = 'stream~';

/**
 * All tables, in memory, with an optional log that makes them durable. Writes happen inside `write`, which is one
 * synchronous step: nothing can come between the condition, the write, its index entries and its stream record.
 */
export class Store {
  readonly location: Location;
  readonly #tables = new Map<string, Table>();
  readonly #log: DurableLog | undefined;
  #journal: Change[] | undefined;
  #lastSequence = 0;
  #durableSequence = 0;

  private constructor(location: Location, log: DurableLog | undefined) {
    this.location = location;
    this.#log = log;
  }

  /** A store with the tables found in the log. */
  static async open(location: Location, log: DurableLog | undefined): Promise<Store> {
    const store = new Store(location, log);
    if (log !== undefined) await store.#load(log);
    return store;
  }

  /** The table of that name; throws `ResourceNotFoundException`. */
  table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw serviceError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }

  has(name: string): boolean {
    return this.#tables.has(name);
  }

  /** Table names in order. */
  names(): string[] {
    return [...this.#tables.keys()].sort();
  }

  /** The last stream sequence that may be shown: what a crash can still take back stays hidden. */
  get visibleSequence(): number {
    return this.#log === undefined ? this.#lastSequence : this.#durableSequence;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /**
   * Runs item writes as one atomic step: when `run` throws, all of them are undone, else they all reach the streams
   * and the log together. Answers what `run` answers, and the changes made.
   */
  write<T>(run: () => T, options: { isExpiry?: boolean } = {}): { result: T; changes: Change[] } {
    const changes: Change[] = [];
    this.#journal = changes;
    try {
      const result = run();
      this.#commit(changes, options.isExpiry === true);
      return { result, changes };
    } catch (error) {
      for (const { table, key, before } of changes.reverse()) table.replace(key, before);
      throw error;
    } finally {
      this.#journal = undefined;
    }
  }

  /** Puts or removes one item; only inside `write`. */
  replace(table: Table, key: string, item: Item | undefined): void {
    if (this.#journal === undefined) throw new Error('An item was written outside of a write');
    const change = table.replace(key, item);
    this.#journal.push(change);
    if (item !== undefined) for (const index of table.indexes.values()) index.refuseEmptyKey(item);
  }

  /** Adds a table or keeps its changed settings. */
  saveTable(table: Table): void {
    this.#tables.set(table.name, table);
    this.#log?.append([{ key: SETTINGS + table.name, value: table.settings }]);
  }

  dropTable(table: Table): void {
    this.#tables.delete(table.name);
    const items = [...table.items.entries()].map(([key]) => ({ key: itemKey(table, key) }));
    const records = table.streams.flatMap((stream) =>
      stream.after(0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).map(({ sequence }) => ({
        key: recordKey(table, stream.settings.label, sequence),
      })),
    );
    this.#log?.append([{ key: SETTINGS + table.name }, ...items, ...records]);
  }

  /** Removes items whose time to live has passed, and stream records beyond their retention. */
  sweep(nowMs: number): void {
    for (const table of this.#tables.values()) {
      for (const key of table.expiredKeys(nowMs)) {
        this.write(() => this.replace(table, key, undefined), { isExpiry: true });
      }
      this.#trim(table, nowMs);
    }
  }

  /** Resolves when all writes so far would survive the death of this process. */
  async flush(): Promise<void> {
    if (this.#log === undefined) return;
    const sequence = this.#lastSequence;
    await this.#log.flush();
    this.#durableSequence = Math.max(this.#durableSequence, sequence);
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  #commit(changes: readonly Change[], isExpiry: boolean): void {
    const operations: LogOperation[] = [];
    for (const change of changes) {
      if (change.before === undefined && change.after === undefined) continue;
      operations.push({ key: itemKey(change.table, change.key), value: change.after });
      const record = this.#record(change, isExpiry);
      if (record !== undefined) operations.push(record);
    }
    this.#log?.append(operations);
  }

  #record(change: Change, isExpiry: boolean): LogOperation | undefined {
    const stream = change.table.openStream;
    if (stream === undefined || isUnchanged(change)) return undefined;
    const nowMs = Date.now();
    this.#lastSequence = Math.max(this.#lastSequence + 1, nowMs * 1000);
    const at = { sequence: this.#lastSequence, nowMs, region: this.location.region, isExpiry };
    const record = recordOf(change, stream.settings, at);
    stream.append(record);
    return { key: recordKey(change.table, stream.settings.label, record.sequence), value: record };
  }

  #trim(table: Table, nowMs: number): void {
    for (const stream of table.streams) {
      const dropped = stream.trim(nowMs);
      this.#log?.append(
        dropped.map(({ sequence }) => ({ key: recordKey(table, stream.settings.label, sequence) })),
      );
    }
  }

  async #load(log: DurableLog): Promise<void> {
    for await (const [, settings] of log.entries(SETTINGS)) {
      const table = new Table(settings as TableSettings);
      this.#tables.set(table.name, table);
      const prefix = itemKey(table, '');
      for await (const [key, item] of log.entries(prefix))
        table.replace(key.slice(prefix.length), item as Item);
      for (const stream of table.streams) {
        for await (const [, record] of log.entries(recordKey(table, stream.settings.label, undefined))) {
          stream.append(record as StreamRecord);
        }
        this.#lastSequence = Math.max(
          this.#lastSequence,
          stream.lastSequence,
          stream.settings.closedAfter ?? 0,
        );
      }
    }
    this.#durableSequence = this.#lastSequence;
  }
}

function itemKey(table: Table, key: string): string {
  return `${ITEMS}${table.name}~${key}`;
}

function recordKey(table: Table, label: string, sequence: number | undefined): string {
  return `${RECORDS}${table.name}~${label}~${sequence === undefined ? '' : String(sequence).padStart(16, '0')}`;
}
