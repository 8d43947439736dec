import { forgetExternalLimit } from '#core/smart-charging/keep-profiles.ts';
import { limitSourceOf } from '../charging-schedules.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * ClearedChargingLimit (2.0.1 K13), from the station: a limit from outside is gone, at one EVSE or everywhere.
 */
export const clearedChargingLimit = defineInboundAction({
  name: 'ClearedChargingLimit',
  async handle({ evseId, chargingLimitSource }, { services, stationId, receivedAt }) {
    await forgetExternalLimit(services, {
      stationId,
      source: limitSourceOf(chargingLimitSource),
      ...(evseId === undefined ? {} : { evseId }),
      at: receivedAt,
    });
    return {};
  },
});
