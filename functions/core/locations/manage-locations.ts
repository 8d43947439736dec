import { checkRevision } from '../check-revision.ts';
import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Station } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { isTimeZone } from '../tariffs/local-time.ts';
import type { Location } from './location.ts';
import type { LocationStore } from './location-store.ts';

export interface LocationPorts {
  readonly locations: LocationStore;
  readonly stations: StationStore;
  readonly clock: Clock;
}

/** What an owner says of a location. In a change, what is absent stays as it is. */
export type LocationDescription = Omit<Location, 'createdAt' | 'updatedAt' | 'revision'>;

const stationsPerPage = 100;
const stationsAtOnce = 10;
/** More stations than this are not moved in one request. */
const mostStations = 1_000;
const mostAttempts = 5;

/** Throws `Validation` naming the field, `Conflict` for an id that is taken. */
export async function createLocation(
  { locations, clock }: Pick<LocationPorts, 'locations' | 'clock'>,
  described: LocationDescription,
): Promise<Location> {
  check(described);
  const now = clock();
  const location: Location = { ...described, createdAt: now, updatedAt: now, revision: 1 };
  if ((await locations.createLocation(location)) === 'exists') {
    throw new DomainError('Conflict', `location ${described.locationId} exists already`, 'input.id');
  }
  return location;
}

/**
 * Changes a location, and the stations there with it: their time zone, and the coordinates of those that have none of
 * their own. Safe to repeat: stations that were not reached are reached by the next change.
 *
 * Throws `NotFound`, `Validation`, `Conflict` when somebody else changed it meanwhile or since the revision that is
 * expected, `TooLarge` when more than a thousand stations would have to move.
 */
export async function updateLocation(
  ports: LocationPorts,
  locationId: string,
  change: Partial<Omit<LocationDescription, 'locationId'>>,
  expectedRevision?: number,
): Promise<Location> {
  const before = await knownLocation(ports, locationId);
  checkRevision(before, expectedRevision);
  const after: Location = {
    ...before,
    ...change,
    updatedAt: ports.clock(),
    revision: before.revision + 1,
  };
  check(after);
  const there = await stationsAt(ports, locationId);
  if ((await ports.locations.replaceLocation(after)) === 'changed-meanwhile') {
    throw new DomainError(
      'Conflict',
      `location ${locationId} was changed by somebody else, read it again`,
      'id',
    );
  }
  const moving = there.filter((station) => !isAsThere(station, after));
  for (let start = 0; start < moving.length; start += stationsAtOnce) {
    const some = moving.slice(start, start + stationsAtOnce);
    await Promise.all(some.map(({ stationId }) => moveAlong(ports, stationId, after)));
  }
  return after;
}

/** Removes a location where no station stands. Throws `NotFound` or `Conflict`. */
export async function deleteLocation(ports: LocationPorts, locationId: string): Promise<void> {
  const location = await knownLocation(ports, locationId);
  const { items } = await ports.stations.listStations({ locationIds: [locationId] }, { limit: 1 });
  if (items.length > 0) {
    throw new DomainError('Conflict', `there are stations at location ${locationId}`, 'id');
  }
  if ((await ports.locations.deleteLocation(location)) === 'changed-meanwhile') {
    throw new DomainError(
      'Conflict',
      `location ${locationId} was changed by somebody else, read it again`,
      'id',
    );
  }
}

/** Throws `NotFound`. */
export async function knownLocation(
  { locations }: { readonly locations: Pick<LocationStore, 'findLocation'> },
  locationId: string,
  field = 'id',
): Promise<Location> {
  const location = await locations.findLocation(locationId);
  if (location) return location;
  throw new DomainError('NotFound', `location ${locationId} is not known`, field);
}

type Whereabouts = Pick<Station, 'coordinates' | 'coordinatesOf' | 'timeZone'>;

/** What a station has of its location: the time zone always, the coordinates where it has none of its own. */
export function whereaboutsAt<Known extends Omit<Whereabouts, 'timeZone'>>(
  station: Known,
  { coordinates, timeZone }: Pick<Location, 'coordinates' | 'timeZone'>,
): Known & Whereabouts {
  if (station.coordinates !== undefined && station.coordinatesOf === undefined)
    return { ...station, timeZone };
  const { coordinates: _, coordinatesOf: __, ...rest } = station;
  const followed = coordinates === undefined ? {} : ({ coordinates, coordinatesOf: 'LOCATION' } as const);
  return { ...rest, timeZone, ...followed } as Known & Whereabouts;
}

function isAsThere(station: Station, location: Location): boolean {
  const wanted = whereaboutsAt(station, location);
  return (
    wanted.timeZone === station.timeZone &&
    wanted.coordinatesOf === station.coordinatesOf &&
    wanted.coordinates?.latitude === station.coordinates?.latitude &&
    wanted.coordinates?.longitude === station.coordinates?.longitude
  );
}

async function stationsAt({ stations }: LocationPorts, locationId: string): Promise<readonly Station[]> {
  const found: Station[] = [];
  let cursor: string | undefined;
  do {
    const page = await stations.listStations(
      { locationIds: [locationId] },
      { limit: stationsPerPage, ...(cursor === undefined ? {} : { cursor }) },
    );
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && found.length <= mostStations);
  if (found.length <= mostStations) return found;
  throw new DomainError(
    'TooLarge',
    `more than ${mostStations} stations stand at location ${locationId}`,
    'id',
  );
}

async function moveAlong({ stations, clock }: LocationPorts, stationId: string, location: Location) {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const before = await stations.findStation(stationId);
    if (before?.locationId !== location.locationId) return;
    const after = {
      ...whereaboutsAt(before, location),
      updatedAt: clock(),
      revision: before.revision + 1,
    };
    if ((await stations.replaceStation(after, before)) === 'replaced') return;
  }
  throw new DomainError('Conflict', `station ${stationId} is being changed by somebody else`, 'id');
}

/** OCPI 2.2.1 Location: id CiString(36), name 255, address 45, city 45, postal code 10. */
const longest = { locationId: 36, name: 255, address: 200, city: 45, postalCode: 10 } as const;

function check(location: LocationDescription): void {
  if (!/^[\x21-\x7e]{1,36}$/.test(location.locationId)) {
    throw invalid('id', 'is 1 to 36 printable characters without blanks');
  }
  if (location.name.trim() === '') throw invalid('name', 'is not empty');
  for (const [field, most] of Object.entries(longest)) {
    if ((location[field as keyof typeof longest] ?? '').length > most) {
      throw invalid(field, `has at most ${most} characters`);
    }
  }
  if (location.countryCode !== undefined && !/^[A-Z]{2}$/.test(location.countryCode)) {
    throw invalid('countryCode', 'is two capital letters (ISO 3166-1)');
  }
  if (!isTimeZone(location.timeZone)) throw invalid('timeZone', 'is a zone of the IANA database');
}

function invalid(field: string, what: string): DomainError {
  return new DomainError('Validation', `${field} ${what}`, `input.${field}`);
}
