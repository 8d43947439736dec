import type { Clock } from '../ports.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { isPast, periodsDue } from './periods.ts';
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
 * A month that nothing is booked on any more is not looked at again.
 */
export async function closePeriods(ports: ClosePorts): Promise<number> {
  const { statements, tenant, clock } = ports;
  const now = clock();
  const finished = new Set(await statements.listFinishedPeriods());
  let issued = 0;
  for (const period of periodsDue(now, tenant.timeZone)) {
    if (finished.has(period)) continue;
    issued += await closePeriod(ports, period);
    if (isPast(period, now, tenant.timeZone)) await statements.finishPeriod(period, clock());
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
