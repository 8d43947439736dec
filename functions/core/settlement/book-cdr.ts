import type { Cdr } from '../cdrs/cdr.ts';
import type { CdrStore } from '../cdrs/cdr-store.ts';
import { DomainError } from '../errors.ts';
import type { Clock, Digest } from '../ports.ts';
import { toText } from '../tariffs/decimal.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { nextPeriod, openPeriod, periodAt } from './periods.ts';
import { type Account, type StatementLine, statementIdOf } from './statement.ts';
import type { StatementStore } from './statement-store.ts';
import { totalOf, vatSharesOf } from './vat-shares.ts';

/** What booking works with. */
export interface ChargePorts {
  readonly tenant: Pick<Tenant, 'tenantId' | 'timeZone'>;
  readonly statements: Pick<StatementStore, 'bookLine'>;
  readonly digest: Digest;
}

export interface BookPorts extends ChargePorts {
  readonly cdrs: Pick<CdrStore, 'findCdr'>;
  readonly clock: Clock;
}

/** A month may be closed while a CDR is booked on it; that the next is closed as well has another cause. */
const mostMonthsAhead = 3;

/**
 * Puts a CDR on the statement of its counterparty, once: of the month in which it was made or, where that is due to be
 * closed, of the one that goes on. What nobody pays for, or nobody has decided about, is not booked. Throws `NotFound` for
 * a CDR that is not there.
 */
export async function bookCdr(
  ports: BookPorts,
  { cdrId }: { cdrId: string },
): Promise<'booked' | 'booked-before' | 'not-billed'> {
  const cdr = await ports.cdrs.findCdr(cdrId);
  if (!cdr) throw new DomainError('NotFound', `CDR ${cdrId} is not known`, 'cdrId');
  if (cdr.billing !== 'BILLABLE') return 'not-billed';
  if (!cdr.counterparty) throw new Error(`CDR ${cdrId} is billable, but nobody is to pay for it`);
  const { counterparty, currency } = cdr;
  const account = { counterparty, currency, direction: 'RECEIVABLE' } as const;
  return bookCharge(ports, { account, line: lineOf(cdr, ports.clock()), madeAt: cdr.createdAt });
}

/**
 * Puts a charge on the statement of its account, once by the id of its CDR: what the tenant bills, and as well what
 * partners bill the tenant for its drivers (`PAYABLE`), whose ids must be told apart from the tenant's own. `madeAt`:
 * when its CDR was made; the month of that moment takes it or, where that is due to be closed, the one that goes on:
 * nobody gets a statement of a month that is settled.
 */
export async function bookCharge(
  ports: ChargePorts,
  { account, line, madeAt }: { account: Account; line: StatementLine; madeAt: number },
): Promise<'booked' | 'booked-before'> {
  const { tenantId, timeZone } = ports.tenant;
  const open = openPeriod(line.bookedAt, timeZone);
  const made = periodAt(madeAt, timeZone);
  let period = made > open ? made : open;
  for (let month = 0; month < mostMonthsAhead; month += 1) {
    const statementId = statementIdOf(ports.digest, tenantId, account, period);
    const opened = { statementId, account, period, openedAt: line.bookedAt };
    const result = await ports.statements.bookLine(opened, line);
    if (result !== 'closed') return result;
    period = nextPeriod(period);
  }
  throw new Error(`no statement takes CDR ${line.cdrId}: all up to ${period} are closed`);
}

function lineOf(cdr: Cdr, bookedAt: number): StatementLine {
  const { cdrId, kind = 'ORIGINAL', sessionId, stationId, token, startedAt, endedAt, energyWh } = cdr;
  const corrects = cdr.creditOf ?? cdr.replaces;
  const { exclVat, inclVat } = totalOf(cdr);
  return {
    cdrId,
    kind,
    ...(corrects === undefined ? {} : { corrects }),
    sessionId,
    stationId,
    ...(token ? { tokenUid: token.uid } : {}),
    startedAt,
    endedAt,
    energyWh,
    exclVat: toText(exclVat),
    inclVat: toText(inclVat),
    vat: vatSharesOf(cdr),
    bookedAt,
  };
}
