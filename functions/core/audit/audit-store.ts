import type { Page, PageRequest } from '../ports.ts';

/** Who asked for a change. */
export interface Actor {
  /** The person or program, as the verified token names it. */
  readonly subject: string;
  readonly roles: readonly string[];
  /** A member of the platform acted on a tenant that their token does not name. */
  readonly fromPlatform?: boolean;
}

/**
 * How it ended: `DONE`; `REFUSED` for lack of rights, or after something may have been sent (`errorType` says why);
 * `FAILED` unexpectedly, so that part of it may have happened.
 */
export type AuditOutcome = 'DONE' | 'REFUSED' | 'FAILED';

/** One change that somebody asked for: never altered, never deleted. */
export interface AuditEntry {
  readonly entryId: string;
  /** When it ended, in epoch milliseconds. */
  readonly at: number;
  readonly actor: Actor;
  readonly door: 'GRAPHQL' | 'REST';
  /** The field (`Mutation.createStation`) or the route (`PUT /tokens/{uid}`). */
  readonly action: string;
  /** The id of what was changed, where one thing was. */
  readonly target?: string;
  /** What it was asked with, as JSON: secrets left out, long texts and lists shortened. */
  readonly argumentsJson: string;
  readonly outcome: AuditOutcome;
  readonly errorType?: string;
}

/** What of the trail to give. All that is said must hold; moments in epoch milliseconds, `to` exclusive. */
export interface AuditQuery {
  readonly target?: string;
  readonly from?: number;
  readonly to?: number;
}

/** The trail of one tenant. Entries are added, and nothing else. */
export interface AuditStore {
  addEntry(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  listEntries(query: AuditQuery, page: PageRequest): Promise<Page<AuditEntry>>;
}
