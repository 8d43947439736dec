import type { Clock } from '../ports.ts';
import type { SetTimer } from '../timers.ts';
import { openStates, type Reservation } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';

/** A session that begins in the last moment is told a little later, by a clock of its own. */
const expiryGraceMs = 60_000;

/** Sees to it that a new reservation ends one day, whatever becomes of it. */
export async function setExpiry(
  ports: { setTimer: SetTimer },
  { stationId, number, expiresAt }: Pick<Reservation, 'stationId' | 'number' | 'expiresAt'>,
): Promise<void> {
  await ports.setTimer({ kind: 'EXPIRE_RESERVATION', stationId, number }, expiresAt + expiryGraceMs);
}

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
  if (reservation.expiresAt + expiryGraceMs > at) return setExpiry(ports, reservation);
  await ports.reservations.takeStep(stationId, number, { state: 'EXPIRED', at, from: openStates });
}
