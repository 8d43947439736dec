import type { ConnectorStatus } from '#core/stations/station.ts';
import type { ConnectorStatusEnumType } from './schema/messages.ts';

/** What a connector, or the station, says of itself: in StatusNotification, or as its variable AvailabilityState. */
export const connectorStatuses: Readonly<Record<ConnectorStatusEnumType, ConnectorStatus>> = {
  Available: 'AVAILABLE',
  Occupied: 'OCCUPIED',
  Reserved: 'RESERVED',
  Unavailable: 'UNAVAILABLE',
  Faulted: 'FAULTED',
};
