import * as z from 'zod';
import type { Location } from '#core/locations/location.ts';
import {
  createLocation as create,
  type LocationDescription,
  deleteLocation as remove,
  updateLocation as update,
} from '#core/locations/manage-locations.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

export const coordinatesShape = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});

const described = {
  address: z.string().nullish(),
  city: z.string().nullish(),
  postalCode: z.string().nullish(),
  countryCode: z.string().nullish(),
  coordinates: coordinatesShape.nullish(),
  timeZone: z.string().nullish(),
};

/** `Query.location`: null when the tenant has no such location. */
export async function location(
  { arguments: args }: FieldRequest,
  { locations }: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  const found = await locations.findLocation(id);
  return found ? locationView(found) : null;
}

/** `Query.locations`: the first page of the tenant's locations, in the order of their ids. */
export async function locations(_: FieldRequest, services: GraphqlServices): Promise<View[]> {
  const found = await plainList('locationsPage', (page) => services.locations.listLocations(page));
  return found.map(locationView);
}

/** `Query.locationsPage`. */
export async function locationsPage(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const page = pageRequest(readArguments(z.object(pagingShape), args));
  return pageView(await services.locations.listLocations(page), locationView);
}

/** `ChargingStation.location`, many at once. */
export async function locationsOfStations(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = requests.map(({ source }) => source?.locationId);
  const known = ids.filter((id): id is string => typeof id === 'string');
  const found = await services.locations.findLocations([...new Set(known)]);
  const byId = new Map(found.map((one) => [one.locationId, locationView(one)]));
  return ids.map((id) => byId.get(String(id)) ?? null);
}

const createInput = z.object({
  input: z.strictObject({ ...described, id: z.string().nullish(), name: z.string() }),
});

/** `Mutation.createLocation`. */
export async function createLocation(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id, name, timeZone, ...rest } = readArguments(createInput, args).input;
  const described = {
    ...present(rest),
    locationId: id ?? services.newId(),
    name,
    timeZone: timeZone ?? (await services.findTenant()).timeZone,
  };
  return locationView(await create(services, described));
}

const updateInput = z.object({
  id: z.string(),
  version: z.int().nullish(),
  input: z.strictObject({ ...described, name: z.string().nullish() }),
});

/** `Mutation.updateLocation`: its stations follow. */
export async function updateLocation(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id, input, version } = readArguments(updateInput, args);
  return locationView(await update(services, id, present(input), version ?? undefined));
}

/** `Mutation.deleteLocation`. */
export async function deleteLocation(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<boolean> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  await remove(services, id);
  return true;
}

/** What was given of an input; absent and null are the same. */
function present(
  input: {
    readonly [Key in keyof LocationDescription]?: LocationDescription[Key] | null | undefined;
  },
): Partial<Omit<LocationDescription, 'locationId'>> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null));
}

function locationView({ locationId, createdAt, updatedAt, revision, ...rest }: Location): View {
  return {
    ...rest,
    id: locationId,
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
    version: revision,
  };
}
