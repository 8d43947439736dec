import type { AlertPorts } from '../alerts/raise-alert.ts';
import { distinctEntries } from '../sessions/assemble-session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { CdrStore } from './cdr-store.ts';
import { raiseLateAlert } from './review-alerts.ts';

export interface LateEventPorts extends AlertPorts {
  readonly sessions: Pick<SessionStore, 'findSession' | 'listEntries'>;
  readonly cdrs: Pick<CdrStore, 'findCdr' | 'markLate'>;
}

/**
 * Puts the CDR of a session up for review when there are events of the session that it does not know. The CDR stays as
 * it is: whether to correct it is for a person to say. `not-billed`: the session has ended, and its CDR may be in the
 * making from what was there before.
 */
export async function noteLateEvents(
  ports: LateEventPorts,
  { sessionId }: { readonly sessionId: string },
): Promise<'late' | 'nothing-late' | 'not-billed'> {
  const session = await ports.sessions.findSession(sessionId);
  if (session?.state === 'ENDED' && session.cdrId === undefined) return 'not-billed';
  if (session?.cdrId === undefined || session.cdrKind === 'CREDIT') return 'nothing-late';
  const entries = distinctEntries(session, await ports.sessions.listEntries(sessionId));
  const { billedEntries = 0 } = session;
  if (entries.length <= billedEntries) return 'nothing-late';
  const cdr = await ports.cdrs.findCdr(session.cdrId);
  if (!cdr) return 'nothing-late';
  await ports.cdrs.markLate(cdr);
  await raiseLateAlert(ports, cdr, entries.length - billedEntries);
  return 'late';
}
