/**
 * Remembers which sessions certainly have a head, to spare a conditional write per event. Losing a hint costs
 * one write; a hint is never wrong, because heads are never removed.
 */
export class SessionHints {
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  has(sessionId: string): boolean {
    return this.#known.has(sessionId);
  }

  add(sessionId: string): void {
    if (this.#known.size >= this.#most) {
      const oldest = this.#known.values().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    this.#known.add(sessionId);
  }
}
