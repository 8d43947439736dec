import type { Cdr, CdrResolution, CdrReview } from '#core/cdrs/cdr.ts';
import type { CdrStore } from '#core/cdrs/cdr-store.ts';
import { greatestPowerW } from '#core/cdrs/greatest-power.ts';
import { DomainError } from '#core/errors.ts';
import type { Price } from '#core/tariffs/tariff.ts';
import { type Key, orderOf } from './keys.ts';
import { monthBucket } from './months.ts';
import { transact, update } from './requests.ts';
import type { StoreContext } from './store-context.ts';
import { putNew, Update } from './update.ts';

type Writes = 'issueCdr' | 'addCorrection' | 'resolveReview' | 'markLate';

/** What is added to the ledger, always together with the head of the session it is about. */
export function cdrWrites(context: StoreContext): Pick<CdrStore, Writes> {
  const { client, keys, tables: names } = context;
  return {
    issueCdr: (cdr) => issueCdr(context, cdr),

    async addCorrection(cdr, { follows, resolution }) {
      const head = headUpdate(context, cdr);
      head.when(`${head.name('cdrId')} = ${head.value(follows)}`);
      const result = await transact(client, [
        { Put: putNew(names.ledger, keys.cdr(cdr.cdrId), cdrItem(context, cdr)) },
        { Update: head.for(names.operations, keys.session(cdr.sessionId)) },
        ...(resolution
          ? [{ Put: resolutionPut(context, keys.cdrResolution(follows), follows, resolution) }]
          : []),
      ]);
      if (result === 'done') return 'issued';
      return result[0]?.failed === true ? 'exists' : 'overtaken';
    },

    async resolveReview({ cdrId, sessionId }, review, resolution, entries) {
      const key = review === 'HELD' ? keys.cdrResolution(cdrId) : keys.lateResolution(cdrId, resolution.at);
      const head = new Update().set('billedEntries', entries).remove('cdrReview', 'openPk');
      inReview(head, cdrId, review);
      const result = await transact(client, [
        { Put: resolutionPut(context, key, cdrId, resolution) },
        { Update: head.for(names.operations, keys.session(sessionId)) },
      ]);
      return result === 'done' ? 'resolved' : 'overtaken';
    },

    async markLate({ cdrId, sessionId }) {
      const head = new Update().setAll({
        cdrReview: 'LATE_EVENTS' satisfies CdrReview,
        openPk: keys.cdrsInReview,
      });
      head.when(`${head.name('cdrId')} = ${head.value(cdrId)}`);
      head.when(`attribute_not_exists(${head.name('cdrReview')})`);
      const { done } = await update(client, head.for(names.operations, keys.session(sessionId)));
      return done ? 'marked' : 'known';
    },
  };
}

async function issueCdr(context: StoreContext, cdr: Cdr): ReturnType<CdrStore['issueCdr']> {
  const { client, keys, tables: names } = context;
  const { cdrId, sessionId } = cdr;
  const head = headUpdate(context, cdr);
  head.when(`${head.name('state')} = ${head.value('ENDED')}`);
  head.when(`attribute_not_exists(${head.name('cdrId')})`);
  const result = await transact(client, [
    { Put: putNew(names.ledger, keys.cdr(cdrId), cdrItem(context, cdr)) },
    { Update: head.for(names.operations, keys.session(sessionId)) },
  ]);
  if (result === 'done') return 'issued';
  const [existing, session] = result;
  if (existing?.failed === true || typeof session?.found?.cdrId === 'string') return 'exists';
  throw new DomainError(
    'Conflict',
    `session ${sessionId} has not ended, so it cannot be billed`,
    'sessionId',
  );
}

function cdrItem({ keys, clock }: StoreContext, cdr: Cdr): Readonly<Record<string, unknown>> {
  const { cdrId, stationId, createdAt, counterparty, resolution: _, ...content } = cdr;
  return {
    ...content,
    cdrId,
    stationId,
    createdAt,
    ...(counterparty ? { counterparty, byAccountPk: keys.cdrsOfCounterparty(counterparty) } : {}),
    order: orderOf(createdAt, cdrId),
    byMonthPk: keys.cdrsOfMonth(monthBucket(createdAt, clock())),
    byStationPk: keys.cdrsOfStation(stationId),
  };
}

/** The session's head as its latest CDR leaves it. */
function headUpdate({ keys }: StoreContext, cdr: Cdr): Update {
  const { cdrId, kind, energyWh, currency, basis } = cdr;
  const held = cdr.billing === 'REVIEW';
  const maxPowerW = greatestPowerW(cdr.periods);
  const power = maxPowerW === undefined ? {} : { maxPowerW };
  const head = new Update().setAll({
    cdrId,
    billed: { energyWh, ...power, currency, totalCost: chargedCost(cdr) },
    ...(kind === undefined ? {} : { cdrKind: kind }),
    ...(basis ? { billedEntries: basis.entries } : {}),
  });
  if (held) return head.setAll({ cdrReview: 'HELD' satisfies CdrReview, openPk: keys.cdrsInReview });
  return head.remove('cdrReview', 'openPk');
}

/** A session that was credited costs nothing; its credit says what it takes back. */
function chargedCost({ kind, totalCost }: Cdr): Price {
  if (kind !== 'CREDIT') return totalCost;
  return { exclVat: '0', ...(totalCost.inclVat === undefined ? {} : { inclVat: '0' }) };
}

function inReview(head: Update, cdrId: string, review: CdrReview): void {
  head.when(`${head.name('cdrId')} = ${head.value(cdrId)}`);
  head.when(`${head.name('cdrReview')} = ${head.value(review)}`);
}

function resolutionPut({ tables: names }: StoreContext, key: Key, cdrId: string, resolution: CdrResolution) {
  return putNew(names.ledger, key, { cdrId, ...resolution });
}
