import type { Page, PageRequest } from '../ports.ts';
import type { Billing, Cdr, CdrResolution, CdrReview } from './cdr.ts';
import type { Counterparty } from './counterparty.ts';

/** Which CDRs to list, newest first by when they were made. What is given must all hold. */
export interface CdrQuery {
  readonly stationId?: string;
  readonly counterparty?: Counterparty;
  /** As it stands. */
  readonly billing?: Billing;
  readonly createdFrom?: number;
  readonly createdBefore?: number;
}

/** A CDR that somebody has to decide about. */
export interface CdrInReview {
  readonly cdr: Cdr;
  readonly review: CdrReview;
}

/** CDRs of one tenant. They are only ever added. */
export interface CdrStore {
  findCdr(cdrId: string): Promise<Cdr | undefined>;
  findCdrs(cdrIds: readonly string[]): Promise<readonly Cdr[]>;
  listCdrs(query: CdrQuery, page: PageRequest): Promise<Page<Cdr>>;
  /** Those that wait for a decision, the oldest session first. */
  listInReview(page: PageRequest): Promise<Page<CdrInReview>>;
  /**
   * Writes the CDR and marks its session billed (`cdrId` and `billed` of the head), both or neither; a second one
   * for the session changes nothing.
   */
  issueCdr(cdr: Cdr): Promise<'issued' | 'exists'>;
  /**
   * Writes a credit or a replacement and makes it the session's latest, both or neither. `resolution` is what becomes
   * of the CDR it follows, where that was held back. `overtaken` when the session's latest is another than `follows`,
   * or somebody decided about that meanwhile.
   */
  addCorrection(
    cdr: Cdr,
    after: { readonly follows: string; readonly resolution?: CdrResolution },
  ): Promise<'issued' | 'exists' | 'overtaken'>;
  /**
   * Writes down what was decided about the session's latest CDR and takes it out of review, both or neither.
   * `entries`: how many of the session were known to whoever decided. `overtaken` when it is not in that review.
   */
  resolveReview(
    cdr: Pick<Cdr, 'cdrId' | 'sessionId'>,
    review: CdrReview,
    resolution: CdrResolution,
    entries: number,
  ): Promise<'resolved' | 'overtaken'>;
  /** Puts the session's latest CDR up for review because of events that it does not know; once, and held ones stay so. */
  markLate(cdr: Pick<Cdr, 'cdrId' | 'sessionId'>): Promise<'marked' | 'known'>;
}
