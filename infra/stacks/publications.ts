import type { Contract } from '../constructs/event-workers.ts';

/** Which events reach GraphQL subscribers, and through which mutation. */
export interface Publication {
  readonly contracts: readonly Contract[];
  readonly mutation: string;
  /** Selects every field of the payload: a subscriber gets what the mutation selected and nothing else. */
  readonly operation: string;
}

export const publications: Readonly<Record<string, Publication>> = {};
