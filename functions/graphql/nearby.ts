import * as z from 'zod';
import { type FieldRequest, readArguments } from './field-request.ts';
import { coordinatesShape } from './locations.ts';
import { nearStations, radiusShape } from './near-stations.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { viewsOf } from './stations.ts';

type View = Record<string, unknown>;

const nearArguments = z.object({ coordinates: coordinatesShape, radiusKm: radiusShape, ...pagingShape });

/** `Query.stationsNearby`: the first page of them, nearest first. */
export async function stationsNearby(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { coordinates, radiusKm } = readArguments(nearArguments, args);
  const vicinity = { centre: coordinates, radiusKm };
  const near = await plainList('stationsNearbyPage', (page) => nearStations(services, vicinity, page));
  return viewsOf(services, near);
}

/** `Query.stationsNearbyPage`. */
export async function stationsNearbyPage(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(nearArguments, args);
  const { coordinates, radiusKm } = read;
  const near = await nearStations(services, { centre: coordinates, radiusKm }, pageRequest(read));
  const views = await viewsOf(services, near.items);
  return pageView({ ...near, items: views }, (view) => view);
}
