import { registerNewcomer } from '#core/stations/onboarding.ts';
import { type Boot, registerBoot } from '#core/stations/register-boot.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * BootNotification (1.6 §4.2), from the station: it started, and what make it is.
 *
 * Answers with our clock and the heartbeat interval; calls to the station wait until the answer has had time
 * to arrive. SIM card and meter are not kept.
 */
export const bootNotification = defineInboundAction({
  name: 'BootNotification',
  async handle(request, { services, stationId, connectionId, newcomer }) {
    const serialNumber = request.chargePointSerialNumber ?? request.chargeBoxSerialNumber;
    const boot: Boot = {
      stationId,
      connectionId,
      manufacturer: request.chargePointVendor,
      model: request.chargePointModel,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(request.firmwareVersion === undefined ? {} : { firmwareVersion: request.firmwareVersion }),
    };
    const { status, intervalS, now } = newcomer
      ? await registerNewcomer(services, boot, newcomer)
      : await registerBoot(services, boot);
    return {
      status: ({ ACCEPTED: 'Accepted', PENDING: 'Pending', REJECTED: 'Rejected' } as const)[status],
      currentTime: new Date(now).toISOString(),
      interval: intervalS,
    };
  },
});
