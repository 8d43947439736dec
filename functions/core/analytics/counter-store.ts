import type { Figures } from './figures.ts';

/** What one fact adds to one station on one local day. */
export interface DayAddition {
  readonly stationId: string;
  /** `YYYY-MM-DD` in `timeZone`. */
  readonly date: string;
  readonly timeZone: string;
  readonly figures: Figures;
}

/** Something that happened, by an id that is the same however often it is told, and what it adds. */
export interface CountedFact {
  readonly factId: string;
  readonly additions: readonly DayAddition[];
}

/** What was counted on one local day. */
export interface DayCounter {
  readonly date: string;
  readonly timeZone: string;
  readonly figures: Figures;
}

/** Local dates, both included. */
export interface DateRange {
  readonly first: string;
  readonly last: string;
}

/** Counters of one tenant: per station and day, and the same for all its stations together. */
export interface CounterStore {
  /**
   * Adds what each fact adds, and remembers that it did, both or neither: a fact that was added before adds nothing.
   * Safe to repeat. When it throws, some facts may have been added. `now` is what they are forgotten by.
   */
  addFacts(facts: readonly CountedFact[], now: number): Promise<void>;
  /** The counters of these stations, each by its id, in the order of their days. */
  listStationDays(
    stationIds: readonly string[],
    range: DateRange,
  ): Promise<ReadonlyMap<string, readonly DayCounter[]>>;
  /** The counters of all stations together; several may be of the same day. */
  listTenantDays(range: DateRange): Promise<readonly DayCounter[]>;
}

/** A fact adds to no more days than fit into one transaction: what is more is several facts. */
export const mostDaysPerFact = 40;
