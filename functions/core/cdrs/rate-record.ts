import type { Reservation } from '../reservations/reservation.ts';
import type { SessionRecord } from '../sessions/assemble-session.ts';
import { periodsOfSession } from '../tariffs/periods-of-session.ts';
import { rateSession } from '../tariffs/rate-session.ts';
import type { Rating, ReservedTime } from '../tariffs/rating.ts';
import type { Tariff } from '../tariffs/tariff.ts';

/** What a session is priced by. */
export interface PricingTerms {
  readonly timeZone: string;
  readonly tariff?: Tariff;
  /** The reservation that it made use of. */
  readonly reservation?: Pick<Reservation, 'reservedAt'>;
}

/**
 * What a session costs by everything known of it, with the reservation that it made use of: the one rating of bills
 * and of running costs. `undefined` without a tariff.
 */
export function rateRecord(record: SessionRecord, terms: PricingTerms): Rating | undefined {
  const { tariff, timeZone, reservation } = terms;
  if (!tariff) return undefined;
  const reserved = reservation && reservedTime(reservation, record.startedAt);
  return rateSession(periodsOfSession(record), tariff, timeZone, reserved ? { reservation: reserved } : {});
}

/**
 * From the station's word that it keeps the place until the session begins (OCPI 2.2.1 mod_tariffs,
 * ReservationRestrictionType). While the station has not given its word, it may have kept nothing: no time counts.
 */
function reservedTime({ reservedAt }: Pick<Reservation, 'reservedAt'>, startedAt: number): ReservedTime {
  return { startedAt: Math.min(reservedAt ?? startedAt, startedAt), endedAt: startedAt, expired: false };
}
