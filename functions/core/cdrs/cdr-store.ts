import type { Page, PageRequest } from '../ports.ts';
import type { Cdr } from './cdr.ts';

/** Which CDRs to list, newest first by when they were made. */
export interface CdrQuery {
  readonly stationId?: string;
  readonly createdFrom?: number;
  readonly createdBefore?: number;
}

/** CDRs of one tenant. They are only ever added. */
export interface CdrStore {
  findCdr(cdrId: string): Promise<Cdr | undefined>;
  findCdrs(cdrIds: readonly string[]): Promise<readonly Cdr[]>;
  listCdrs(query: CdrQuery, page: PageRequest): Promise<Page<Cdr>>;
  /**
   * Writes the CDR and marks its session billed (`cdrId` and `billed` of the head), both or neither; a second one
   * for the session changes nothing.
   */
  issueCdr(cdr: Cdr): Promise<'issued' | 'exists'>;
}
