import type { Clock, Digest } from '../ports.ts';
import type { Alert } from './alert.ts';
import type { AlertStore } from './alert-store.ts';

export interface AlertPorts {
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** What to say. `subject` tells apart alerts of the same kind about the same station: `''` when there is but one. */
export type AlertReason = Pick<
  Alert,
  'category' | 'severity' | 'kind' | 'message' | 'stationId' | 'sessionId' | 'details'
> & { readonly subject: string };

/**
 * Tells operators of something. The same reason again counts on the alert that is there, so it is safe to repeat and
 * cheap to raise for every bad frame of a bad day.
 */
export async function raiseAlert(ports: AlertPorts, reason: AlertReason): Promise<string> {
  const { subject: _, ...said } = reason;
  const alertId = alertIdOf(ports, reason);
  const now = ports.clock();
  await ports.alerts.raise({ ...said, alertId, raisedAt: now, lastAt: now, count: 1 });
  return alertId;
}

/** The id of the alert that a reason leads to, for whoever wants to resolve it. */
export function alertIdOf(
  { digest }: Pick<AlertPorts, 'digest'>,
  {
    category,
    kind,
    stationId = '',
    subject,
  }: Pick<AlertReason, 'category' | 'kind' | 'stationId' | 'subject'>,
): string {
  return digest(JSON.stringify([category, kind, stationId, subject])).slice(0, 32);
}
