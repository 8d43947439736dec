import type { TokenRef } from '../tokens/token.ts';

/**
 * `REQUESTED`: the station was asked or will be. `RESERVED`: it agreed. `UNKNOWN`: it was asked and its answer never
 * came, so it is asked to cancel. The others are final, and a reservation comes to exactly one of them: `USED` by a
 * session, `EXPIRED`, `CANCELLED` here, `REJECTED` by the station or because it could not be asked, `REMOVED` by the
 * station after it had agreed.
 */
export type ReservationState = (typeof openStates)[number] | FinalState;

export type FinalState = 'USED' | 'EXPIRED' | 'CANCELLED' | 'REJECTED' | 'REMOVED';

export const openStates = ['REQUESTED', 'RESERVED', 'UNKNOWN'] as const;

/** Why a station refused, in its own words, or what put an end to its word. */
export type ReservationRefusal = 'OCCUPIED' | 'FAULTED' | 'UNAVAILABLE' | 'REJECTED';

/** What is reserved: one EVSE, one connector of it, or whatever becomes free when neither is named. */
export interface ReservedPlace {
  readonly evseId?: number;
  readonly connectorId?: number;
  /** The kind of connector that is needed, where any EVSE with one will do. */
  readonly connectorType?: string;
}

/** A place kept free for a token until a moment. Times in epoch milliseconds. */
export interface Reservation {
  /** Unique in the tenant: the station and the number. */
  readonly reservationId: string;
  readonly stationId: string;
  /** The number that the station knows it by: positive, below 2³¹, unique at that station. */
  readonly number: number;
  readonly state: ReservationState;
  readonly place: ReservedPlace;
  readonly token: TokenRef & { readonly groupId?: string };
  readonly expiresAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The station gave its word to keep the place. */
  readonly reservedAt?: number;
  /** The command that asks the station. */
  readonly commandId: string;
  /** A cancellation was asked for; the reservation may still be used before the station answers it. */
  readonly cancelRequestedAt?: number;
  readonly refusal?: ReservationRefusal;
  /** Why the station could not be asked. */
  readonly failure?: string;
  /** The session that used it. */
  readonly sessionId?: string;
  readonly requestedBy?: string;
}

export function isOpen({ state }: Pick<Reservation, 'state'>): boolean {
  return openStates.some((open) => open === state);
}

/** The id of a station's reservation. */
export function reservationIdOf(stationId: string, number: number): string {
  return `${stationId}-${number}`;
}

/** The station and the number in an id; `undefined` for what is no id of a reservation. */
export function placeOfReservation(reservationId: string): { stationId: string; number: number } | undefined {
  const [, stationId, digits] = /^(.+)-(\d{1,10})$/.exec(reservationId) ?? [];
  return stationId === undefined ? undefined : { stationId, number: Number(digits) };
}
