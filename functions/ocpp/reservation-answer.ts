import type { ReservationRefusal } from '#core/reservations/reservation.ts';
import { recordReservationAnswer } from '#core/reservations/settle-reservation.ts';
import type { AnsweredCall } from './services.ts';

/** Both versions spell what a station says to ReserveNow alike. */
const refusals = {
  Faulted: 'FAULTED',
  Occupied: 'OCCUPIED',
  Rejected: 'REJECTED',
  Unavailable: 'UNAVAILABLE',
} as const satisfies Record<string, ReservationRefusal>;

/** Tells the reservation of this number what the station answered. */
export async function learnReservationAnswer(
  { number, status }: { readonly number: number; readonly status: 'Accepted' | keyof typeof refusals },
  { stationId, services }: AnsweredCall,
): Promise<void> {
  const refusal = status === 'Accepted' ? {} : { refusal: refusals[status] };
  await recordReservationAnswer(services, { stationId, number, ...refusal });
}
