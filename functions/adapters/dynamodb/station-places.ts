import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { cellAt, type GeoCell } from '#core/locations/geo-cell.ts';
import type { Page, PageRequest } from '#core/ports.ts';
import type { Station } from '#core/stations/station.ts';
import type { PlacedStation, StationQuery } from '#core/stations/station-store.ts';
import { itemReader, toAttributes } from './items.ts';
import { stationPrefix } from './keys.ts';
import { isSortText, mostReadsPerPage, pageLimit, positionIn, toCursor } from './pages.ts';
import { readMerged, readStretch } from './queries.ts';
import { getItems } from './requests.ts';
import { text } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { keyAttributes } from './update.ts';

type Whereabouts = Pick<Station, 'stationId' | 'coordinates' | 'locationId'>;

const placeSchema = z.object({
  stationId: text,
  coordinates: z.object({ latitude: z.number(), longitude: z.number() }),
}) satisfies z.ZodType<PlacedStation>;

const readPlace = itemReader<PlacedStation>('place of a station', placeSchema);

/**
 * What is written so that a station is found where it is: on the map by its cell, and among those of its location.
 * Nothing for what stays as it was.
 */
export function placeWrites(
  context: StoreContext,
  after: Whereabouts | undefined,
  before: Whereabouts | undefined,
): readonly TransactWriteItem[] {
  return [...mapWrites(context, after, before), ...locationWrites(context, after, before)];
}

function mapWrites(
  { keys, tables: { registry } }: StoreContext,
  after: Whereabouts | undefined,
  before: Whereabouts | undefined,
): readonly TransactWriteItem[] {
  if (after?.coordinates !== undefined) {
    const { stationId, coordinates } = after;
    const isSame =
      coordinates.latitude === before?.coordinates?.latitude &&
      coordinates.longitude === before.coordinates.longitude;
    if (isSame) return [];
    const found = { byKindPk: keys.places, byKindSk: `${cellAt(coordinates)}#${stationId}` };
    return [
      {
        Put: {
          TableName: registry,
          Item: toAttributes({ ...keys.place(stationId), ...found, stationId, coordinates }),
        },
      },
    ];
  }
  if (before?.coordinates === undefined) return [];
  return [{ Delete: { TableName: registry, Key: keyAttributes(keys.place(before.stationId)) } }];
}

function locationWrites(
  { keys, tables: { registry } }: StoreContext,
  after: Whereabouts | undefined,
  before: Whereabouts | undefined,
): readonly TransactWriteItem[] {
  if (after?.locationId === before?.locationId) return [];
  const writes: TransactWriteItem[] = [];
  if (before?.locationId !== undefined) {
    const key = keys.stationAtLocation(before.locationId, before.stationId);
    writes.push({ Delete: { TableName: registry, Key: keyAttributes(key) } });
  }
  if (after?.locationId !== undefined) {
    const { locationId, stationId } = after;
    const key = keys.stationAtLocation(locationId, stationId);
    writes.push({ Put: { TableName: registry, Item: toAttributes({ ...key, stationId, locationId }) } });
  }
  return writes;
}

/** One page of the stations in a cell of the map. */
export async function listPlaced(
  { client, keys, tables: names, tenantId }: StoreContext,
  cell: GeoCell,
  page: PageRequest,
): Promise<Page<PlacedStation>> {
  const list = `places in ${cell}`;
  const position = positionIn(page.cursor, tenantId, list, isSortText);
  const { items, next } = await readStretch(client, {
    table: names.registry,
    declaration: tables.registry,
    index: 'byKind',
    partition: keys.places,
    from: cell,
    // Behind every digit and every `#`.
    to: `${cell}~`,
    ...(position === undefined ? {} : { after: position }),
    newestFirst: false,
    limit: pageLimit(page),
  });
  return {
    items: items.map(readPlace),
    ...(next === undefined ? {} : { cursor: toCursor(tenantId, list, next) }),
  };
}

const readMember = itemReader('station of a location', z.object({ stationId: text }));

/** One page of the stations of a few locations that fit the rest of the query, in the order of their ids. */
export async function listAtLocations(
  context: StoreContext,
  query: StationQuery & { readonly locationIds: readonly string[] },
  page: PageRequest,
  readStations: (items: Awaited<ReturnType<typeof getItems>>) => readonly Station[],
): Promise<Page<Station>> {
  const { client, keys, tenantId, tables: names } = context;
  const limit = pageLimit(page);
  const name = 'stations of locations';
  const items: Station[] = [];
  let position = positionIn(page.cursor, tenantId, name, isSortText);
  for (let reads = 0; reads < mostReadsPerPage; reads += 1) {
    const found = await readMerged(client, [...new Set(query.locationIds)].map(keys.stationsAtLocation), {
      table: names.registry,
      declaration: tables.registry,
      from: stationPrefix,
      to: `${stationPrefix}\u{10ffff}`,
      ...(position === undefined ? {} : { after: position }),
      newestFirst: false,
      limit: limit - items.length,
      consistent: true,
    });
    const ids = found.items.map((item) => readMember(item).stationId);
    const stations = readStations(await getItems(client, names.registry, ids.map(keys.station)));
    items.push(...stations.filter((station) => fits(station, query)));
    position = found.next;
    if (position === undefined) return { items };
    if (items.length >= limit) break;
  }
  return position === undefined ? { items } : { items, cursor: toCursor(tenantId, name, position) };
}

function fits(station: Station, { manufacturers, protocols, lifecycles, locationIds = [] }: StationQuery) {
  return (
    (manufacturers?.includes(station.manufacturer ?? '') ?? true) &&
    (protocols?.includes(station.protocol) ?? true) &&
    (lifecycles?.includes(station.lifecycle) ?? true) &&
    locationIds.includes(station.locationId ?? '')
  );
}
