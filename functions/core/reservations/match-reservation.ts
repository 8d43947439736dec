import type { Clock } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Reservation } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';
import { useReservation } from './use-reservation.ts';

/**
 * Finds the reservation that a session makes use of although its station did not name it. A start for the reserved
 * token or its group at the reserved place ends a reservation, named or not (1.6 §5.13, 2.0.1 H03). One that was named
 * before the token was known is used here, too. The session is told, since its price may begin with its reservation;
 * of one that the station never gave its word for there is nothing to bill unless the start names it.
 */
export async function matchReservation(
  ports: { reservations: ReservationStore; sessions: SessionStore; clock: Clock },
  { stationId, sessionId }: { stationId: string; sessionId: string },
): Promise<void> {
  // Most stations have none, and then nobody needs to know the session.
  const open = await ports.reservations.listOpenReservations(stationId);
  if (open.length === 0) return;
  const session = await ports.sessions.findSession(sessionId);
  if (session?.stationId !== stationId || session.token?.status !== 'ACCEPTED') return;
  const { reservationId } = session;
  if (reservationId !== undefined) {
    return useReservation(ports, { stationId, number: reservationId, sessionId });
  }
  const [own] = open.filter((reservation) => isFor(reservation, session));
  if (!own) return;
  const { number, state } = own;
  // Named first: whatever becomes of this call, a repeat uses the same one, and the bill finds it.
  if (state === 'RESERVED') await ports.sessions.addFacts(sessionId, stationId, { reservationId: number });
  await useReservation(ports, { stationId, number, sessionId });
}

function isFor({ place, token, createdAt, expiresAt, state }: Reservation, session: Session): boolean {
  const { connector, token: shown, startedAt } = session;
  const inTime = startedAt >= createdAt && startedAt <= expiresAt;
  const anywhere = place.evseId === undefined;
  const there =
    place.evseId === connector?.evseId &&
    (place.connectorId === undefined || place.connectorId === connector?.connectorId);
  const same = shown?.uid === token.uid;
  const related = token.groupId !== undefined && shown?.groupId === token.groupId;
  return state !== 'REQUESTED' && inTime && (anywhere || there) && (same || related);
}
