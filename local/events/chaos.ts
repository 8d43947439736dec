/** How badly deliveries behave: what at-least-once and unordered allow, made frequent. */
export interface ChaosSettings {
  /** Share of deliveries that happen twice, 0 to 1. */
  duplicate?: number;
  /** Whether unordered deliveries are shuffled. */
  reorder?: boolean;
  /** The same seed gives the same choices for the same sequence of deliveries. */
  seed?: number;
}

/** Decides, delivery by delivery. Ordered sources (FIFO queues, streams) only ever ask for duplicates. */
export interface Chaos {
  set(settings: ChaosSettings | undefined): void;
  /** How often to deliver the next one: 1 or 2. */
  copies(): number;
  /** The list, in another order when reordering is on. */
  shuffled<T>(items: readonly T[]): T[];
  readonly reorders: boolean;
  /** How long to hold a delivery back, so that others overtake it; 0 unless reordering is on. */
  pauseMs(): number;
}

const longestPauseMs = 30;

/** Well-behaved until told otherwise. */
export function createChaos(initial?: ChaosSettings): Chaos {
  let settings: ChaosSettings = {};
  let state = 1;
  const random = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const set = (next: ChaosSettings | undefined) => {
    settings = next ?? {};
    state = settings.seed ?? 1;
  };
  set(initial);
  return {
    set,
    copies: () => (settings.duplicate !== undefined && random() < settings.duplicate ? 2 : 1),
    shuffled(items) {
      const result = [...items];
      if (!settings.reorder) return result;
      return result
        .map((item) => ({ item, rank: random() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item);
    },
    pauseMs: () => (settings.reorder ? Math.floor(random() * longestPauseMs) : 0),
    get reorders() {
      return settings.reorder ?? false;
    },
  };
}
