/** How much of a session's place its head knows, from least to most: nothing, the EVSE, which connector of it. */
const places = ['NOWHERE', 'EVSE', 'CONNECTOR'] as const;
export type KnownPlace = (typeof places)[number];

/**
 * Remembers which sessions certainly have a head, and one that knows their place, to spare a conditional write per
 * event. Losing a hint costs one write; a hint is never wrong, because neither is ever removed.
 */
export class SessionHints {
  readonly #known = new Map<string, KnownPlace>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** Whether there is a head that knows that much, or more. */
  has(sessionId: string, place: KnownPlace = 'NOWHERE'): boolean {
    const known = this.#known.get(sessionId);
    return known !== undefined && places.indexOf(known) >= places.indexOf(place);
  }

  add(sessionId: string, place: KnownPlace = 'NOWHERE'): void {
    if (this.has(sessionId, place)) return;
    if (this.#known.size >= this.#most) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    this.#known.set(sessionId, place);
  }
}
