import * as z from 'zod';
import type { Page, PageRequest } from '#core/ports.ts';
import type { ConnectorLive, StationLink, StationLive } from '#core/stations/station.ts';
import type { StationLiveStore } from '#core/stations/station-store.ts';
import { itemReader, type PlainItem } from './items.ts';
import { connectorName, shardOf, shards, type TenantKeys } from './keys.ts';
import { pageLimit, positionIn, toCursor } from './pages.ts';
import { countStretch, keyOf, readStretch } from './queries.ts';
import { getItem, getItems, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { Update } from './update.ts';

const linkSchema = z.object({
  stationId: text,
  connectionId: text.exactOptional(),
  protocol: text.exactOptional(),
  connectedAt: whole.exactOptional(),
  disconnectedAt: whole.exactOptional(),
  lastSeenAt: whole.exactOptional(),
  bootedAt: whole.exactOptional(),
  registration: z.enum(['ACCEPTED', 'PENDING', 'REJECTED']).exactOptional(),
  acceptedAt: whole.exactOptional(),
  bootReason: text.exactOptional(),
  callsFrom: whole.exactOptional(),
  inFlight: z.object({ commandId: text, until: whole }).exactOptional(),
}) satisfies z.ZodType<StationLink>;

const connectorStatusSchema = z.object({
  status: z.enum([
    'AVAILABLE',
    'OCCUPIED',
    'PREPARING',
    'CHARGING',
    'SUSPENDED_EV',
    'SUSPENDED_EVSE',
    'FINISHING',
    'RESERVED',
    'UNAVAILABLE',
    'FAULTED',
    'UNKNOWN',
  ]),
  statusAt: whole,
  errorCode: text.exactOptional(),
  vendorErrorCode: text.exactOptional(),
  info: text.exactOptional(),
});

export const readLink = itemReader<StationLink>('link', linkSchema);

/**
 * The LIVE item keeps, for connector 1 of EVSE 2, `status:2-1` (what the station said) and `session:2-1` (whose
 * session runs there) as attributes of their own: each is written by one update, whatever is there before, and
 * neither write touches the other's.
 */
const statusAttribute = (name: string) => `status:${name}`;
export const sessionAttribute = (name: string) => `session:${name}`;

/** The connectors of a LIVE item, in the order of EVSE and connector. */
export function readConnectors(item: PlainItem): readonly ConnectorLive[] {
  const names = new Set(
    Object.keys(item).flatMap((attribute) => /^(?:status|session):(\d+-\d+)$/.exec(attribute)?.[1] ?? []),
  );
  return [...names]
    .map((name) => readConnector(item, name))
    .sort((a, b) => a.evseId - b.evseId || a.connectorId - b.connectorId);
}

function readConnector(item: PlainItem, name: string): ConnectorLive {
  const [evseId, connectorId] = name.split('-').map(Number);
  const stored = item[statusAttribute(name)];
  const sessionId = item[sessionAttribute(name)];
  return {
    evseId: evseId ?? 0,
    connectorId: connectorId ?? 0,
    // A session may begin on a connector that never said what it is.
    ...(stored === undefined ? ({ status: 'UNKNOWN', statusAt: 0 } as const) : readStatus(stored, item)),
    ...(typeof sessionId === 'string' ? { sessionId } : {}),
  };
}

const readStatusItem = itemReader('connector status', connectorStatusSchema);

function readStatus(stored: unknown, { pk, sk }: PlainItem) {
  return readStatusItem({ ...(typeof stored === 'object' ? stored : {}), pk, sk });
}

/** What stations of one tenant say of themselves, in `operations`. */
export function stationLiveStore(context: StoreContext): StationLiveStore {
  const { client, keys } = context;
  const table = context.tables.operations;
  const changeLink = (stationId: string, change: Update) =>
    update(client, change.for(table, keys.link(stationId)));

  return {
    async findLive(stationId) {
      const items = await getItems(client, table, liveKeys(keys, stationId));
      return toLive(stationId, items);
    },

    async findLives(stationIds) {
      const items = await getItems(
        client,
        table,
        stationIds.flatMap((stationId) => liveKeys(keys, stationId)),
      );
      const byPartition = Map.groupBy(items, ({ pk }) => pk);
      return stationIds.map((stationId) => toLive(stationId, byPartition.get(keys.link(stationId).pk) ?? []));
    },

    async findLinks(stationIds) {
      return (await getItems(client, table, stationIds.map(keys.link))).map(readLink);
    },

    listConnected: (page) => listConnected(context, page),

    async countConnected() {
      const counts = await Promise.all(
        shards.map((shard) => countStretch(client, { ...connectedIn(context, shard), newestFirst: false })),
      );
      return counts.reduce((sum, { count }) => sum + count, 0);
    },

    async findLink(stationId) {
      const item = await getItem(client, table, keys.link(stationId));
      return item && readLink(item);
    },

    async findConnector(stationId, connector) {
      const item = await getItem(client, table, keys.live(stationId));
      return (
        item &&
        readConnectors(item).find(
          ({ evseId, connectorId }) => evseId === connector.evseId && connectorId === connector.connectorId,
        )
      );
    },

    async connect({ stationId, connectionId, protocol, connectedAt }) {
      const change = new Update()
        .setAll({ stationId, connectionId, protocol, connectedAt })
        .setAll({ openPk: keys.connected(shardOf(stationId)), order: stationId })
        .remove('callsFrom', 'disconnectedAt');
      const epoch = change.name('connectedAt');
      change.when(`attribute_not_exists(${epoch}) OR ${epoch} <= ${change.value(connectedAt)}`);
      return (await changeLink(stationId, change)).done ? 'connected' : 'superseded';
    },

    async disconnect(stationId, connectionId, at, silentSince) {
      const change = new Update()
        .set('disconnectedAt', at)
        .remove('connectionId', 'callsFrom', 'openPk', 'order');
      if (silentSince !== undefined) {
        const seenAt = change.name('lastSeenAt');
        change.when(`attribute_not_exists(${seenAt}) OR ${seenAt} < ${change.value(silentSince)}`);
      }
      return (await changeLink(stationId, current(change, connectionId))).done
        ? 'disconnected'
        : 'not-current';
    },

    async closeGate(stationId, connectionId) {
      const change = new Update().remove('callsFrom');
      return (await changeLink(stationId, current(change, connectionId))).done ? 'closed' : 'not-current';
    },

    async noteSeen({ stationId, connectionId, at }) {
      const change = new Update().set('lastSeenAt', at).setIfAbsent('callsFrom', at);
      const request = current(change, connectionId).for(table, keys.link(stationId));
      const { done, ...result } = await update(client, { ...request, ReturnValues: 'ALL_OLD' });
      if (!done) return 'not-current';
      const { registration } = 'before' in result && result.before ? readLink(result.before) : {};
      return registration === 'PENDING' || registration === 'REJECTED' ? 'not-accepted' : 'noted';
    },

    async recordBoot({ stationId, connectionId, bootedAt, callsFrom, registration, reason }) {
      const change = new Update()
        .setAll({ bootedAt, registration, lastSeenAt: bootedAt })
        .setAll(registration === 'ACCEPTED' ? { acceptedAt: bootedAt } : {})
        .set('callsFrom', registration === 'REJECTED' ? undefined : callsFrom)
        .set('bootReason', reason);
      return (await changeLink(stationId, current(change, connectionId))).done ? 'recorded' : 'not-current';
    },

    async recordConnectorStatus(stationId, connector) {
      const { status, statusAt, errorCode, vendorErrorCode, info } = connector;
      const change = new Update();
      const name = connectorName(connector);
      const attribute = statusAttribute(name);
      change.set('stationId', stationId);
      change.set(attribute, { status, statusAt, errorCode, vendorErrorCode, info });
      const storedAt = `${change.name(attribute)}.${change.name('statusAt')}`;
      change.when(`attribute_not_exists(${storedAt}) OR ${storedAt} <= ${change.value(statusAt)}`);
      const request = change.for(table, keys.live(stationId));
      const result = await update(client, { ...request, ReturnValues: 'ALL_OLD' });
      const live = result.done ? result.before : result.found;
      const sessionId = live?.[sessionAttribute(name)];
      return {
        outcome: result.done ? 'recorded' : 'stale',
        ...(typeof sessionId === 'string' ? { sessionId } : {}),
      };
    },
  };
}

function connectedIn(context: StoreContext, shard: number) {
  const { operations } = context.tables;
  const partition = context.keys.connected(shard);
  return { table: operations, declaration: tables.operations, index: 'open', partition };
}

/** Shard after shard, each in the order of the ids; a position is the shard and the id within it. */
async function listConnected(context: StoreContext, page: PageRequest): Promise<Page<StationLink>> {
  const limit = pageLimit(page);
  const name = 'connected stations';
  const position = positionIn(page.cursor, context.tenantId, name, (text) => /^\d\/.{0,300}$/.test(text));
  let shard = position === undefined ? 0 : Number(position.slice(0, 1));
  let after = position?.slice(2) || undefined;
  const items: StationLink[] = [];
  while (shard < shards.length && items.length < limit) {
    const { items: found, next } = await readStretch(context.client, {
      ...connectedIn(context, shard),
      ...(after === undefined ? {} : { after }),
      newestFirst: false,
      limit: limit - items.length,
    });
    const links = await getItems(context.client, context.tables.operations, found.map(keyOf));
    // The index lags a little behind.
    items.push(...links.map(readLink).filter(({ connectionId }) => connectionId !== undefined));
    after = next;
    if (next === undefined) shard += 1;
  }
  if (shard >= shards.length) return { items };
  return { items, cursor: toCursor(context.tenantId, name, `${shard}/${after ?? ''}`) };
}

/** Only while the connection is the station's own. */
function current(change: Update, connectionId: string): Update {
  return change.when(`${change.name('connectionId')} = ${change.value(connectionId)}`);
}

function liveKeys(keys: TenantKeys, stationId: string) {
  return [keys.link(stationId), keys.live(stationId)];
}

function toLive(stationId: string, items: readonly PlainItem[]): StationLive {
  const link = items.find(({ sk }) => sk === 'LINK');
  const live = items.find(({ sk }) => sk === 'LIVE');
  return {
    stationId,
    connectors: live === undefined ? [] : readConnectors(live),
    link: link === undefined ? { stationId } : readLink(link),
  };
}
