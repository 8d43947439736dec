import { DomainError } from '#core/errors.ts';
import type { Session } from '#core/sessions/session.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { PlainItem } from './items.ts';
import { put, transact } from './requests.ts';
import { moveToConnector } from './session-connector.ts';
import { endSession } from './session-end.ts';
import { addFacts, fillPartial } from './session-facts.ts';
import { readSession } from './session-items.ts';
import { connectorReadings, sessionOrphans } from './session-leftovers.ts';
import { sessionMarks } from './session-marks.ts';
import { sessionReads } from './session-reads.ts';
import { forOneWrite, sessionWrites } from './session-writes.ts';
import type { StoreContext } from './store-context.ts';

/** Sessions of one tenant and what happened during them, in `operations`. */
export function sessionStore(context: StoreContext): SessionStore {
  const { client } = context;
  const writes = sessionWrites(context);
  return {
    ...sessionReads(context),
    ...sessionOrphans(context),
    ...connectorReadings(context),
    ...sessionMarks(context),
    addEntries: writes.addEntries,
    addFacts: (sessionId, stationId, facts) => addFacts(context, { sessionId, stationId }, facts),
    moveToConnector: (session, leaves) => moveToConnector(context, session, leaves),
    endSession: (session, end, entries) => endSession(context, writes, { session, end, entries }),

    async openSession(session, { occupies }) {
      const result = await transact(client, [
        { Put: writes.newHead(session) },
        ...(occupies ? writes.occupy(session) : []),
      ]);
      if (result === 'done') return { outcome: 'opened' };
      return { outcome: 'taken', by: takenBy(result[0]?.found) };
    },

    async recordStart(session, entry, { occupies }) {
      const result = await transact(client, [
        { Put: writes.newHead(session) },
        { Update: writes.entry(session.sessionId, entry) },
        ...(occupies ? writes.occupy(session) : []),
      ]);
      if (result === 'done') return 'opened';
      const known = takenBy(result[0]?.found);
      if (known.stationId !== session.stationId) {
        throw new DomainError('Conflict', `session ${session.sessionId} is of another station`, 'sessionId');
      }
      return fillPartial(context, writes, { known, session, entry, occupies });
    },

    async ensurePartial(session) {
      const result = await put(client, writes.newHead({ ...session, partial: true }));
      return result.done ? { outcome: 'created' } : { outcome: 'known', head: takenBy(result.found) };
    },

    async recordLoneEnd(session, entries) {
      const { first, surplus } = forOneWrite(entries);
      await writes.addEntries(session.sessionId, surplus);
      const result = await transact(client, [
        { Put: writes.newHead(session) },
        ...first.map((entry) => ({ Update: writes.entry(session.sessionId, entry) })),
      ]);
      return result === 'done' ? 'recorded' : 'known';
    },
  };
}

function takenBy(found: PlainItem | undefined): Session {
  if (found === undefined) throw new Error('a refused session did not come with what stands in its place');
  return readSession(found);
}
