import type { Connector, ConnectorRef, Station } from '../stations/station.ts';
import { invalidParameter, type Parameters, wholeParameter } from './parameters.ts';

/** By station-wide number, or by EVSE and the number within it; the only connector when none is named. */
export function connectorParameter(station: Station, parameters: Parameters): ConnectorRef {
  const number = wholeParameter(parameters, 'connectorId');
  const evseId = wholeParameter(parameters, 'evseId');
  const connector = pickConnector(station.connectors, number, evseId);
  if (!connector) {
    throw invalidParameter(
      evseId === undefined ? 'connectorId' : 'evseId',
      'names no connector of this station',
    );
  }
  return { evseId: connector.evseId, connectorId: connector.connectorId };
}

function pickConnector(
  connectors: readonly Connector[],
  number: number | undefined,
  evseId: number | undefined,
): Connector | undefined {
  if (evseId !== undefined) {
    return connectors.find((one) => one.evseId === evseId && one.connectorId === (number ?? one.connectorId));
  }
  if (number !== undefined) return connectors[number - 1];
  return connectors.length === 1 ? connectors[0] : undefined;
}
