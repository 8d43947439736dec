import type { ConnectorLive, ConnectorStatus, StationStatus } from './station.ts';

const inUse: ReadonlySet<ConnectorStatus> = new Set<ConnectorStatus>([
  'OCCUPIED',
  'PREPARING',
  'CHARGING',
  'SUSPENDED_EV',
  'SUSPENDED_EVSE',
  'FINISHING',
]);

/**
 * One status for the whole station: its own word first (the record of EVSE 0), else the best a driver can
 * hope for among its connectors: free, then in use, reserved, out of service, broken.
 */
export function stationStatus(connectors: readonly ConnectorLive[], online: boolean): StationStatus {
  if (!online) return 'OFFLINE';
  const own = connectors.find((connector) => connector.evseId === 0);
  if (own?.status === 'FAULTED' || own?.status === 'UNAVAILABLE') return own.status;
  const statuses = connectors.filter((connector) => connector.evseId !== 0).map(({ status }) => status);
  if (statuses.includes('AVAILABLE')) return 'AVAILABLE';
  if (statuses.some((status) => inUse.has(status))) return 'OCCUPIED';
  if (statuses.includes('RESERVED')) return 'RESERVED';
  if (statuses.includes('UNAVAILABLE')) return 'UNAVAILABLE';
  if (statuses.includes('FAULTED')) return 'FAULTED';
  return own?.status === 'AVAILABLE' ? 'AVAILABLE' : 'UNKNOWN';
}
