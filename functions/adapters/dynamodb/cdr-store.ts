import * as z from 'zod';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { CdrStore } from '#core/cdrs/cdr-store.ts';
import { type Counterparty, counterpartyOf } from '#core/cdrs/counterparty.ts';
import { DomainError } from '#core/errors.ts';
import { itemReader, type PlainItem } from './items.ts';
import { orderOf, timeText } from './keys.ts';
import { listByMonth } from './month-list.ts';
import { monthBucket } from './months.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch } from './queries.ts';
import { getItem, getItems, transact } from './requests.ts';
import {
  connectorRef,
  decimal,
  price,
  priceComponentType,
  sessionToken,
  signedMeterValue,
  stopReason,
  tariff,
  text,
  whole,
} from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew, Update } from './update.ts';

const ratedPeriod = z.object({
  startedAt: whole,
  endedAt: whole,
  energyWh: z.number(),
  activity: z.enum(['CHARGING', 'PARKING']),
  averagePowerW: z.number().exactOptional(),
  averageCurrentA: z.number().exactOptional(),
  elements: z.partialRecord(priceComponentType, whole),
});

const ratedLine = z.object({
  type: priceComponentType,
  element: whole,
  component: whole,
  unitPrice: decimal,
  vat: decimal.exactOptional(),
  measured: decimal,
  billed: decimal,
  cost: price,
});

const counterparty = z.object({
  kind: z.enum(['ACCOUNT', 'PARTNER']),
  id: text,
}) satisfies z.ZodType<Counterparty>;

const cdrSchema = z.object({
  cdrId: text,
  kind: z.enum(['ORIGINAL', 'CREDIT', 'REPLACEMENT']).exactOptional(),
  creditOf: text.exactOptional(),
  replaces: text.exactOptional(),
  counterparty: counterparty.exactOptional(),
  sessionId: text,
  stationId: text,
  connector: connectorRef,
  transactionRef: text,
  token: sessionToken.exactOptional(),
  billing: z.enum(['BILLABLE', 'UNBILLED', 'REVIEW']),
  startedAt: whole,
  endedAt: whole,
  stopReason: stopReason.exactOptional(),
  timeZone: text,
  currency: text,
  energyWh: z.number(),
  meterStartWh: z.number().exactOptional(),
  meterStopWh: z.number().exactOptional(),
  chargingTimeS: z.number(),
  parkingTimeS: z.number(),
  tariff: tariff.exactOptional(),
  periods: z.array(ratedPeriod),
  lines: z.array(ratedLine),
  totalCost: price,
  totalEnergyCost: price.exactOptional(),
  totalTimeCost: price.exactOptional(),
  totalParkingCost: price.exactOptional(),
  totalFixedCost: price.exactOptional(),
  signed: z
    .array(
      signedMeterValue.extend({
        verdict: z.enum(['VALID', 'INVALID', 'UNVERIFIED']),
        reason: text.exactOptional(),
      }),
    )
    .exactOptional(),
  explanation: z.array(text),
  createdAt: whole,
}) satisfies z.ZodType<Cdr>;

const readCdrItem = itemReader<Cdr>('CDR', cdrSchema);

/** CDRs that were written before they named their counterparty have the one that their token says. */
function readCdr(item: PlainItem): Cdr {
  const cdr = readCdrItem(item);
  if (cdr.counterparty || cdr.token?.status !== 'ACCEPTED') return cdr;
  return { ...cdr, counterparty: counterpartyOf(cdr.token) };
}

/** CDRs of one tenant, in the ledger: added, never changed. */
export function cdrStore(context: StoreContext): CdrStore {
  const { client, keys, tenantId } = context;
  const table = context.tables.ledger;
  const cdrsAt = async (places: readonly Readonly<Record<string, unknown>>[]) =>
    (await getItems(client, table, places.map(keyOf))).map(readCdr);

  return {
    async findCdr(cdrId) {
      const item = await getItem(client, table, keys.cdr(cdrId));
      return item && readCdr(item);
    },

    async findCdrs(cdrIds) {
      return (await getItems(client, table, cdrIds.map(keys.cdr))).map(readCdr);
    },

    async listCdrs({ stationId, createdFrom, createdBefore }, page) {
      if (stationId === undefined) {
        const list = {
          name: 'CDRs',
          table,
          declaration: tables.ledger,
          index: 'byMonth',
          partitionsOf: (month: string) => [keys.cdrsOfMonth(month)],
          startedFrom: createdFrom,
          startedBefore: createdBefore,
        };
        const { items, cursor } = await listByMonth(context, list, page);
        return { items: await cdrsAt(items), ...(cursor === undefined ? {} : { cursor }) };
      }
      const position = positionIn(page.cursor, tenantId, 'CDRs of a station', isSortText);
      const { items, next } = await readStretch(client, {
        table,
        declaration: tables.ledger,
        index: 'byStation',
        partition: keys.cdrsOfStation(stationId),
        ...(createdFrom === undefined ? {} : { from: timeText(createdFrom) }),
        ...(createdBefore === undefined ? {} : { to: timeText(createdBefore) }),
        ...(position === undefined ? {} : { after: position }),
        newestFirst: true,
        limit: pageLimit(page),
      });
      const cursor = next && toCursor(tenantId, 'CDRs of a station', next);
      return { items: await cdrsAt(items), ...(cursor === undefined ? {} : { cursor }) };
    },

    issueCdr: (cdr) => issueCdr(context, cdr),
  };
}

async function issueCdr(
  { client, keys, tables: names }: StoreContext,
  cdr: Cdr,
): ReturnType<CdrStore['issueCdr']> {
  const { cdrId, sessionId, stationId, createdAt, counterparty } = cdr;
  const item = {
    ...cdr,
    order: orderOf(createdAt, cdrId),
    byMonthPk: keys.cdrsOfMonth(monthBucket(createdAt, Date.now())),
    byStationPk: keys.cdrsOfStation(stationId),
    ...(counterparty ? { byAccountPk: keys.cdrsOfCounterparty(counterparty) } : {}),
  };
  const { energyWh, currency, totalCost } = cdr;
  const billed = new Update().setAll({ cdrId, billed: { energyWh, currency, totalCost } });
  if (cdr.billing === 'REVIEW') billed.set('cdrInReview', true);
  billed.when(`${billed.name('state')} = ${billed.value('ENDED')}`);
  billed.when(`attribute_not_exists(${billed.name('cdrId')})`);
  const result = await transact(client, [
    { Put: putNew(names.ledger, keys.cdr(cdrId), item) },
    { Update: billed.for(names.operations, keys.session(sessionId)) },
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
