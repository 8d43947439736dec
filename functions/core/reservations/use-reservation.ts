import type { Clock } from '../ports.ts';
import { openStates } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';

/** An accepted session makes use of a reservation; the first one to do so, once. A number of nobody does nothing. */
export async function useReservation(
  ports: { reservations: ReservationStore; clock: Clock },
  { stationId, number, sessionId }: { stationId: string; number: number; sessionId: string },
): Promise<void> {
  const at = ports.clock();
  await ports.reservations.takeStep(stationId, number, { state: 'USED', at, from: openStates, sessionId });
}
