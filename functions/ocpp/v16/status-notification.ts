import { recordStatus } from '#core/stations/record-status.ts';
import type { ConnectorStatus } from '#core/stations/station.ts';
import { stationTime } from '../station-time.ts';
import { connectorRef } from './connector-ref.ts';
import { defineInboundAction } from './define-action.ts';
import type { StatusNotificationRequest } from './schema/messages.ts';

const statuses: Readonly<Record<StatusNotificationRequest['status'], ConnectorStatus>> = {
  Available: 'AVAILABLE',
  Preparing: 'PREPARING',
  Charging: 'CHARGING',
  SuspendedEVSE: 'SUSPENDED_EVSE',
  SuspendedEV: 'SUSPENDED_EV',
  Finishing: 'FINISHING',
  Reserved: 'RESERVED',
  Unavailable: 'UNAVAILABLE',
  Faulted: 'FAULTED',
};

/**
 * StatusNotification (1.6 §4.9), from the station: the state of a connector, or with number 0 of the station.
 *
 * The latest by the station's own time is kept, whatever order they arrive in. The session at the connector keeps what
 * it says of the vehicle: there is no other word on parking. The vendor's id is not kept.
 */
export const statusNotification = defineInboundAction({
  name: 'StatusNotification',
  async handle(request, { services, stationId, receivedAt, note }) {
    const { connectorId, errorCode, status, timestamp, vendorErrorCode, info } = request;
    await recordStatus(services, {
      stationId,
      connector: connectorRef(connectorId),
      status: statuses[status],
      at: timestamp === undefined ? receivedAt : stationTime(timestamp, receivedAt, note),
      ...(errorCode === 'NoError' ? {} : { errorCode }),
      ...(vendorErrorCode === undefined ? {} : { vendorErrorCode }),
      ...(info === undefined ? {} : { info }),
    });
    return {};
  },
});
