import type { Boot } from '#core/stations/register-boot.ts';
import { answerBoot } from '../boot-answer.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * BootNotification (1.6 §4.2), from the station: it started, and what make it is.
 *
 * Answers with our clock and the heartbeat interval; calls to the station wait until the answer has had time
 * to arrive. SIM card and meter are not kept.
 */
export const bootNotification = defineInboundAction({
  name: 'BootNotification',
  async handle(request, call) {
    const serialNumber = request.chargePointSerialNumber ?? request.chargeBoxSerialNumber;
    const { stationId, connectionId } = call;
    const boot: Boot = {
      stationId,
      connectionId,
      manufacturer: request.chargePointVendor,
      model: request.chargePointModel,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(request.firmwareVersion === undefined ? {} : { firmwareVersion: request.firmwareVersion }),
    };
    return answerBoot(boot, call);
  },
});
