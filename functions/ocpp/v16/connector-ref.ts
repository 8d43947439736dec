import type { ConnectorRef } from '#core/stations/station.ts';

/** 1.6 has no EVSEs: each connector is one of its own. Number 0 is the station itself. */
export function connectorRef(connectorId: number): ConnectorRef {
  return connectorId === 0 ? { evseId: 0, connectorId: 0 } : { evseId: connectorId, connectorId: 1 };
}

export function connectorNumber(connector: ConnectorRef): number {
  return connector.evseId;
}
