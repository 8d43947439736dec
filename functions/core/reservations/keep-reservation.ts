import type { Command } from '../commands/command.ts';
import type { Clock } from '../ports.ts';
import { reservationIdOf } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';

/**
 * Keeps the reservation that a command asks for, before the command can be sent: whatever the station then says
 * finds it. A command that repeats one finds it there already.
 */
export async function keepReservation(
  ports: { reservations: ReservationStore },
  { stationId, commandId, request, createdAt, requestedBy }: Command,
): Promise<void> {
  if (request.kind !== 'RESERVE') return;
  const { number, place, token, expiresAt } = request;
  await ports.reservations.addReservation({
    reservationId: reservationIdOf(stationId, number),
    stationId,
    number,
    state: 'REQUESTED',
    place,
    token,
    expiresAt,
    createdAt,
    updatedAt: createdAt,
    commandId,
    ...(requestedBy === undefined ? {} : { requestedBy }),
  });
}

/** Notes on a reservation that its cancellation was asked for. */
export async function noteCancellation(
  ports: { reservations: ReservationStore; clock: Clock },
  { stationId, request }: Command,
): Promise<void> {
  if (request.kind !== 'CANCEL_RESERVATION') return;
  await ports.reservations.noteCancelRequest(stationId, request.number, ports.clock());
}
