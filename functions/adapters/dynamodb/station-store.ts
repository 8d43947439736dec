import * as z from 'zod';
import type { Station } from '#core/stations/station.ts';
import type { StationQuery, StationStore } from '#core/stations/station-store.ts';
import { itemReader, toAttributes } from './items.ts';
import { countStretch, type Stretch } from './queries.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, put, transact, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import { securityChange, securityProfile } from './security-schemas.ts';
import { listAtLocations, listPlaced, placeWrites } from './station-places.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { keyAttributes, putNew, Update } from './update.ts';

const hashed = { salt: text, hash: text };

const stationSchema = z.object({
  stationId: text,
  name: text,
  description: text.exactOptional(),
  manufacturer: text.exactOptional(),
  model: text.exactOptional(),
  serialNumber: text.exactOptional(),
  firmwareVersion: text.exactOptional(),
  protocol: text,
  securityProfile,
  password: z.object({ ...hashed, previous: z.object(hashed).exactOptional() }).exactOptional(),
  securityChange: securityChange.exactOptional(),
  lifecycle: z.enum(['ACTIVE', 'INACTIVE', 'MAINTENANCE', 'RETIRED']),
  registration: z.enum(['ACCEPT', 'HOLD', 'REJECT']).exactOptional(),
  locationId: text.exactOptional(),
  address: text.exactOptional(),
  coordinates: z.object({ latitude: z.number(), longitude: z.number() }).exactOptional(),
  coordinatesOf: z.literal('LOCATION').exactOptional(),
  timeZone: text,
  heartbeatIntervalS: z.number(),
  connectors: z.array(
    z.object({
      evseId: whole,
      connectorId: whole,
      connectorType: text,
      evseUid: text.exactOptional(),
      meterPublicKey: text.exactOptional(),
      maxPowerW: z.number().exactOptional(),
      maxCurrentA: z.number().exactOptional(),
      voltageV: z.number().exactOptional(),
      phases: z.number().exactOptional(),
      tariffId: text.exactOptional(),
    }),
  ),
  createdAt: whole,
  updatedAt: whole,
  revision: whole,
}) satisfies z.ZodType<Station>;

const readStation = itemReader<Station>('station', stationSchema);
const attributeNames = Object.keys(stationSchema.shape) as readonly (keyof Station)[];

/** Somebody changes the station in the middle of its removal. */
const mostAttempts = 5;

/** Stations of one tenant, in the registry. */
export function stationStore(context: StoreContext): StationStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  return {
    async findStation(stationId) {
      const item = await getItem(client, table, keys.station(stationId));
      return item && readStation(item);
    },

    async findStations(stationIds) {
      return (await getItems(client, table, stationIds.map(keys.station))).map(readStation);
    },

    async listStations(query, page) {
      if (Object.values(query).some((alternatives) => alternatives?.length === 0)) return { items: [] };
      const { locationIds } = query;
      if (locationIds !== undefined) {
        return listAtLocations(context, { ...query, locationIds }, page, (items) => items.map(readStation));
      }
      const filter = filterOf(query);
      const list = { name: 'stations', partition: keys.stations, read: readStation };
      return listKind(context, filter === undefined ? list : { ...list, filter }, page);
    },

    listPlaced: (cell, page) => listPlaced(context, cell, page),

    async countStations(mostPages) {
      const stretch = { table, declaration: tables.registry, index: 'byKind', partition: keys.stations };
      return countStretch(client, { ...stretch, newestFirst: false }, mostPages);
    },

    async createStation(station) {
      const item = { ...station, byKindPk: keys.stations, byKindSk: station.stationId };
      const creation = putNew(table, keys.station(station.stationId), item);
      const places = placeWrites(context, station, undefined);
      if (places.length === 0) return (await put(client, creation)).done ? 'created' : 'exists';
      const result = await transact(client, [{ Put: creation }, ...places]);
      return result === 'done' ? 'created' : 'exists';
    },

    async replaceStation(station, before = station) {
      const change = new Update();
      for (const name of attributeNames) change.set(name, station[name]);
      change.when(`${change.name('revision')} = ${change.value(station.revision - 1)}`);
      const replacement = change.for(table, keys.station(station.stationId));
      const places = placeWrites(context, station, before);
      if (places.length === 0)
        return (await update(client, replacement)).done ? 'replaced' : 'changed-meanwhile';
      const result = await transact(client, [{ Update: replacement }, ...places]);
      return result === 'done' ? 'replaced' : 'changed-meanwhile';
    },

    async deleteStation(stationId) {
      for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
        const item = await getItem(client, table, keys.station(stationId));
        if (item === undefined) return 'absent';
        const station = readStation(item);
        const removal = {
          TableName: table,
          Key: keyAttributes(keys.station(stationId)),
          ConditionExpression: 'revision = :revision',
          ExpressionAttributeValues: toAttributes({ ':revision': station.revision }),
        };
        const places = placeWrites(context, undefined, station);
        if ((await transact(client, [{ Delete: removal }, ...places])) === 'done') return 'deleted';
      }
      throw new Error(`station ${stationId} changes too often to be deleted`);
    },
  };
}

/** Values of one field are alternatives, fields add up. */
function filterOf(query: StationQuery): Stretch['filter'] {
  const wanted = [
    ['manufacturer', query.manufacturers],
    ['protocol', query.protocols],
    ['lifecycle', query.lifecycles],
  ] as const;
  const conditions: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, string> = {};
  for (const [field, alternatives] of wanted) {
    if (alternatives === undefined) continue;
    names[`#${field}`] = field;
    const placeholders = alternatives.map((value, index) => {
      values[`:${field}${index}`] = value;
      return `#${field} = :${field}${index}`;
    });
    conditions.push(`(${placeholders.join(' OR ')})`);
  }
  return conditions.length === 0 ? undefined : { expression: conditions.join(' AND '), names, values };
}
