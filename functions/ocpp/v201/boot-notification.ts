import type { Boot } from '#core/stations/register-boot.ts';
import { answerBoot } from '../boot-answer.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * BootNotification (2.0.1 B01), from the station: it started, why, and what make it is.
 *
 * Answers with our clock and the heartbeat interval; calls to the station wait until the answer has had time
 * to arrive. The modem is not kept.
 */
export const bootNotification = defineInboundAction({
  name: 'BootNotification',
  async handle({ chargingStation, reason }, call) {
    const { vendorName, model, serialNumber, firmwareVersion } = chargingStation;
    const { stationId, connectionId } = call;
    const boot: Boot = {
      stationId,
      connectionId,
      manufacturer: vendorName,
      model,
      reason,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
    };
    return answerBoot(boot, call);
  },
});
