import type { Digest } from '../ports.ts';
import type { SessionEntry } from './session.ts';
import { numberedSessionId, referencedSessionId } from './session-id.ts';
import type { SessionStore } from './session-store.ts';

/** What a station said of a transaction, and the session it belongs to when there is one. */
export interface TransactionTrace {
  readonly sessionId?: string;
  readonly entries: readonly SessionEntry[];
}

/**
 * Everything that a station said of a transaction by the id it knows it by, whether or not a session of it is known: what
 * comes early waits under that id, and stays there when its start never comes.
 */
export async function traceOfTransaction(
  ports: { tenantId: string; sessions: SessionStore; digest: Digest },
  { stationId, transactionRef }: { stationId: string; transactionRef: string },
): Promise<TransactionTrace> {
  const { digest, tenantId, sessions } = ports;
  const ids = [
    referencedSessionId(digest, tenantId, stationId, transactionRef),
    ...(/^\d{1,10}$/.test(transactionRef)
      ? [numberedSessionId(digest, tenantId, Number(transactionRef))]
      : []),
  ];
  const [heads, ...lists] = await Promise.all([
    sessions.findSessions(ids),
    ...ids.map((id) => sessions.listEntries(id)),
  ]);
  const head = heads.find((session) => session.stationId === stationId);
  const entries = lists.flat().filter((entry) => entry.stationId === stationId);
  return { ...(head ? { sessionId: head.sessionId } : {}), entries };
}
