/**
 * Remembers on which connections stations speak that were accepted, to spare a look at the station per frame. Losing
 * one costs one read. That a station is accepted no more is learnt within minutes (see `noteSeen`).
 */
export class AcceptedConnections {
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  has(connectionId: string): boolean {
    return this.#known.has(connectionId);
  }

  add(connectionId: string): void {
    if (this.#known.size >= this.#most) {
      const oldest = this.#known.values().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    this.#known.add(connectionId);
  }

  forget(connectionId: string): void {
    this.#known.delete(connectionId);
  }
}
