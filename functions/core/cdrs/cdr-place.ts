import type { LocationStore } from '../locations/location-store.ts';
import type { Digest } from '../ports.ts';
import { evseUidOf } from '../stations/evse-uid.ts';
import type { Connector, Station } from '../stations/station.ts';
import type { CdrPlace } from './cdr.ts';

export interface PlacePorts {
  readonly locations: Pick<LocationStore, 'findLocation'>;
  readonly digest: Digest;
}

/**
 * What of a station, its connector and its location a CDR keeps: later changes of any do not touch it. The location's
 * address goes before the station's own. `undefined` for a station that nobody knows any more.
 */
export async function findPlace(
  ports: PlacePorts,
  { station, connector }: { readonly station?: Station; readonly connector?: Connector },
): Promise<CdrPlace | undefined> {
  if (!station) return undefined;
  const { locationId } = station;
  const location = locationId === undefined ? undefined : await ports.locations.findLocation(locationId);
  const { address = station.address, coordinates = station.coordinates } = location ?? {};
  const { city, postalCode, countryCode, name = station.name } = location ?? {};
  return {
    name,
    ...(locationId === undefined ? {} : { locationId }),
    ...(address === undefined ? {} : { address }),
    ...(city === undefined ? {} : { city }),
    ...(postalCode === undefined ? {} : { postalCode }),
    ...(countryCode === undefined ? {} : { countryCode }),
    ...(coordinates === undefined ? {} : { coordinates }),
    ...(connector ? evseOf(ports.digest, station, connector) : {}),
  };
}

function evseOf(digest: Digest, station: Station, connector: Connector): Partial<CdrPlace> {
  const { evseId, connectorType, maxPowerW, phases } = connector;
  return {
    evseUid: evseUidOf(digest, station, evseId),
    connectorType,
    ...(maxPowerW === undefined ? {} : { maxPowerW }),
    ...(phases === undefined ? {} : { phases }),
  };
}
