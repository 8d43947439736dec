import { compareComposite } from '#core/smart-charging/composite-of-station.ts';
import { compositePeriodsOf } from '../charging-schedules.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetCompositeSchedule (2.0.1 K08), to the station: what limits this EVSE from now on?
 *
 * What it answers is compared with what we think.
 */
export const getCompositeSchedule = defineOutboundAction({
  name: 'GetCompositeSchedule',
  kinds: ['GET_COMPOSITE_SCHEDULE'],
  toRequest({ evseId, durationS, unit }) {
    return { evseId, duration: durationS, ...(unit === undefined ? {} : { chargingRateUnit: unit }) };
  },
  async learn({ request, answer }, { services, stationId, answeredAt }) {
    const { status, schedule } = answer;
    if (status !== 'Accepted' || !schedule) return;
    const startAt = Date.parse(schedule.scheduleStart);
    await compareComposite(services, {
      stationId,
      evseId: request.evseId,
      unit: schedule.chargingRateUnit,
      startAt: Number.isFinite(startAt) ? startAt : answeredAt,
      durationS: Math.min(request.duration, schedule.duration),
      periods: compositePeriodsOf(schedule.chargingSchedulePeriod),
    });
  },
});
