import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { knownStation } from './known-station.ts';
import type { ConnectorRef, Station } from './station.ts';
import type { StationStore } from './station-store.ts';

/**
 * Registers the key that the meter of a connector signs values with; `undefined` takes it away. Values are judged by
 * the key there is when their session is billed. Throws `NotFound`, `Validation` or `Conflict`.
 */
export async function registerMeterKey(
  ports: { stations: StationStore; clock: Clock; isMeterKey: (text: string) => boolean },
  asked: { stationId: string; connector: ConnectorRef; publicKey: string | undefined },
): Promise<Station> {
  const { stationId, connector, publicKey } = asked;
  const station = await knownStation(ports, stationId);
  if (publicKey !== undefined && !ports.isMeterKey(publicKey)) {
    throw new DomainError(
      'Validation',
      'publicKey is a public key as PEM, or DER in hexadecimal or Base64',
      'publicKey',
    );
  }
  const isMeant = ({ evseId, connectorId }: ConnectorRef) =>
    evseId === connector.evseId && connectorId === connector.connectorId;
  if (!station.connectors.some(isMeant)) {
    throw new DomainError('NotFound', `station ${stationId} has no such connector`, 'connectorId');
  }
  const connectors = station.connectors.map((one) => {
    if (!isMeant(one)) return one;
    const { meterPublicKey: _, ...rest } = one;
    return publicKey === undefined ? rest : { ...rest, meterPublicKey: publicKey };
  });
  const next = { ...station, connectors, updatedAt: ports.clock(), revision: station.revision + 1 };
  if ((await ports.stations.replaceStation(next)) === 'changed-meanwhile') {
    throw new DomainError(
      'Conflict',
      `station ${stationId} was changed by somebody else, try again`,
      'stationId',
    );
  }
  return next;
}
