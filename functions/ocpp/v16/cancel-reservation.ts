import { recordCancelAnswer } from '#core/reservations/settle-reservation.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * CancelReservation (1.6 §5.1), to the station: give a reservation up.
 *
 * Rejected says that the station holds no such reservation.
 */
export const cancelReservation = defineOutboundAction({
  name: 'CancelReservation',
  kinds: ['CANCEL_RESERVATION'],
  toRequest({ number }) {
    return { reservationId: number };
  },
  async learn({ request, answer: { status } }, { stationId, services }) {
    const { reservationId: number } = request;
    await recordCancelAnswer(services, { stationId, number, known: status === 'Accepted' });
  },
});
