import type { Clock } from '../ports.ts';
import type { SetTimer } from '../timers.ts';
import { openStates } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';

/** A session that begins in the last moment is told a little later, by a clock of its own. */
export const expiryGraceMs = 60_000;

/**
 * Ends a reservation whose time is up and that came to no other end. A station that holds it ends it by itself, so
 * nothing is sent. Early and repeated calls change nothing; an early one comes back in time.
 */
export async function expireReservation(
  ports: { reservations: ReservationStore; clock: Clock; setTimer: SetTimer },
  { stationId, number }: { stationId: string; number: number },
): Promise<void> {
  const reservation = await ports.reservations.findReservation(stationId, number);
  if (!reservation) return;
  const at = ports.clock();
  const dueAt = reservation.expiresAt + expiryGraceMs;
  if (dueAt > at) {
    await ports.setTimer({ kind: 'EXPIRE_RESERVATION', stationId, number }, dueAt);
    return;
  }
  await ports.reservations.takeStep(stationId, number, { state: 'EXPIRED', at, from: openStates });
}
