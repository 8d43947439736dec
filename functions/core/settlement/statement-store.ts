import type { Counterparty } from '../cdrs/counterparty.ts';
import type { Page, PageRequest } from '../ports.ts';
import type { Period, Settlement, Statement, StatementLine, StatementTotals } from './statement.ts';

/** Which statements to list: of a month, or of a counterparty (newest first). */
export type StatementQuery = { readonly period: Period } | { readonly counterparty: Counterparty };

/** Statements of one tenant. Everything is added once and stays; a closed statement takes no more lines. */
export interface StatementStore {
  findStatement(statementId: string): Promise<Statement | undefined>;
  listStatements(query: StatementQuery, page: PageRequest): Promise<Page<Statement>>;
  /** In the order of their CDRs' ids; never misses a line that was booked before. */
  listLines(statementId: string, page: PageRequest): Promise<Page<StatementLine>>;
  /**
   * Puts a line on a statement, which it opens first where nobody has. A CDR has one line in all statements together:
   * `booked-before`. `closed`: this statement takes no more.
   */
  bookLine(
    statement: Pick<Statement, 'statementId' | 'account' | 'period' | 'openedAt'>,
    line: StatementLine,
  ): Promise<'booked' | 'booked-before' | 'closed'>;
  /** The latest months that `finishPeriod` was told of: more than a year of them. */
  listFinishedPeriods(): Promise<readonly Period[]>;
  /** Every statement of the month is issued, and none will be opened. Safe to repeat. */
  finishPeriod(period: Period, finishedAt: number): Promise<void>;
  /** From here on the statement takes no lines. Safe to repeat. */
  close(statementId: string, closedAt: number): Promise<void>;
  /** Issues a closed statement; the first time counts. */
  issue(statementId: string, issued: { issuedAt: number; totals: StatementTotals }): Promise<void>;
  /** The first settlement counts: it is what comes back. */
  settle(statementId: string, settlement: Settlement): Promise<Settlement>;
}
