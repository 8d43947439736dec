import type { Digest } from '../ports.ts';
import type { Station } from './station.ts';

/** OCPI 2.2.1 `EVSE.uid` is a CiString(36). */
const longestUid = 36;

type Numbered = Pick<Station, 'stationId' | 'connectors'>;

/**
 * What roaming partners call an EVSE: the name its owner gave it, else one made of the station's id and the EVSE's
 * number at it. Unique among all EVSEs of a tenant, and the same for as long as both are.
 */
export function evseUidOf(digest: Digest, { stationId, connectors }: Numbered, evseId: number): string {
  const given = connectors.find((connector) => connector.evseId === evseId)?.evseUid;
  if (given !== undefined) return given;
  const plain = `${stationId}*${evseId}`;
  return plain.length <= longestUid ? plain : `${digest(stationId).slice(0, 30)}*${evseId}`;
}

/** The EVSE of a station that partners call so; OCPI compares without case. `undefined` when it has none. */
export function evseIdOf(digest: Digest, station: Numbered, uid: string): number | undefined {
  const wanted = uid.toUpperCase();
  return station.connectors.find(({ evseId }) => evseUidOf(digest, station, evseId).toUpperCase() === wanted)
    ?.evseId;
}
