import type { Clock } from './ports.ts';
import { expireReservation } from './reservations/expire-reservation.ts';
import type { ReservationStore } from './reservations/reservation-store.ts';
import type { SetTimer, Timer } from './timers.ts';

/** What timers act with, bound to the tenant they were set for. */
export interface TimerPorts {
  readonly tenantId: string;
  readonly reservations: ReservationStore;
  readonly clock: Clock;
  readonly setTimer: SetTimer;
}

/** Does what a timer was set for. Safe to repeat. */
export async function fireTimer(ports: TimerPorts, timer: Timer): Promise<void> {
  switch (timer.kind) {
    case 'EXPIRE_RESERVATION':
      return expireReservation(ports, timer);
  }
}
