import type { Clock } from '../ports.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { periodsDue } from './periods.ts';
import type { Period, StatementLine } from './statement.ts';
import type { StatementStore } from './statement-store.ts';
import { totalsOf } from './vat-shares.ts';

export interface ClosePorts {
  readonly tenant: Pick<Tenant, 'timeZone'>;
  readonly statements: StatementStore;
  readonly clock: Clock;
}

const pageSize = 100;

/**
 * Issues the statements of all months that are over, and tells how many it issued. Safe to stop anywhere and to
 * repeat: a statement is closed first, so that what is summed cannot grow, and what comes later goes to the next month.
 */
export async function closePeriods(ports: ClosePorts): Promise<number> {
  let issued = 0;
  for (const period of periodsDue(ports.clock(), ports.tenant.timeZone)) {
    issued += await closePeriod(ports, period);
  }
  return issued;
}

async function closePeriod(ports: ClosePorts, period: Period): Promise<number> {
  let issued = 0;
  let cursor: string | undefined;
  do {
    const page = await ports.statements.listStatements(
      { period },
      { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) },
    );
    for (const { statementId, status } of page.items) {
      if (status !== 'DRAFT') continue;
      await issueStatement(ports, statementId);
      issued += 1;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return issued;
}

async function issueStatement({ statements, clock }: ClosePorts, statementId: string): Promise<void> {
  await statements.close(statementId, clock());
  const totals = totalsOf(await linesOf(statements, statementId));
  await statements.issue(statementId, { issuedAt: clock(), totals });
}

/** Every line of a statement. */
export async function linesOf(
  statements: Pick<StatementStore, 'listLines'>,
  statementId: string,
): Promise<readonly StatementLine[]> {
  const lines: StatementLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await statements.listLines(statementId, {
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    lines.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return lines;
}
