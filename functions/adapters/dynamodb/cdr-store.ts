import type { Cdr } from '#core/cdrs/cdr.ts';
import type { CdrInReview, CdrQuery, CdrStore } from '#core/cdrs/cdr-store.ts';
import type { Page, PageRequest } from '#core/ports.ts';
import { readCdr, readResolution, standingCdr } from './cdr-items.ts';
import { cdrWrites } from './cdr-writes.ts';
import { timeText } from './keys.ts';
import { listByMonth } from './month-list.ts';
import { isSortText, mostReadsPerPage, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch } from './queries.ts';
import { getItem, getItems } from './requests.ts';
import { readSession } from './session-items.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';

/** CDRs of one tenant, in the ledger: added, never changed. */
export function cdrStore(context: StoreContext): CdrStore {
  const { client, keys } = context;
  const table = context.tables.ledger;
  return {
    async findCdr(cdrId) {
      const item = await getItem(client, table, keys.cdr(cdrId));
      if (!item) return undefined;
      const cdr = readCdr(item);
      if (cdr.billing !== 'REVIEW') return cdr;
      const resolution = await getItem(client, table, keys.cdrResolution(cdrId));
      return standingCdr(cdr, resolution && readResolution(resolution));
    },

    async findCdrs(cdrIds) {
      return standingCdrs(context, (await getItems(client, table, cdrIds.map(keys.cdr))).map(readCdr));
    },

    listCdrs: (query, page) => listCdrs(context, query, page),
    listInReview: (page) => listInReview(context, page),
    ...cdrWrites(context),
  };
}

/** Only those that were for review have a decision beside them. */
async function standingCdrs(
  { client, tables: names, keys }: StoreContext,
  cdrs: readonly Cdr[],
): Promise<readonly Cdr[]> {
  const held = cdrs
    .filter(({ billing }) => billing === 'REVIEW')
    .map(({ cdrId }) => keys.cdrResolution(cdrId));
  if (held.length === 0) return cdrs;
  const found = (await getItems(client, names.ledger, held)).map(readResolution);
  const byCdr = new Map(found.map((resolution) => [resolution.cdrId, resolution]));
  return cdrs.map((cdr) => standingCdr(cdr, byCdr.get(cdr.cdrId)));
}

/**
 * Of a counterparty, else of a station, else of the tenant month by month. What the chosen order does not answer is
 * left out of what is read, a few reads per page: a page may come short, with the cursor that continues it.
 */
async function listCdrs(context: StoreContext, query: CdrQuery, page: PageRequest): Promise<Page<Cdr>> {
  const limit = pageLimit(page);
  const items: Cdr[] = [];
  let { cursor } = page;
  for (let reads = 0; reads < mostReadsPerPage && items.length < limit; reads += 1) {
    const room = { limit: limit - items.length, ...(cursor === undefined ? {} : { cursor }) };
    const found = await stretchOf(context, query, room);
    items.push(...found.items.filter((cdr) => fits(cdr, query)));
    cursor = found.cursor;
    if (cursor === undefined) return { items };
  }
  return cursor === undefined ? { items } : { items, cursor };
}

function fits({ billing, stationId }: Cdr, query: CdrQuery): boolean {
  if (query.billing !== undefined && billing !== query.billing) return false;
  return query.stationId === undefined || stationId === query.stationId;
}

async function stretchOf(context: StoreContext, query: CdrQuery, page: PageRequest): Promise<Page<Cdr>> {
  const { keys } = context;
  const { counterparty, stationId, createdFrom, createdBefore } = query;
  if (counterparty) {
    const partition = keys.cdrsOfCounterparty(counterparty);
    return listPartition(
      context,
      { name: 'CDRs of a counterparty', index: 'byAccount', partition },
      query,
      page,
    );
  }
  if (stationId !== undefined) {
    const partition = keys.cdrsOfStation(stationId);
    return listPartition(context, { name: 'CDRs of a station', index: 'byStation', partition }, query, page);
  }
  const { items, cursor } = await listByMonth(
    context,
    {
      name: 'CDRs',
      table: context.tables.ledger,
      declaration: tables.ledger,
      index: 'byMonth',
      partitionsOf: (month) => [keys.cdrsOfMonth(month)],
      startedFrom: createdFrom,
      startedBefore: createdBefore,
    },
    page,
  );
  return { items: await cdrsAt(context, items), ...(cursor === undefined ? {} : { cursor }) };
}

async function listPartition(
  context: StoreContext,
  list: { readonly name: string; readonly index: string; readonly partition: string },
  { createdFrom, createdBefore }: CdrQuery,
  page: PageRequest,
): Promise<Page<Cdr>> {
  const { client, tenantId } = context;
  const { name, index, partition } = list;
  const position = positionIn(page.cursor, tenantId, name, isSortText);
  const { items, next } = await readStretch(client, {
    table: context.tables.ledger,
    declaration: tables.ledger,
    index,
    partition,
    ...(createdFrom === undefined ? {} : { from: timeText(createdFrom) }),
    ...(createdBefore === undefined ? {} : { to: timeText(createdBefore) }),
    ...(position === undefined ? {} : { after: position }),
    newestFirst: true,
    limit: pageLimit(page),
  });
  const cursor = next && toCursor(tenantId, name, next);
  return { items: await cdrsAt(context, items), ...(cursor === undefined ? {} : { cursor }) };
}

async function cdrsAt(
  context: StoreContext,
  places: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly Cdr[]> {
  const items = await getItems(context.client, context.tables.ledger, places.map(keyOf));
  return standingCdrs(context, items.map(readCdr));
}

/** Sessions stand in the queue by what their heads say: the index lags, so each head has the last word. */
async function listInReview(context: StoreContext, page: PageRequest): Promise<Page<CdrInReview>> {
  const { client, keys, tenantId, tables: names } = context;
  const position = positionIn(page.cursor, tenantId, 'CDRs in review', isSortText);
  const { items, next } = await readStretch(client, {
    table: names.operations,
    declaration: tables.operations,
    index: 'open',
    partition: keys.cdrsInReview,
    ...(position === undefined ? {} : { after: position }),
    newestFirst: false,
    limit: pageLimit(page),
  });
  const heads = (await getItems(client, names.operations, items.map(keyOf))).map(readSession);
  const waiting = heads.flatMap(({ cdrId, cdrReview }) =>
    cdrId === undefined || cdrReview === undefined ? [] : [{ cdrId, review: cdrReview }],
  );
  const found = (
    await getItems(
      client,
      names.ledger,
      waiting.map(({ cdrId }) => keys.cdr(cdrId)),
    )
  ).map(readCdr);
  const byId = new Map((await standingCdrs(context, found)).map((cdr) => [cdr.cdrId, cdr]));
  const cursor = next && toCursor(tenantId, 'CDRs in review', next);
  return {
    items: waiting.flatMap(({ cdrId, review }) => {
      const cdr = byId.get(cdrId);
      return cdr ? [{ cdr, review }] : [];
    }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}
