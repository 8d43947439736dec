import { type CommandTerms, type RequestPorts, requestCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import { knownStation } from '../stations/known-station.ts';
import { isOpen, placeOfReservation, type Reservation } from './reservation.ts';
import { readReservation } from './reservation-wishes.ts';

/**
 * Reserves a place at a station: `parameters` as RESERVE_NOW takes them. Gives the reservation as it is once the
 * station has been asked; the same wish again, while its reservation is open, gives that one and asks nobody.
 *
 * Throws as `requestCommand` does.
 */
export async function reserve(
  ports: RequestPorts,
  wish: CommandTerms & { stationId: string; parameters: Readonly<Record<string, unknown>> },
): Promise<Reservation> {
  const { stationId, parameters } = wish;
  const station = await knownStation(ports, stationId);
  const { number } = await readReservation(ports, { station, parameters });
  const known = await ports.reservations.findReservation(stationId, number);
  // One whose command was lost on its way into the queue is asked for again.
  const isAsked = known && (await ports.commands.findCommand(stationId, known.commandId)) !== undefined;
  if (known && (isAsked || known.state !== 'REQUESTED')) return known;
  await requestCommand(ports, { ...wish, name: 'RESERVE_NOW' });
  return present(await ports.reservations.findReservation(stationId, number), number);
}

/**
 * Cancels a reservation. One that its station was not asked for yet ends at once; of another the station is asked,
 * now or when it is back, and the reservation ends with its answer. Safe to repeat.
 *
 * Throws `NotFound`, and `Conflict` for one that came to another end.
 */
export async function cancelReservation(
  ports: RequestPorts,
  { reservationId, requestedBy }: { reservationId: string; requestedBy?: string },
): Promise<Reservation> {
  const place = placeOfReservation(reservationId);
  const reservation = place && (await ports.reservations.findReservation(place.stationId, place.number));
  const { stationId, number, state, commandId, expiresAt } = present(reservation, reservationId);
  if (state === 'REQUESTED' && (await withdraw(ports, { stationId, number, commandId }))) {
    return present(await ports.reservations.findReservation(stationId, number), reservationId);
  }
  if (!isOpen({ state })) {
    if (state === 'CANCELLED') return present(reservation, reservationId);
    throw new DomainError('Conflict', `reservation ${reservationId} is ${state} already`, 'reservationId');
  }
  await requestCommand(ports, {
    stationId,
    name: 'CANCEL_RESERVATION',
    parameters: { reservationId },
    timeoutMs: Math.max(leastWaitMs, expiresAt - ports.clock()),
    whenOffline: 'WAIT',
    ...(requestedBy === undefined ? {} : { requestedBy }),
  });
  return present(await ports.reservations.findReservation(stationId, number), reservationId);
}

const leastWaitMs = 30_000;

/** Takes the question back as long as it has not left. */
async function withdraw(
  ports: RequestPorts,
  { stationId, number, commandId }: { stationId: string; number: number; commandId: string },
): Promise<boolean> {
  const at = ports.clock();
  if ((await ports.commands.cancel(stationId, commandId, at)) !== 'cancelled') return false;
  await ports.reservations.takeStep(stationId, number, { state: 'CANCELLED', at, from: ['REQUESTED'] });
  return true;
}

function present(reservation: Reservation | undefined, id: string | number): Reservation {
  if (reservation) return reservation;
  throw new DomainError('NotFound', `reservation ${id} is not known`, 'reservationId');
}
