import { compareComposite } from '#core/smart-charging/composite-of-station.ts';
import { compositePeriodsOf } from '../charging-schedules.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetCompositeSchedule (1.6 §5.7), to the station: what limits this connector from now on?
 *
 * What it answers is compared with what we think.
 */
export const getCompositeSchedule = defineOutboundAction({
  name: 'GetCompositeSchedule',
  kinds: ['GET_COMPOSITE_SCHEDULE'],
  toRequest({ evseId, durationS, unit }) {
    return {
      connectorId: evseId,
      duration: durationS,
      ...(unit === undefined ? {} : { chargingRateUnit: unit }),
    };
  },
  async learn({ request, answer }, { services, stationId, answeredAt }) {
    const { status, scheduleStart, chargingSchedule } = answer;
    if (status !== 'Accepted' || !chargingSchedule) return;
    const startAt = Date.parse(scheduleStart ?? chargingSchedule.startSchedule ?? '');
    await compareComposite(services, {
      stationId,
      evseId: request.connectorId,
      unit: chargingSchedule.chargingRateUnit,
      startAt: Number.isFinite(startAt) ? startAt : answeredAt,
      durationS: Math.min(request.duration, chargingSchedule.duration ?? request.duration),
      periods: compositePeriodsOf(chargingSchedule.chargingSchedulePeriod),
    });
  },
});
