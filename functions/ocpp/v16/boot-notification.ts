import { registerBoot } from '#core/stations/register-boot.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * BootNotification (1.6 §4.2), from the station: it started, and what make it is.
 *
 * Answers with our clock and the heartbeat interval; calls to the station wait until the answer has had time
 * to arrive. SIM card and meter are not kept.
 */
export const bootNotification = defineInboundAction({
  name: 'BootNotification',
  async handle(request, { services, stationId, connectionId }) {
    const serialNumber = request.chargePointSerialNumber ?? request.chargeBoxSerialNumber;
    const { status, heartbeatIntervalS, now } = await registerBoot(services, {
      stationId,
      connectionId,
      manufacturer: request.chargePointVendor,
      model: request.chargePointModel,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(request.firmwareVersion === undefined ? {} : { firmwareVersion: request.firmwareVersion }),
    });
    return {
      status: ({ ACCEPTED: 'Accepted', PENDING: 'Pending', REJECTED: 'Rejected' } as const)[status],
      currentTime: new Date(now).toISOString(),
      interval: heartbeatIntervalS,
    };
  },
});
