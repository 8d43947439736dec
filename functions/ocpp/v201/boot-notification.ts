import { registerNewcomer } from '#core/stations/onboarding.ts';
import { type Boot, registerBoot } from '#core/stations/register-boot.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * BootNotification (2.0.1 B01), from the station: it started, why, and what make it is.
 *
 * Answers with our clock and the heartbeat interval; calls to the station wait until the answer has had time
 * to arrive. The modem is not kept.
 */
export const bootNotification = defineInboundAction({
  name: 'BootNotification',
  async handle({ chargingStation, reason }, { services, stationId, connectionId, newcomer }) {
    const { vendorName, model, serialNumber, firmwareVersion } = chargingStation;
    const boot: Boot = {
      stationId,
      connectionId,
      manufacturer: vendorName,
      model,
      reason,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
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
