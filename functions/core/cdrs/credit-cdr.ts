import type { AlertPorts } from '../alerts/raise-alert.ts';
import { DomainError } from '../errors.ts';
import { decimal, toText } from '../tariffs/decimal.ts';
import type { Price } from '../tariffs/tariff.ts';
import type { Cdr, CdrResolution } from './cdr.ts';
import { creditIdOf } from './cdr-id.ts';
import type { CdrStore } from './cdr-store.ts';
import { settleReviewAlerts } from './review-alerts.ts';

export interface CreditCdrPorts extends AlertPorts {
  readonly cdrs: Pick<CdrStore, 'findCdr' | 'addCorrection'>;
}

/** Who corrects which CDR, and why. */
export interface CorrectionAsked {
  readonly cdrId: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Takes a CDR back with a credit CDR: the same again, with `totalCost` below zero and nothing else changed (OCPI 2.2.1
 * mod_cdrs, Credit CDRs). Once: a repeat gives the credit that is there (`exists`). What was never billed is credited
 * for the books alone.
 *
 * Throws `NotFound` for an unknown CDR, `Conflict` for a credit, and when somebody decided otherwise meanwhile.
 */
export async function creditCdr(
  ports: CreditCdrPorts,
  asked: CorrectionAsked,
): Promise<{ readonly outcome: 'issued' | 'exists'; readonly cdr: Cdr }> {
  const original = await correctableCdr(ports, asked.cdrId);
  const cdrId = creditIdOf(original.cdrId);
  const known = await ports.cdrs.findCdr(cdrId);
  if (known) return { outcome: 'exists', cdr: known };

  const at = ports.clock();
  const credit = creditOf(original, asked, at);
  const { reason, by } = asked;
  const resolution: CdrResolution = { decision: 'CORRECTED', reason, by, at };
  const follows = original.cdrId;
  const outcome = await ports.cdrs.addCorrection(
    credit,
    original.billing === 'REVIEW' ? { follows, resolution } : { follows },
  );
  const stored = outcome === 'issued' ? credit : await ports.cdrs.findCdr(cdrId);
  if (!stored) throw new DomainError('Conflict', `CDR ${follows} was decided about meanwhile`, 'cdrId');
  await settleReviewAlerts(ports, original, by);
  return { outcome: outcome === 'issued' ? 'issued' : 'exists', cdr: stored };
}

/** The CDR, which must be there and be no credit. */
export async function correctableCdr(
  { cdrs }: { readonly cdrs: Pick<CdrStore, 'findCdr'> },
  cdrId: string,
): Promise<Cdr> {
  const cdr = await cdrs.findCdr(cdrId);
  if (!cdr) throw new DomainError('NotFound', `CDR ${cdrId} is not known`, 'cdrId');
  if (cdr.kind === 'CREDIT') throw new DomainError('Conflict', 'a credit cannot be corrected', 'cdrId');
  return cdr;
}

function creditOf(original: Cdr, { reason, by }: CorrectionAsked, createdAt: number): Cdr {
  const { resolution: _, replaces: __, reviewReasons: ___, ...copied } = original;
  return {
    ...copied,
    cdrId: creditIdOf(original.cdrId),
    kind: 'CREDIT',
    creditOf: original.cdrId,
    billing: original.billing === 'BILLABLE' ? 'BILLABLE' : 'UNBILLED',
    totalCost: negated(original.totalCost),
    correction: { reason, by },
    explanation: [`Takes back CDR ${original.cdrId}: ${reason}`, `Asked for by ${by}.`],
    createdAt,
  };
}

function negated({ exclVat, inclVat }: Price): Price {
  return {
    exclVat: toText(decimal(exclVat).neg()),
    ...(inclVat === undefined ? {} : { inclVat: toText(decimal(inclVat).neg()) }),
  };
}
