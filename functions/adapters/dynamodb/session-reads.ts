import type { Page, PageRequest } from '#core/ports.ts';
import type { Session, SessionEntry } from '#core/sessions/session.ts';
import type { SessionQuery, SessionStore } from '#core/sessions/session-store.ts';
import { entryPrefix, shards, timeText } from './keys.ts';
import { listByMonth } from './month-list.ts';
import { isSortText, mostReadsPerPage, pageLimit, positionIn, toCursor } from './pages.ts';
import { countStretch, keyOf, readMerged, readStretch, type Stretch, type StretchPage } from './queries.ts';
import { getItem, getItems } from './requests.ts';
import { readEntry, readSession } from './session-items.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';

const declaration = tables.operations;

type Reads =
  | 'findSession'
  | 'findSessions'
  | 'listEntries'
  | 'listLatestEntries'
  | 'findLatestEntry'
  | 'listSessions'
  | 'listOpenSessions'
  | 'listOpenSessionsOf'
  | 'countOpenSessions';

/** The questions about sessions. */
export function sessionReads(context: StoreContext): Pick<SessionStore, Reads> {
  const { client, keys } = context;
  const table = context.tables.operations;
  return {
    async findSession(sessionId) {
      const item = await getItem(client, table, keys.session(sessionId));
      return item && readSession(item);
    },

    async findSessions(sessionIds) {
      return (await getItems(client, table, sessionIds.map(keys.session))).map(readSession);
    },

    listEntries: (sessionId) => listEntries(context, sessionId),
    listLatestEntries: (sessionId, most) => listLatestEntries(context, sessionId, most),
    findLatestEntry: (sessionId) => findLatestEntry(context, sessionId),
    listSessions: (query, page) => listSessions(context, query, page),
    listOpenSessions(query, page) {
      const stationIds = oneOrMore(query.stationId, query.stationIds, mostOpenListed);
      return stationIds.length === 0 ? listOpen(context, page) : listOpenAt(context, stationIds, page);
    },

    listOpenSessionsOf: (stationIds) => listOpenOfStations(context, stationIds),

    async countOpenSessions() {
      const counts = await Promise.all(
        shards.map((shard) =>
          countStretch(client, {
            table,
            declaration,
            index: 'open',
            partition: keys.openSessions(shard),
            newestFirst: false,
          }),
        ),
      );
      return counts.reduce((sum, { count }) => sum + count, 0);
    },
  };
}

/** All entries by their moments; those of one moment in the order of their keys. */
async function listEntries(context: StoreContext, sessionId: string): Promise<readonly SessionEntry[]> {
  const entries: SessionEntry[] = [];
  let next: string | undefined;
  do {
    const page: StretchPage = await readStretch(context.client, {
      ...entriesOf(context, sessionId),
      ...(next === undefined ? {} : { after: next }),
      newestFirst: false,
      limit: 1000,
    });
    entries.push(...page.items.map(readEntry));
    next = page.next;
  } while (next !== undefined);
  return inOrder(entries);
}

function inOrder(entries: SessionEntry[]): SessionEntry[] {
  return entries.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

/** The latest of each family of keys (see `findLatestEntry`) compete; a family is read to its end or for as many. */
async function listLatestEntries(
  context: StoreContext,
  sessionId: string,
  most: number,
): Promise<readonly SessionEntry[]> {
  const found = new Map<string, SessionEntry>();
  let to: string | undefined;
  for (let reads = 0; reads < mostReadsPerPage; reads += 1) {
    const { items, next } = await readStretch(context.client, {
      ...entriesOf(context, sessionId),
      ...(to === undefined ? {} : { to }),
      newestFirst: true,
      consistent: false,
      limit: most,
    });
    const entries = items.map(readEntry);
    for (const entry of entries) found.set(entry.key, entry);
    const [first, last] = [entries.at(0), entries.at(-1)];
    if (!first || !last || next === undefined) break;
    // Of the last family there may be more, unless all that was read is of it.
    const family = familyOf(last);
    to = `${entryPrefix}${family}${family === familyOf(first) ? '#' : '$'}`;
  }
  return inOrder([...found.values()]).slice(-most);
}

function familyOf({ key }: SessionEntry): string {
  return key.split('#', 1)[0] ?? '';
}

/** Entries of the first family of keys (`C#`) tell states and never have samples. */
const firstWithSamples = `${entryPrefix}E#`;

/**
 * Keys of one family (what stands before the first `#`) are in order, so the latest of each family competes.
 * A session has one or two families; a family without readings at its end costs a second look.
 */
async function findLatestEntry(context: StoreContext, sessionId: string): Promise<SessionEntry | undefined> {
  let latest: SessionEntry | undefined;
  let below: string | undefined;
  for (let reads = 0; reads < mostReadsPerPage; reads += 1) {
    const stretch = entriesOf(context, sessionId);
    const { items, next } = await readStretch(context.client, {
      ...stretch,
      from: firstWithSamples,
      ...(below === undefined ? {} : { to: below }),
      newestFirst: true,
      limit: 4,
    });
    const entries = items.map(readEntry);
    const withSamples = entries.find(({ samples }) => samples.length > 0);
    if (withSamples && (latest === undefined || withSamples.at > latest.at)) latest = withSamples;
    const last = entries.at(-1);
    if (last === undefined) break;
    const family = familyOf(withSamples ?? last);
    if (withSamples === undefined && next === undefined) break;
    below = withSamples === undefined ? next : `${entryPrefix}${family}#`;
  }
  return latest;
}

function entriesOf({ tables: names, keys }: StoreContext, sessionId: string) {
  return {
    table: names.operations,
    declaration,
    partition: keys.entries(sessionId),
    from: entryPrefix,
    // The next character after `#`: the end of everything that starts with the prefix.
    to: 'ENTRY$',
    consistent: true,
  };
}

/** Newest first; of a user, else of a station, else of the tenant month by month. */
async function listSessions(
  context: StoreContext,
  query: SessionQuery,
  page: PageRequest,
): Promise<Page<Session>> {
  const { keys } = context;
  const stationIds = oneOrMore(query.stationId, query.stationIds);
  const userIds = oneOrMore(query.userId, query.userIds);
  if (userIds.length > 0) {
    const ofStation = ({ stationId }: Session) => stationIds.length === 0 || stationIds.includes(stationId);
    const list = {
      name: 'sessions of a user',
      index: 'byUser',
      partitions: userIds.map(keys.sessionsOfUser),
    };
    return listByOrder(context, { ...list, ...boundsOf(query), newestFirst: true, keep: ofStation }, page);
  }
  if (stationIds.length > 0) {
    const partitions = stationIds.flatMap((id) => [
      keys.sessionsOfStation(id),
      keys.openSessionsOfStation(id),
    ]);
    const list = { name: 'sessions of a station', index: 'byStation', partitions };
    return listByOrder(context, { ...list, ...boundsOf(query), newestFirst: true }, page);
  }
  const { items, cursor } = await listByMonth(
    context,
    {
      name: 'sessions',
      table: context.tables.operations,
      declaration,
      index: 'byTime',
      partitionsOf: (month) => shards.map((shard) => keys.sessionsOfMonth(month, shard)),
      startedFrom: query.startedFrom,
      startedBefore: query.startedBefore,
    },
    page,
  );
  return { items: await headsOf(context, items), ...(cursor === undefined ? {} : { cursor }) };
}

/** Each partition is read by itself and merged, so more than a few would cost too much. */
const mostListed = 20;
/** Of what is open each station has little. */
const mostOpenListed = 50;

function oneOrMore(
  one: string | undefined,
  more: readonly string[] = [],
  most = mostListed,
): readonly string[] {
  const ids = [...new Set(one === undefined ? more : [one, ...more])];
  if (ids.length <= most) return ids;
  throw new Error(`sessions of ${ids.length} stations or users are not listed together`);
}

function boundsOf({ startedFrom, startedBefore }: SessionQuery): Pick<Stretch, 'from' | 'to'> {
  return {
    ...(startedFrom === undefined ? {} : { from: timeText(startedFrom) }),
    ...(startedBefore === undefined ? {} : { to: timeText(startedBefore) }),
  };
}

async function listOpenAt(
  context: StoreContext,
  stationIds: readonly string[],
  page: PageRequest,
): Promise<Page<Session>> {
  const partitions = stationIds.map(context.keys.openSessionsOfStation);
  const list = { name: 'open sessions of a station', index: 'byStation', partitions };
  return listByOrder(context, { ...list, newestFirst: false, keep: isOpen }, page);
}

/** How many stations' indexes are read at once, and how many open sessions of each. */
const stationsAtOnce = 25;
const openPerStation = 100;

/** One read per station tells which sessions there are; the sessions themselves are read together. */
async function listOpenOfStations(
  context: StoreContext,
  stationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Session[]>> {
  const found: StretchPage['items'][number][] = [];
  for (let start = 0; start < stationIds.length; start += stationsAtOnce) {
    const some = stationIds.slice(start, start + stationsAtOnce);
    const pages = await Promise.all(some.map((stationId) => openOfStation(context, stationId)));
    found.push(...pages.flatMap(({ items }) => items));
  }
  const open = (await headsOf(context, found)).filter(isOpen);
  return Map.groupBy(open, ({ stationId }) => stationId);
}

function openOfStation(context: StoreContext, stationId: string): Promise<StretchPage> {
  return readStretch(context.client, {
    table: context.tables.operations,
    declaration,
    index: 'byStation',
    partition: context.keys.openSessionsOfStation(stationId),
    newestFirst: false,
    limit: openPerStation,
  });
}

/** Shard after shard, each oldest first; a position is the shard and the order within it. */
async function listOpen(context: StoreContext, page: PageRequest): Promise<Page<Session>> {
  const limit = pageLimit(page);
  const position = positionIn(page.cursor, context.tenantId, 'open sessions', (text) =>
    /^\d\/.{0,300}$/.test(text),
  );
  let shard = position === undefined ? 0 : Number(position.slice(0, 1));
  let after = position?.slice(2) || undefined;
  const items: Session[] = [];
  while (shard < shards.length && items.length < limit) {
    const { items: found, next } = await readStretch(context.client, {
      table: context.tables.operations,
      declaration,
      index: 'open',
      partition: context.keys.openSessions(shard),
      ...(after === undefined ? {} : { after }),
      newestFirst: false,
      limit: limit - items.length,
    });
    items.push(...(await headsOf(context, found)).filter(isOpen));
    after = next;
    if (next === undefined) shard += 1;
  }
  if (shard >= shards.length) return { items };
  return { items, cursor: toCursor(context.tenantId, 'open sessions', `${shard}/${after ?? ''}`) };
}

/** The index lags a little: a session that has just ended may still stand among the open ones. */
function isOpen(session: Session): boolean {
  return session.state === 'ACTIVE';
}

async function listByOrder(
  context: StoreContext,
  list: Pick<Stretch, 'from' | 'to' | 'newestFirst'> & {
    readonly name: string;
    readonly index: string;
    readonly partitions: readonly string[];
    readonly keep?: (session: Session) => boolean;
  },
  page: PageRequest,
): Promise<Page<Session>> {
  const { name, partitions, keep = () => true, ...stretch } = list;
  const limit = pageLimit(page);
  const items: Session[] = [];
  let position = positionIn(page.cursor, context.tenantId, name, isSortText);
  for (let reads = 0; reads < mostReadsPerPage && items.length < limit; reads += 1) {
    const { items: found, next } = await readMerged(context.client, partitions, {
      ...stretch,
      table: context.tables.operations,
      declaration,
      ...(position === undefined ? {} : { after: position }),
      limit: limit - items.length,
    });
    items.push(...(await headsOf(context, found)).filter(keep));
    position = next;
    if (position === undefined) return { items };
  }
  return position === undefined ? { items } : { items, cursor: toCursor(context.tenantId, name, position) };
}

async function headsOf(context: StoreContext, found: StretchPage['items']): Promise<readonly Session[]> {
  const items = await getItems(context.client, context.tables.operations, found.map(keyOf));
  return items.map(readSession);
}
