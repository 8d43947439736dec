import { DomainError } from '../errors.ts';
import { distinctEntries } from '../sessions/assemble-session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Cdr, CdrResolution } from './cdr.ts';
import type { CdrStore } from './cdr-store.ts';
import { type CorrectionAsked, type CreditCdrPorts, correctableCdr } from './credit-cdr.ts';
import { settleReviewAlerts } from './review-alerts.ts';

export interface ResolveReviewPorts extends CreditCdrPorts {
  readonly sessions: Pick<SessionStore, 'findSession' | 'listEntries'>;
  readonly cdrs: Pick<CdrStore, 'findCdr' | 'addCorrection' | 'resolveReview'>;
}

export type ReviewDecision = Exclude<CdrResolution['decision'], 'CORRECTED'>;

/**
 * Decides about a CDR in review, and writes down who did and why; the CDR stays as it was written. `RELEASED`: it is
 * billed as it is, or, where events came after it, stands as it is. `WRITTEN_OFF`: nobody is billed. To correct it,
 * credit or reissue it.
 *
 * The same decision again is no news. Throws `NotFound` for an unknown CDR, `Conflict` for one that is not in review,
 * for another decision than was taken, and for writing off what has been billed.
 */
export async function resolveReview(
  ports: ResolveReviewPorts,
  asked: CorrectionAsked & { readonly decision: ReviewDecision },
): Promise<Cdr> {
  const { cdrId, decision, reason, by } = asked;
  const cdr = await correctableCdr(ports, cdrId);
  const session = await ports.sessions.findSession(cdr.sessionId);
  const latest = session?.cdrId === cdrId ? session : undefined;
  if (!latest?.cdrReview) return decidedAlready(cdr, decision, latest !== undefined);
  const review = latest.cdrReview;
  if (review === 'LATE_EVENTS' && decision === 'WRITTEN_OFF') {
    throw new DomainError('Conflict', `CDR ${cdrId} has been issued: credit it`, 'decision');
  }
  const entries = distinctEntries(latest, await ports.sessions.listEntries(cdr.sessionId)).length;
  const resolution: CdrResolution = { decision, reason, by, at: ports.clock() };
  const outcome = await ports.cdrs.resolveReview(cdr, review, resolution, entries);
  const decided = await correctableCdr(ports, cdrId);
  if (outcome === 'overtaken') return decidedAlready(decided, decision, false);
  await settleReviewAlerts(ports, cdr, by);
  return decided;
}

/** What is billed as it is needs no release. */
function decidedAlready(cdr: Cdr, decision: ReviewDecision, isLatest: boolean): Cdr {
  if (cdr.resolution?.decision === decision) return cdr;
  if (isLatest && decision === 'RELEASED' && cdr.billing === 'BILLABLE') return cdr;
  throw new DomainError('Conflict', `CDR ${cdr.cdrId} is not in review`, 'cdrId');
}
