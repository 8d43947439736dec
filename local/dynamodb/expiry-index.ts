import { OrderedMap } from './ordered-map.ts';
import type { Item } from './wire.ts';

/** An expiry more than five years past is taken for a mistake and never deletes. */
const FIVE_YEARS_SECONDS = 5 * 365 * 86_400;
const SECONDS_DIGITS = 16;

/** Item keys in the order in which their items expire. */
export class ExpiryIndex {
  readonly #attribute: string;
  readonly #keys = new OrderedMap<string>();

  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  replace(key: string, before: Item | undefined, after: Item | undefined): void {
    const oldPlace = this.#placeOf(key, before);
    const newPlace = this.#placeOf(key, after);
    if (oldPlace === newPlace) return;
    if (oldPlace !== undefined) this.#keys.delete(oldPlace);
    if (newPlace !== undefined) this.#keys.set(newPlace, key);
  }

  /** Keys whose expiry (epoch seconds) lies in the past, the oldest first. */
  expiredKeys(nowMs: number): string[] {
    const nowSeconds = Math.floor(nowMs / 1000);
    const range = { gte: place(nowSeconds - FIVE_YEARS_SECONDS, ''), lt: place(nowSeconds, '') };
    return [...this.#keys.entries(range)].map(([, key]) => key);
  }

  #placeOf(key: string, item: Item | undefined): string | undefined {
    const seconds = Number(item?.[this.#attribute]?.N);
    if (!Number.isFinite(seconds) || seconds < 0 || seconds >= 10 ** SECONDS_DIGITS) return undefined;
    return place(Math.floor(seconds), key);
  }
}

function place(seconds: number, key: string): string {
  return `${String(Math.max(0, seconds)).padStart(SECONDS_DIGITS, '0')}/${key}`;
}
