import { recordStatus } from '#core/stations/record-status.ts';
import type { ConnectorStatus } from '#core/stations/station.ts';
import { stationTime } from '../station-time.ts';
import { defineInboundAction } from './define-action.ts';
import type { StatusNotificationRequest } from './schema/messages.ts';

const statuses: Readonly<Record<StatusNotificationRequest['connectorStatus'], ConnectorStatus>> = {
  Available: 'AVAILABLE',
  Occupied: 'OCCUPIED',
  Reserved: 'RESERVED',
  Unavailable: 'UNAVAILABLE',
  Faulted: 'FAULTED',
};

/**
 * StatusNotification (2.0.1 G01), from the station: the state of a connector.
 *
 * The latest by the station's own time is kept, whatever order they arrive in. What exactly is faulted comes in
 * NotifyEvent.
 */
export const statusNotification = defineInboundAction({
  name: 'StatusNotification',
  async handle(request, { services, stationId, receivedAt, note }) {
    const { evseId, connectorId, connectorStatus, timestamp } = request;
    await recordStatus(services, {
      stationId,
      connector: { evseId, connectorId },
      status: statuses[connectorStatus],
      at: stationTime(timestamp, receivedAt, note),
    });
    return {};
  },
});
