import type { Page, PageRequest } from '../ports.ts';
import type { Reservation, ReservationState } from './reservation.ts';

/** A step in a reservation's life, taken only from one of the states it may be taken from. */
export interface ReservationStep
  extends Partial<
    Pick<Reservation, 'reservedAt' | 'refusal' | 'failure' | 'sessionId' | 'cancelRequestedAt'>
  > {
  readonly state: ReservationState;
  readonly at: number;
  readonly from: readonly ReservationState[];
}

/** Reservations of one tenant. */
export interface ReservationStore {
  /** Keeps a reservation under a number that must be free at its station; else gives what has the number. */
  addReservation(
    reservation: Reservation,
  ): Promise<{ outcome: 'added' } | { outcome: 'taken'; by: Reservation }>;
  /** Strongly consistent. */
  findReservation(stationId: string, number: number): Promise<Reservation | undefined>;
  /** Newest first. */
  listReservations(stationId: string, page: PageRequest): Promise<Page<Reservation>>;
  /** Those of a station that are not final. */
  listOpenReservations(stationId: string): Promise<readonly Reservation[]>;
  /** Takes a step in one conditional write; gives the reservation as it is when the step may not be taken. */
  takeStep(
    stationId: string,
    number: number,
    step: ReservationStep,
  ): Promise<{ outcome: 'taken' } | { outcome: 'refused'; as: Reservation } | { outcome: 'unknown' }>;
  /** Notes that a cancellation was asked for; changes nothing for a final reservation. */
  noteCancelRequest(stationId: string, number: number, at: number): Promise<void>;
}
