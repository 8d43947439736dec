import { isConnectorType } from '#core/stations/connector-types.ts';
import type { Connector, ConnectorLive, Station, StationLive } from '#core/stations/station.ts';
import { stationStatus } from '#core/stations/station-status.ts';
import { rfc3339 } from './field-request.ts';

const ocppVersions: Readonly<Record<string, string>> = { 'ocpp1.6': 'OCPP_1_6', 'ocpp2.0.1': 'OCPP_2_0_1' };

/** The protocol a station speaks, by GraphQL's name for it. */
export function protocolOf(ocppVersion: string): string {
  const found = Object.entries(ocppVersions).find(([, name]) => name === ocppVersion);
  return found ? found[0] : ocppVersion;
}

/** GraphQL's name for a protocol; `undefined` for one that it has no name for. */
export function ocppVersionOf(protocol: string): string | undefined {
  return ocppVersions[protocol];
}

/** A station with what it last said, as GraphQL's `ChargingStation`. */
export function stationView(station: Station, live: StationLive): Record<string, unknown> {
  const { link } = live;
  const online = link.connectionId !== undefined;
  return {
    id: station.stationId,
    stationId: station.stationId,
    name: station.name,
    description: station.description,
    manufacturer: station.manufacturer,
    model: station.model,
    serialNumber: station.serialNumber,
    firmwareVersion: station.firmwareVersion,
    ocppVersion: ocppVersionOf(station.protocol),
    ocppStatus: online ? 'CONNECTED' : 'DISCONNECTED',
    securityProfile: station.securityProfile,
    locationId: station.locationId,
    address: station.address,
    coordinates: station.coordinates,
    status: stationStatus(live.connectors, online),
    availability: station.lifecycle === 'ACTIVE' ? 'OPERATIVE' : 'INOPERATIVE',
    connectors: station.connectors.map((connector, index) => connectorView(station, connector, index, live)),
    lastHeartbeat: link.lastSeenAt === undefined ? undefined : rfc3339(link.lastSeenAt),
    createdAt: rfc3339(station.createdAt),
    updatedAt: rfc3339(station.updatedAt),
    version: station.revision,
  };
}

/**
 * A connector by its station-wide number, which is what people and OCPP 1.6 call it by. A type that has no name here is
 * `OTHER`; amperes and volts are whole.
 */
export function connectorView(
  station: Station,
  connector: Connector,
  index: number,
  live: StationLive,
): Record<string, unknown> {
  const said = lastWord(connector, live.connectors);
  return {
    id: `${station.stationId}:${index + 1}`,
    stationId: station.stationId,
    connectorRef: { evseId: connector.evseId, connectorId: connector.connectorId },
    connectorId: index + 1,
    evseId: connector.evseId,
    connectorType: isConnectorType(connector.connectorType) ? connector.connectorType : 'OTHER',
    status: said?.status ?? 'UNKNOWN',
    maxPower: connector.maxPowerW,
    maxCurrent: whole(connector.maxCurrentA),
    voltage: whole(connector.voltageV),
    numberOfPhases: connector.phases,
    sessionId: said?.sessionId,
    tariffId: connector.tariffId,
  };
}

function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}

export function lastWord(connector: Connector, words: readonly ConnectorLive[]): ConnectorLive | undefined {
  return words.find(
    ({ evseId, connectorId }) => evseId === connector.evseId && connectorId === connector.connectorId,
  );
}
