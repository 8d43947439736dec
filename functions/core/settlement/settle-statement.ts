import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { linesOf } from './close-periods.ts';
import type { Statement } from './statement.ts';
import type { StatementStore } from './statement-store.ts';
import { totalsOf } from './vat-shares.ts';

/** A statement with its sums: of a draft, those of its lines so far. Throws `NotFound`. */
export async function knownStatement(
  { statements }: { statements: Pick<StatementStore, 'findStatement' | 'listLines'> },
  statementId: string,
): Promise<Statement> {
  const statement = await statements.findStatement(statementId);
  if (!statement) throw new DomainError('NotFound', `statement ${statementId} is not known`, 'statementId');
  if (statement.totals) return statement;
  return { ...statement, totals: totalsOf(await linesOf(statements, statementId)) };
}

/**
 * Says that the money of an issued statement has moved. The same reference again changes nothing. Throws `NotFound`,
 * `Conflict` for a draft and for one that was settled by another reference.
 */
export async function settleStatement(
  ports: { statements: StatementStore; clock: Clock },
  { statementId, reference, by }: { statementId: string; reference: string; by: string },
): Promise<Statement> {
  const { statements, clock } = ports;
  const statement = await knownStatement(ports, statementId);
  if (statement.status === 'DRAFT') {
    throw new DomainError('Conflict', `statement ${statementId} is not issued yet`, 'statementId');
  }
  const settlement = await statements.settle(statementId, { reference, by, at: clock() });
  if (settlement.reference !== reference) {
    throw new DomainError(
      'Conflict',
      `statement ${statementId} was settled before, as ${settlement.reference}`,
      'reference',
    );
  }
  return { ...statement, status: 'SETTLED', settlement };
}
