import type { SessionStore } from '#core/sessions/session-store.ts';
import { secondsPerDay } from './items.ts';
import { update } from './requests.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** A session is over by then. */
const claimDays = 7;

/** What is noted on a session beside what its station said. */
export function sessionMarks({
  client,
  keys,
  tables,
}: StoreContext): Pick<SessionStore, 'noteMissingEvents' | 'claimCostUpdate' | 'pinTariff'> {
  const table = tables.operations;
  return {
    async noteMissingEvents({ sessionId, stationId }, missing) {
      const change = new Update().set('missingEvents', missing);
      change.when(`${change.name('stationId')} = ${change.value(stationId)}`);
      await update(client, change.for(table, keys.session(sessionId)));
    },

    async pinTariff({ sessionId, stationId, startedAt }, pin) {
      const change = new Update().set('tariffPin', pin);
      const [pinned, billed] = [change.name('tariffPin'), change.name('cdrId')];
      change.when(`attribute_not_exists(${pinned}) AND attribute_not_exists(${billed})`);
      change.when(`${change.name('stationId')} = ${change.value(stationId)}`);
      change.when(`${change.name('startedAt')} = ${change.value(startedAt)}`);
      const { done } = await update(client, change.for(table, keys.session(sessionId)));
      return done ? 'pinned' : 'kept';
    },

    async claimCostUpdate(sessionId, at, everyMs) {
      const change = new Update().set('toldAt', at);
      change.set('expiresAtS', Math.floor(at / 1000) + claimDays * secondsPerDay);
      const toldAt = change.name('toldAt');
      change.when(`attribute_not_exists(${toldAt}) OR ${toldAt} <= ${change.value(at - everyMs)}`);
      const { done } = await update(client, change.for(table, keys.costClaim(sessionId)));
      return done ? 'claimed' : 'too-soon';
    },
  };
}
