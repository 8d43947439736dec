import type { Session, SessionEntry } from '#core/sessions/session.ts';
import { connectorName } from './keys.ts';
import { inBatches, update } from './requests.ts';
import { entryUpdate, placesOf } from './session-items.ts';
import { sessionAttribute } from './station-live-store.ts';
import type { StoreContext } from './store-context.ts';
import { putNew, Update } from './update.ts';

/** The requests that the writes of sessions are made of. */
export function sessionWrites({ client, keys, tables, clock }: StoreContext) {
  const table = tables.operations;
  const entry = (sessionId: string, fact: SessionEntry) =>
    entryUpdate(fact).for(table, keys.entry(sessionId, fact.key));
  return {
    /** The head, where there is none yet. */
    newHead(session: Session) {
      const places = placesOf(keys, session, clock());
      return putNew(table, keys.session(session.sessionId), { ...session, ...places });
    },

    entry,

    /** Makes the session its connector's own, whoever's it was. */
    occupy({ connector, sessionId, stationId }: Session) {
      if (connector === undefined) return [];
      const change = new Update()
        .set('stationId', stationId)
        .set(sessionAttribute(connectorName(connector)), sessionId);
      return [{ Update: change.for(table, keys.live(stationId)) }];
    },

    async addEntries(sessionId: string, entries: readonly SessionEntry[]): Promise<void> {
      await inBatches(entries, (fact) => update(client, entry(sessionId, fact)));
    },
  };
}

export type SessionWrites = ReturnType<typeof sessionWrites>;

/** One transaction holds a hundred items, at twice the price: long lists go ahead of it, as they may be repeated. */
const mostPerTransaction = 20;

export function forOneWrite(entries: readonly SessionEntry[]) {
  return { first: entries.slice(0, mostPerTransaction), surplus: entries.slice(mostPerTransaction) };
}
