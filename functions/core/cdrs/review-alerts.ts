import { type AlertPorts, type AlertReason, alertIdOf, raiseAlert } from '../alerts/raise-alert.ts';
import type { Cdr } from './cdr.ts';

type Kind = 'CDR_HELD' | 'EVENTS_AFTER_CDR';

interface RatedSession {
  readonly sessionId: string;
  readonly stationId: string;
}

/** Tells operators of a session whose bill could be neither made nor checked, however often it was tried. */
export async function raiseRatingAlert(
  ports: AlertPorts,
  session: RatedSession,
  problem: string,
): Promise<void> {
  await raiseAlert(ports, {
    ...ratingFailed(session),
    severity: 'HIGH',
    message: 'A session could not be rated: once the cause is mended, its dead letter has to be sent back.',
    details: { problem: problem.slice(0, longestProblem) },
  });
}

/** Once a session is rated, its alert needs nobody any more. Nothing where there is none. */
export async function settleRatingAlert(ports: AlertPorts, session: RatedSession): Promise<void> {
  await ports.alerts.resolve(alertIdOf(ports, ratingFailed(session)), ports.clock());
}

function ratingFailed({ sessionId, stationId }: RatedSession) {
  return {
    category: 'BILLING_ERROR',
    kind: 'RATING_FAILED',
    subject: sessionId,
    stationId,
    sessionId,
  } as const satisfies Partial<AlertReason>;
}

/** Enough to find the entry in the function's log. */
const longestProblem = 500;

/** Tells operators of a CDR that is held back until somebody decides. Nothing for any other. */
export async function raiseReviewAlert(ports: AlertPorts, cdr: Cdr): Promise<void> {
  if (cdr.billing !== 'REVIEW') return;
  const priced = cdr.tariff !== undefined;
  await raiseAlert(ports, {
    ...subjectOf(cdr, 'CDR_HELD'),
    severity: priced ? 'MEDIUM' : 'HIGH',
    message: priced
      ? 'A session is not billed before somebody has looked at it.'
      : 'A session could not be priced; it is not billed before somebody has looked at it.',
    details: { cdrId: cdr.cdrId, reasons: cdr.reviewReasons ?? [] },
  });
}

/** Tells operators of events that came after the CDR of their session, which stays as it is. */
export async function raiseLateAlert(ports: AlertPorts, cdr: Cdr, lateEntries: number): Promise<void> {
  await raiseAlert(ports, {
    ...subjectOf(cdr, 'EVENTS_AFTER_CDR'),
    severity: 'MEDIUM',
    message: 'Events of a session arrived late: its CDR does not know them.',
    details: { cdrId: cdr.cdrId, lateEntries },
  });
}

/** Once somebody has decided about a CDR, its alerts need nobody any more. */
export async function settleReviewAlerts(ports: AlertPorts, cdr: Cdr, by: string): Promise<void> {
  const at = ports.clock();
  for (const kind of ['CDR_HELD', 'EVENTS_AFTER_CDR'] as const) {
    await ports.alerts.resolve(alertIdOf(ports, subjectOf(cdr, kind)), at, by);
  }
}

function subjectOf({ sessionId, stationId, cdrId }: Cdr, kind: Kind) {
  return {
    category: 'BILLING_ERROR',
    kind,
    subject: cdrId,
    stationId,
    sessionId,
  } as const satisfies Partial<AlertReason>;
}
