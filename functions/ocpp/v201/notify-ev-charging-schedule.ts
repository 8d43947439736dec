import { noteEvSchedule } from '#core/smart-charging/note-ev-schedule.ts';
import { scheduleOf } from '../charging-schedules.ts';
import { stationTime } from '../station-time.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * NotifyEVChargingSchedule (2.0.1 K15, K17), from the station: how the vehicle means to charge.
 *
 * Accepted says that the message was understood, not that the schedule is approved: whether it keeps the limits is
 * kept with it, and told to operators when it does not. Rejected where nothing charges.
 */
export const notifyEVChargingSchedule = defineInboundAction({
  name: 'NotifyEVChargingSchedule',
  async handle({ evseId, timeBase, chargingSchedule }, { services, stationId, receivedAt, note }) {
    const noted = await noteEvSchedule(services, {
      stationId,
      evseId,
      baseAt: stationTime(timeBase, receivedAt, note),
      schedule: scheduleOf(chargingSchedule),
      receivedAt,
    });
    return { status: noted === 'no-session' ? 'Rejected' : 'Accepted' };
  },
});
