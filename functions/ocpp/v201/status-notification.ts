import { recordStatus } from '#core/stations/record-status.ts';
import { stationTime } from '../station-time.ts';
import { connectorStatuses } from './connector-statuses.ts';
import { defineInboundAction } from './define-action.ts';

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
      status: connectorStatuses[connectorStatus],
      at: stationTime(timestamp, receivedAt, note),
    });
    return {};
  },
});
