import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type {
  CountedFact,
  CounterStore,
  DateRange,
  DayAddition,
  DayCounter,
} from '#core/analytics/counter-store.ts';
import { addFigures, type Figures, noRevenue, type RevenueFigures } from '#core/analytics/figures.ts';
import { itemReader, type PlainItem, secondsPerDay, toAttributes } from './items.ts';
import { type Key, shardOf, shards } from './keys.ts';
import { inBatches, transact } from './requests.ts';
import { text } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew, Update } from './update.ts';

/**
 * How long a fact is known to be counted: twice as long as the bus's archive can tell it again, with the days that a
 * message may wait in queues and among dead letters still to spare.
 */
export const countedKnownDays = 180;

/** DynamoDB's own limit of items per transaction. */
const itemsPerTransaction = 100;

const wholeText = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);
const decimalText = z.string().regex(/^-?\d+(\.\d+)?$/);

const plainFigures = ['sessions', 'durationMs', 'energyWh', 'busyMs', 'faults'] as const;
const revenueParts = ['exclVat', 'inclVat', 'cdrs', 'withoutVat'] as const;

/** Numbers are read as the text they travel as. Money is an attribute per currency: `exclVat:EUR`. */
const readCounts = itemReader(
  'day counter',
  z.object({
    date: text,
    timeZone: text,
    sessions: wholeText.default(0),
    durationMs: wholeText.default(0),
    energyWh: wholeText.default(0),
    busyMs: wholeText.default(0),
    faults: wholeText.default(0),
  }),
);

const readRevenue = itemReader<RevenueFigures>(
  'day counter',
  z.object({
    exclVat: decimalText.default('0'),
    inclVat: decimalText.default('0'),
    cdrs: wholeText.default(0),
    withoutVat: wholeText.default(0),
  }),
);

/** Counters of one tenant, in `operations`. */
export function counterStore(context: StoreContext): CounterStore {
  const { client, keys, tables } = context;
  const table = tables.operations;
  return {
    async addFacts(facts, now) {
      for (const group of groupsOf(facts)) await addGroup(context, group, now);
    },

    async listStationDays(stationIds, range) {
      const found = new Map<string, readonly DayCounter[]>();
      await inBatches(stationIds, async (stationId) => {
        found.set(stationId, await readDays(client, table, keys.daysOfStation(stationId), range));
      });
      return found;
    },

    async listTenantDays(range) {
      const ofShards = shards.map((shard) => readDays(client, table, keys.daysOfTenant(shard), range));
      return (await Promise.all(ofShards)).flat();
    },
  };
}

/** As many facts together as surely fit into a transaction: each is an item, and up to two for each of its days. */
function groupsOf(facts: readonly CountedFact[]): readonly (readonly CountedFact[])[] {
  const groups: CountedFact[][] = [];
  let room = 0;
  for (const fact of facts) {
    const items = 1 + 2 * new Set(fact.additions.map(({ stationId, date }) => `${stationId} ${date}`)).size;
    if (items > room) {
      groups.push([]);
      room = itemsPerTransaction;
    }
    groups.at(-1)?.push(fact);
    room -= items;
  }
  return groups;
}

/** Adds a group, each time without the facts that turned out to be counted. */
async function addGroup(context: StoreContext, group: readonly CountedFact[], now: number): Promise<void> {
  let open = group;
  while (open.length > 0) {
    const result = await transact(context.client, [
      ...marksOf(context, open, now),
      ...incrementsOf(context, open),
    ]);
    if (result === 'done') return;
    const uncounted = open.filter((_, index) => result[index]?.failed !== true);
    if (uncounted.length === open.length) throw new Error('a counter refused to be increased');
    open = uncounted;
  }
}

function marksOf(
  { keys, tables }: StoreContext,
  facts: readonly CountedFact[],
  now: number,
): readonly TransactWriteItem[] {
  const expiresAtS = Math.ceil(now / 1000) + countedKnownDays * secondsPerDay;
  return facts.map(({ factId }) => {
    const { ReturnValuesOnConditionCheckFailure: _, ...mark } = putNew(
      tables.operations,
      keys.counted(factId),
      { countedAt: now, expiresAtS },
    );
    return { Put: mark };
  });
}

/**
 * One update per station and day, and one per day of the tenant, whatever number of facts adds to them. Which of the
 * tenant's items of that day is chosen anew for each transaction, so that writers rarely meet.
 */
function incrementsOf(
  { keys, tables }: StoreContext,
  facts: readonly CountedFact[],
): readonly TransactWriteItem[] {
  const additions = facts.flatMap((fact) => fact.additions);
  const shard = shardOf(facts[0]?.factId ?? '');
  const ofStations = sums(additions, ({ stationId, date, timeZone }) =>
    keys.dayOfStation(stationId, date, timeZone),
  );
  const ofTenant = sums(additions, ({ date, timeZone }) => keys.dayOfTenant(shard, date, timeZone));
  return [...ofStations, ...ofTenant].map(({ key, date, timeZone, figures }) => ({
    Update: increment(figures).setAll({ date, timeZone }).for(tables.operations, key),
  }));
}

function sums(
  additions: readonly DayAddition[],
  keyOfAddition: (addition: DayAddition) => Key,
): readonly (DayCounter & { readonly key: Key })[] {
  const found = new Map<string, DayCounter & { readonly key: Key }>();
  for (const addition of additions) {
    const { date, timeZone, figures } = addition;
    const key = keyOfAddition(addition);
    const name = `${key.pk}\n${key.sk}`;
    const known = found.get(name);
    const sum = known ? addFigures(known.figures, figures) : figures;
    found.set(name, { key, date, timeZone, figures: sum });
  }
  return [...found.values()];
}

function increment(figures: Figures): Update {
  const change = new Update();
  for (const name of plainFigures) addUnlessZero(change, name, String(figures[name]));
  for (const [currency, revenue] of Object.entries(figures.revenue)) {
    for (const name of revenueParts) addUnlessZero(change, `${name}:${currency}`, String(revenue[name]));
  }
  return change;
}

function addUnlessZero(change: Update, name: string, amount: string): void {
  if (Number(amount) !== 0) change.add(name, amount);
}

/** All of a range: a day is one item per zone. */
async function readDays(
  client: DynamoDBClient,
  table: string,
  partition: string,
  { first, last }: DateRange,
): Promise<readonly DayCounter[]> {
  const query: QueryCommandInput = {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
    ExpressionAttributeValues: toAttributes({ ':pk': partition, ':first': first, ':last': `${last}~` }),
  };
  const days: DayCounter[] = [];
  let startKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new QueryCommand({ ...query, ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }) }),
    );
    const items = page.Items ?? [];
    days.push(...items.map((item) => dayOf(unmarshall(item, { wrapNumbers: (number) => number }))));
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
  return days;
}

function dayOf(item: PlainItem): DayCounter {
  const { date, timeZone, ...counts } = readCounts(item);
  const parts = new Map<string, Record<string, unknown>>();
  for (const [name, value] of Object.entries(item)) {
    const [part = '', currency] = name.split(':');
    if (currency === undefined) continue;
    parts.set(currency, { ...parts.get(currency), [part]: value });
  }
  const revenue = Object.fromEntries(
    [...parts].map(([currency, figures]) => [currency, { ...noRevenue, ...readRevenue(figures) }]),
  );
  return { date, timeZone, figures: { ...counts, revenue } };
}
