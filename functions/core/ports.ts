/** The moment of now, in epoch milliseconds. */
export type Clock = () => number;

/** A new, time-ordered, globally unique identifier of at most 36 characters. */
export type NewId = () => string;

/** A stable, collision-resistant digest of a text, as at least 32 lower-case hexadecimal characters. */
export type Digest = (text: string) => string;

/** One page of a list: the items and, when there may be more, the cursor that continues it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** How much of a list to give, and from where. `limit` is the most items one page may hold. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
}
