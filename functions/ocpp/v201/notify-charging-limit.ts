import { keepExternalLimit } from '#core/smart-charging/keep-profiles.ts';
import { limitSourceOf, scheduleOf } from '../charging-schedules.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * NotifyChargingLimit (2.0.1 K11, K12), from the station: somebody other than us limits it, or one of its EVSEs.
 *
 * The limit counts until it is cleared. Without schedules it is known to be there, but not how low it is.
 */
export const notifyChargingLimit = defineInboundAction({
  name: 'NotifyChargingLimit',
  async handle({ evseId = 0, chargingLimit, chargingSchedule = [] }, { services, stationId, receivedAt }) {
    const { chargingLimitSource, isGridCritical } = chargingLimit;
    await keepExternalLimit(services, {
      stationId,
      limit: {
        evseId,
        source: limitSourceOf(chargingLimitSource),
        ...(isGridCritical === undefined ? {} : { gridCritical: isGridCritical }),
        schedules: chargingSchedule.map(scheduleOf),
        notedAt: receivedAt,
      },
    });
    return {};
  },
});
