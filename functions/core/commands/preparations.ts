import type { JobStore } from '../jobs/job-store.ts';
import { keepJobOf } from '../jobs/start-job.ts';
import type { Clock, NewId } from '../ports.ts';
import { keepReservation, noteCancellation } from '../reservations/keep-reservation.ts';
import type { ReservationStore } from '../reservations/reservation-store.ts';
import type { Command, CommandRequest } from './command.ts';

/** What preparations work with. */
export interface PreparationPorts {
  readonly reservations: ReservationStore;
  readonly jobs: JobStore;
  readonly clock: Clock;
  readonly newId: NewId;
}

/**
 * What has to be kept before a caller's command of a kind may be queued, so that its answer finds it. Safe to repeat:
 * a command that could not be queued after all leaves it behind.
 */
export const preparations: Readonly<
  Partial<Record<CommandRequest['kind'], (ports: PreparationPorts, command: Command) => Promise<void>>>
> = {
  UPDATE_FIRMWARE: keepJobOf,
  UPDATE_SIGNED_FIRMWARE: keepJobOf,
  UPLOAD_DIAGNOSTICS: keepJobOf,
  UPLOAD_LOG: keepJobOf,
  UPLOAD_SECURITY_LOG: keepJobOf,
  PUBLISH_FIRMWARE: keepJobOf,
  RESERVE: keepReservation,
  CANCEL_RESERVATION: noteCancellation,
};
