import type { CommandRequest } from '../commands/command-request.ts';
import { connectorParameter } from '../commands/connector-parameter.ts';
import { invalidParameter, momentParameter, type Parameters, textParameter } from '../commands/parameters.ts';
import type { Clock, Digest } from '../ports.ts';
import type { Station } from '../stations/station.ts';
import { authorizeToken } from '../tokens/authorize-token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { isOpen, placeOfReservation, type Reservation, type ReservedPlace } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';

interface WishPorts {
  readonly reservations: ReservationStore;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly digest: Digest;
}

type ReserveRequest = Extract<CommandRequest, { kind: 'RESERVE' }>;

/** Nobody reserves further ahead; stations' clocks and our patience have an end. */
const longestAheadMs = 31 * 86_400_000;
/** Numbers that lead to ended reservations of the very same wish. */
const mostAttempts = 100;
const greatestNumber = 0x7fff_ffff;

/**
 * Reads RESERVE_NOW: `idToken`, `expiryDate`, optionally `groupId`, and the place by `connectorId`, `evseId`, both
 * or neither, or by `connectorType`.
 *
 * The number follows from the wish itself, so the same wish again asks the station to replace a reservation by
 * itself; once that one has ended, it leads to a new number.
 */
export async function readReservation(
  ports: WishPorts,
  { station, parameters }: { station: Station; parameters: Parameters },
): Promise<ReserveRequest> {
  const uid = textParameter(parameters, 'idToken') ?? textParameter(parameters, 'idTag');
  if (uid === undefined) throw invalidParameter('idToken', 'is required: whom to reserve for');
  const expiresAt = momentParameter(parameters, 'expiryDate');
  if (expiresAt === undefined) throw invalidParameter('expiryDate', 'is required');
  const now = ports.clock();
  if (expiresAt <= now) throw invalidParameter('expiryDate', 'has passed');
  if (expiresAt > now + longestAheadMs) throw invalidParameter('expiryDate', 'is more than 31 days away');
  const token = await authorizeToken(ports, { uid, tokenType: 'RFID' });
  if (token.status !== 'ACCEPTED') throw invalidParameter('idToken', `may not charge: ${token.status}`);
  const groupId = textParameter(parameters, 'groupId') ?? token.groupId;
  const wish = {
    place: placeOf(station, parameters),
    token: {
      uid: token.uid,
      tokenType: token.tokenType,
      ...(token.form === undefined ? {} : { form: token.form }),
      ...(groupId === undefined ? {} : { groupId }),
    },
    expiresAt,
  };
  const number = await numberFor(ports, station.stationId, wish);
  return { kind: 'RESERVE', number, ...wish };
}

/** Reads CANCEL_RESERVATION: `reservationId`, ours or the station's number. */
export async function readCancellation(
  _ports: WishPorts,
  { station, parameters }: { station: Station; parameters: Parameters },
): Promise<CommandRequest> {
  const id = textParameter(parameters, 'reservationId');
  if (id === undefined) throw invalidParameter('reservationId', 'is required');
  if (/^\d{1,10}$/.test(id)) return { kind: 'CANCEL_RESERVATION', number: Number(id) };
  const place = placeOfReservation(id);
  if (place?.stationId !== station.stationId) {
    throw invalidParameter('reservationId', 'is no reservation of this station');
  }
  return { kind: 'CANCEL_RESERVATION', number: place.number };
}

function placeOf(station: Station, parameters: Parameters): ReservedPlace {
  const connectorType = textParameter(parameters, 'connectorType');
  const type = connectorType === undefined ? {} : { connectorType };
  const isNamed = (name: string) => parameters[name] !== undefined && parameters[name] !== null;
  if (parameters.connectorId === 0 || (!isNamed('connectorId') && !isNamed('evseId'))) return type;
  return { ...connectorParameter(station, parameters), ...type };
}

type Facts = Pick<Reservation, 'place' | 'token' | 'expiresAt'>;

async function numberFor(ports: WishPorts, stationId: string, wish: Facts): Promise<number> {
  const key = keyOf(stationId, wish);
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const word = Number.parseInt(ports.digest(`reservation/${attempt}/${key}`).slice(0, 8), 16);
    const number = (word % greatestNumber) + 1;
    const known = await ports.reservations.findReservation(stationId, number);
    if (!known || (isOpen(known) && keyOf(stationId, known) === key)) return number;
  }
  throw invalidParameter('expiryDate', 'was tried too often for this token and place');
}

function keyOf(stationId: string, { place, token, expiresAt }: Facts): string {
  const { evseId = 0, connectorId = 0, connectorType = '' } = place;
  return JSON.stringify([stationId, evseId, connectorId, connectorType, token.uid, expiresAt]);
}
