import { endByStation } from '#core/reservations/settle-reservation.ts';
import { defineInboundAction } from './define-action.ts';

const ends = { Expired: 'EXPIRED', Removed: 'REMOVED' } as const;

/** ReservationStatusUpdate (2.0.1 H01, H04), from the station: a reservation's time is over, or its EVSE is out of use. */
export const reservationStatusUpdate = defineInboundAction({
  name: 'ReservationStatusUpdate',
  async handle({ reservationId: number, reservationUpdateStatus }, { stationId, services }) {
    await endByStation(services, { stationId, number, as: ends[reservationUpdateStatus] });
    return {};
  },
});
