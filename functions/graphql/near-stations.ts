import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { type NearStation, stationsNear, type Vicinity } from '#core/locations/stations-near.ts';
import type { Page, PageRequest } from '#core/ports.ts';
import type { Station } from '#core/stations/station.ts';
import type { GraphqlServices } from './services.ts';

/** In km. */
export const radiusShape = z.number().min(0).max(500);

/** One page of the stations around a place, nearest first. */
export async function nearStations(
  services: Pick<GraphqlServices, 'stations'>,
  { centre, radiusKm }: Vicinity,
  { limit, cursor }: PageRequest,
): Promise<Page<Station>> {
  const behind = cursor === undefined ? {} : { behind: positionIn(cursor) };
  const { items, more } = await stationsNear(services, { centre, radiusKm, ...behind }, limit);
  const stations = await services.stations.findStations(items.map(({ stationId }) => stationId));
  const last = items.at(-1);
  return { items: stations, ...(more && last ? { cursor: cursorOf(last) } : {}) };
}

const position = z.tuple([z.number().min(0), z.string().max(48)]);

function cursorOf({ distanceKm, stationId }: NearStation): string {
  return Buffer.from(JSON.stringify([distanceKm, stationId])).toString('base64url');
}

/** It holds a distance and an id and no key, so whatever is forged leads no farther than the tenant's own stations. */
function positionIn(cursor: string): NearStation {
  try {
    const [distanceKm, stationId] = position.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')),
    );
    return { distanceKm, stationId };
  } catch {
    throw new DomainError('Validation', 'the cursor is not one of this list', 'nextToken');
  }
}
