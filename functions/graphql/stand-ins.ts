import type { Session } from '#core/sessions/session.ts';
import type { ConnectorRef } from '#core/stations/station.ts';
import { rfc3339 } from './field-request.ts';

/**
 * What a session still tells of a station that is gone, as GraphQL's `ChargingStation`, so that its list has it. Only
 * OCPP 1.6 leaves the number of a transaction to us.
 */
export function standInStation({ stationId, startKey, startedAt }: Session): Record<string, unknown> {
  return {
    id: stationId,
    stationId,
    ocppVersion: startKey === undefined ? 'OCPP_2_0_1' : 'OCPP_1_6',
    ocppStatus: 'DISCONNECTED',
    status: 'UNKNOWN',
    availability: 'INOPERATIVE',
    connectors: [],
    createdAt: rfc3339(startedAt),
    updatedAt: rfc3339(startedAt),
    version: 0,
  };
}

/** The station itself stands in for a connector that was never named. */
const unnamed: ConnectorRef = { evseId: 0, connectorId: 0 };

/**
 * The same of a connector that its station has no more, or that the session never named: number 0. Where every EVSE has
 * one connector, which is all that OCPP 1.6 knows, the numbers of both are the same.
 */
export function standInConnector(stationId: string, place = unnamed): Record<string, unknown> {
  return {
    id: `${stationId}:${place.evseId}`,
    stationId,
    connectorRef: place,
    connectorId: place.evseId,
    evseId: place.evseId,
    connectorType: 'OTHER',
    status: 'UNKNOWN',
  };
}
