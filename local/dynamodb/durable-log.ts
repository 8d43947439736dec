import dynalite from 'dynalite/db/index.js';

/** One write to the log: a put when it has a value, else a removal. */
export interface LogOperation {
  readonly key: string;
  readonly value?: unknown;
}

/**
 * The LevelDB behind a durable store. Operations reach it in the order of `append`; those that arrive while a
 * write is under way share the next one, and those appended together are written atomically.
 */
export class DurableLog {
  readonly #level: DynaliteLevel;
  #pending: LogOperation[] = [];
  #writing: Promise<void> | undefined;

  private constructor(level: DynaliteLevel) {
    this.#level = level;
  }

  /** Opens (or creates) the log in a directory; throws when another process has it open. */
  static async open(directory: string): Promise<DurableLog> {
    const level = dynalite.create({ path: directory }).db;
    try {
      await level.open();
    } catch (cause) {
      throw new Error(`The DynamoDB data in ${directory} cannot be opened; is another process using it?`, {
        cause,
      });
    }
    return new DurableLog(level);
  }

  append(operations: readonly LogOperation[]): void {
    this.#pending.push(...operations);
  }

  /** Resolves when everything appended so far is in the hands of the operating system. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#pending.length === 0) return;
    const batch = this.#pending.map(({ key, value }) =>
      value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    );
    this.#pending = [];
    this.#writing = this.#level.batch(batch).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Every entry whose key starts with the prefix, in key order. */
  async *entries(prefix: string): AsyncGenerator<[string, unknown]> {
    yield* this.#level.iterator({ gte: prefix, lt: `${prefix}\u{10ffff}` });
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#level.close();
  }
}
