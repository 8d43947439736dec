import type { Location } from '../locations/location.ts';
import type { Connector, Station } from '../stations/station.ts';
import type { CdrPlace } from './cdr.ts';

/** What of a station and its connector a CDR keeps: later changes of either do not touch it. */
export function placeOf(station: Station, connector: Connector | undefined): CdrPlace {
  const { locationId, name, address, coordinates } = station;
  const { evseUid, connectorType, maxPowerW, phases } = connector ?? {};
  return {
    name,
    ...(locationId === undefined ? {} : { locationId }),
    ...(address === undefined ? {} : { address }),
    ...(coordinates === undefined ? {} : { coordinates }),
    ...(evseUid === undefined ? {} : { evseUid }),
    ...(connectorType === undefined ? {} : { connectorType }),
    ...(maxPowerW === undefined ? {} : { maxPowerW }),
    ...(phases === undefined ? {} : { phases }),
  };
}

/** The place with the address of its location, which goes before the station's own. */
export function atLocation(place: CdrPlace, location: Location): CdrPlace {
  const { locationId, name, address, city, postalCode, countryCode, coordinates } = location;
  return {
    ...place,
    locationId,
    name,
    ...(address === undefined ? {} : { address }),
    ...(city === undefined ? {} : { city }),
    ...(postalCode === undefined ? {} : { postalCode }),
    ...(countryCode === undefined ? {} : { countryCode }),
    ...(coordinates === undefined ? {} : { coordinates }),
  };
}
