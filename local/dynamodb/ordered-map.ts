/** Bounds of a walk; absent bounds are open. */
export interface KeyRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
}

interface Chunk<V> {
  readonly keys: string[];
  readonly values: V[];
}

const CHUNK_CAPACITY = 512;

/**
 * Strings to values, kept in key order: a list of sorted chunks that split when full. Every operation is
 * synchronous, which is what lets a transaction be a plain function call. Do not change the map during a walk.
 */
export class OrderedMap<V> {
  readonly #chunks: Chunk<V>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    const chunk = this.#chunks[this.#chunkFor(key)];
    if (chunk === undefined) return undefined;
    const at = firstAtOrAfter(chunk.keys, key);
    return chunk.keys[at] === key ? chunk.values[at] : undefined;
  }

  set(key: string, value: V): void {
    if (this.#chunks.length === 0) this.#chunks.push({ keys: [], values: [] });
    const index = Math.min(this.#chunkFor(key), this.#chunks.length - 1);
    const chunk = this.#chunks[index] as Chunk<V>;
    const at = firstAtOrAfter(chunk.keys, key);
    if (chunk.keys[at] === key) {
      chunk.values[at] = value;
      return;
    }
    chunk.keys.splice(at, 0, key);
    chunk.values.splice(at, 0, value);
    this.#size += 1;
    if (chunk.keys.length > CHUNK_CAPACITY) this.#split(index, chunk);
  }

  delete(key: string): void {
    const index = this.#chunkFor(key);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    const at = firstAtOrAfter(chunk.keys, key);
    if (chunk.keys[at] !== key) return;
    chunk.keys.splice(at, 1);
    chunk.values.splice(at, 1);
    this.#size -= 1;
    if (chunk.keys.length === 0) this.#chunks.splice(index, 1);
  }

  /** Entries in key order (or reverse), lazily. */
  *entries(range: KeyRange = {}): Generator<[string, V]> {
    if (range.reverse === true) yield* this.#backwards(range);
    else yield* this.#forwards(range);
  }

  *#forwards(range: KeyRange): Generator<[string, V]> {
    const from = range.gte ?? range.gt ?? '';
    for (let index = this.#chunkFor(from); index < this.#chunks.length; index += 1) {
      const { keys, values } = this.#chunks[index] as Chunk<V>;
      for (let at = firstAtOrAfter(keys, from); at < keys.length; at += 1) {
        const key = keys[at] as string;
        if (range.gt !== undefined && key <= range.gt) continue;
        if (isAfter(key, range)) return;
        yield [key, values[at] as V];
      }
    }
  }

  *#backwards(range: KeyRange): Generator<[string, V]> {
    const from = range.lte ?? range.lt;
    const start = from === undefined ? this.#chunks.length - 1 : this.#chunkFor(from);
    for (let index = Math.min(start, this.#chunks.length - 1); index >= 0; index -= 1) {
      const { keys, values } = this.#chunks[index] as Chunk<V>;
      const last = from === undefined ? keys.length - 1 : firstAtOrAfter(keys, from);
      for (let at = Math.min(last, keys.length - 1); at >= 0; at -= 1) {
        const key = keys[at] as string;
        if (isAfter(key, range)) continue;
        if (isBefore(key, range)) return;
        yield [key, values[at] as V];
      }
    }
  }

  /** Index of the first chunk whose last key is at or after `key`; the number of chunks when there is none. */
  #chunkFor(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const keys = (this.#chunks[middle] as Chunk<V>).keys;
      if ((keys[keys.length - 1] as string) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #split(index: number, chunk: Chunk<V>): void {
    const half = chunk.keys.length >>> 1;
    const upper = { keys: chunk.keys.splice(half), values: chunk.values.splice(half) };
    this.#chunks.splice(index + 1, 0, upper);
  }
}

function firstAtOrAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAfter(key: string, { lt, lte }: KeyRange): boolean {
  return (lt !== undefined && key >= lt) || (lte !== undefined && key > lte);
}

function isBefore(key: string, { gt, gte }: KeyRange): boolean {
  return (gt !== undefined && key <= gt) || (gte !== undefined && key < gte);
}
