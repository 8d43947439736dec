interface Kept<Value> {
  readonly value: Value;
  readonly until: number;
}

/**
 * What a warm function has read and need not read again for a while: so many values, the oldest of which make room.
 * For what never changes, or may be told late. Names of one tenant hold its id.
 */
export class Remembered<Value> {
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #most: number;
  readonly #forMs: number;

  constructor({ most, forMs }: { readonly most: number; readonly forMs: number }) {
    this.#most = most;
    this.#forMs = forMs;
  }

  recall(name: string, now: number): Value | undefined {
    const kept = this.#kept.get(name);
    return kept !== undefined && kept.until > now ? kept.value : undefined;
  }

  keep(name: string, value: Value, now: number): void {
    this.#kept.delete(name);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= this.#most && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(name, { value, until: now + this.#forMs });
  }
}
