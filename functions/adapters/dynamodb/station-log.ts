import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { StationLog, StationLogEntry, StationLogQuery } from '#core/station-log/station-log.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { orderOf, tenantKeys } from './keys.ts';
import { badCursor, isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { readStretch } from './queries.ts';
import { putItems } from './requests.ts';
import { text, whole } from './schemas.ts';
import { tables } from './tables.ts';

const dayMs = secondsPerDay * 1000;

/** Entries are kept together up to this size: a write is paid for by the kilobyte, and an item holds 400. */
const batchBytes = 100_000;

/** How many reads one page may cost: quiet days are read as well. */
const mostReads = 40;

const entrySchema = z.object({
  entryId: text,
  at: whole,
  direction: z.enum(['IN', 'OUT', 'LINK']),
  connectionId: text.exactOptional(),
  frame: text.exactOptional(),
  answer: text.exactOptional(),
  action: text.exactOptional(),
  decision: text,
  latencyMs: z.number().exactOptional(),
}) satisfies z.ZodType<StationLogEntry>;

const readBatch = itemReader(
  'stretch of a station log',
  z.object({
    entries: text.transform((json): StationLogEntry[] => z.array(entrySchema).parse(JSON.parse(json))),
  }),
);

/** The station log of one tenant, in the journal: a partition per station and day, kept for `keptDays`. */
export function stationLog(context: {
  client: DynamoDBClient;
  table: string;
  tenantId: string;
  keptDays: number;
}): StationLog {
  const { client, table, tenantId, keptDays } = context;
  const keys = tenantKeys(tenantId);
  return {
    async append(ofStations) {
      const items = [...ofStations].flatMap(([stationId, entries]) => itemsOf(stationId, entries));
      await putItems(client, table, items);
    },

    async read(stationId, query, page) {
      const limit = pageLimit(page);
      const name = `station log ${query.newestFirst ? 'back' : 'on'}`;
      const position = positionIn(page.cursor, tenantId, name, isLogPosition);
      const days = daysOf(query, keptDays);
      let place = position === undefined ? { day: days.first } : placeIn(position);
      const found = new Map<string, StationLogEntry>();
      for (let reads = 0; reads < mostReads && found.size < limit; reads += 1) {
        if (days.isBeyond(place.day)) return { items: [...found.values()] };
        const { entries, next } = await readDay(stationId, place, query, limit - found.size);
        for (const entry of entries) found.set(entry.entryId, entry);
        place = next === undefined ? { day: days.after(place.day) } : { ...place, after: next };
      }
      const cursor = toCursor(tenantId, name, `${place.day}/${place.after ?? ''}`);
      return { items: [...found.values()], cursor };
    },
  };

  function itemsOf(stationId: string, entries: readonly StationLogEntry[]) {
    return batchesOf(entries).flatMap(({ day, batch }) => {
      const [first] = batch;
      if (first === undefined) return [];
      return {
        pk: keys.stationLog(stationId, day),
        sk: orderOf(first.at, first.entryId),
        entries: JSON.stringify(batch),
        expiresAtS: Math.floor(first.at / 1000) + keptDays * secondsPerDay,
      };
    });
  }

  async function readDay(stationId: string, { day, after }: Place, query: StationLogQuery, limit: number) {
    const { newestFirst, from, before } = query;
    const { items, next } = await readStretch(client, {
      table,
      declaration: tables.journal,
      partition: keys.stationLog(stationId, day),
      ...(after === undefined ? {} : { after }),
      newestFirst,
      limit,
    });
    const entries = items
      .map(readBatch)
      .flatMap((batch) => (newestFirst ? batch.entries.toReversed() : batch.entries))
      .filter(({ at }) => at >= from && at < before);
    return { entries, ...(next === undefined ? {} : { next }) };
  }
}

/** The days a query walks over: those that are kept and asked for, in its direction. */
function daysOf({ from, before, newestFirst }: StationLogQuery, keptDays: number) {
  const oldest = dayOf(Math.max(from, Date.now() - (keptDays + 1) * dayMs));
  const latest = dayOf(Math.min(before, Date.now() + dayMs));
  return {
    first: newestFirst ? latest : oldest,
    isBeyond: (day: string) => day < oldest || day > latest,
    after: (day: string) => dayOf(Date.parse(day) + (newestFirst ? -dayMs : dayMs)),
  };
}

interface Place {
  readonly day: string;
  readonly after?: string;
}

function batchesOf(entries: readonly StationLogEntry[]): { day: string; batch: StationLogEntry[] }[] {
  const batches: { day: string; batch: StationLogEntry[]; bytes: number }[] = [];
  for (const entry of entries.toSorted((a, b) => a.at - b.at)) {
    const day = dayOf(entry.at);
    const bytes = Buffer.byteLength(JSON.stringify(entry));
    const last = batches.at(-1);
    if (last?.day === day && last.bytes + bytes <= batchBytes) {
      last.batch.push(entry);
      last.bytes += bytes;
    } else {
      batches.push({ day, batch: [entry], bytes });
    }
  }
  return batches;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function isLogPosition(position: string): boolean {
  return /^\d{4}-\d{2}-\d{2}\//.test(position) && (position.length === 11 || isSortText(position.slice(11)));
}

function placeIn(position: string): Place {
  const day = position.slice(0, 10);
  if (Number.isNaN(Date.parse(day))) throw badCursor();
  const after = position.slice(11);
  return { day, ...(after === '' ? {} : { after }) };
}
