import * as z from 'zod';
import { cancelReservation as cancel, reserve } from '#core/reservations/manage-reservations.ts';
import { isOpen, placeOfReservation, type Reservation } from '#core/reservations/reservation.ts';
import { timeoutSeconds } from './commands.ts';
import { dateTime, type FieldRequest, readArguments, renaming, rfc3339 } from './field-request.ts';
import type { GraphqlServices } from './services.ts';
import { lookFor } from './waiting.ts';

type View = Record<string, unknown>;

const usualWaitS = 10;
/** How long the question may wait for its turn at the station. */
const queueMs = 30_000;

const reserveArguments = z.object({
  input: z.strictObject({
    stationId: z.string(),
    connectorId: z.int().min(1),
    authTokenId: z.string().min(1),
    expiresAt: dateTime,
  }),
  timeoutSeconds,
});

/** Where the members of the command stand in this input. */
const fieldNames: Readonly<Record<string, string>> = {
  stationId: 'input.stationId',
  'parameters.connectorId': 'input.connectorId',
  'parameters.idToken': 'input.authTokenId',
  'parameters.expiryDate': 'input.expiresAt',
};

/** `Mutation.reserveConnector`: waits for the station's word; the same wish again is the same reservation. */
export async function reserveConnector(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { input, timeoutSeconds: waitS } = readArguments(reserveArguments, args);
  const { stationId, connectorId, authTokenId, expiresAt } = input;
  const made = await renaming(fieldNames, () =>
    reserve(services, {
      stationId,
      parameters: { connectorId, idToken: authTokenId, expiryDate: rfc3339(expiresAt) },
      timeoutMs: queueMs,
      whenOffline: 'FAIL',
      requestedBy: caller.subject,
    }),
  );
  const answered = await lookFor((waitS ?? usualWaitS) * 1000, async () => {
    const now = await services.reservations.findReservation(stationId, made.number);
    return now && now.state !== 'REQUESTED' ? now : undefined;
  });
  return resultView(answered ?? made);
}

const cancelArguments = z.object({ reservationId: z.string(), timeoutSeconds });

/** `Mutation.cancelReservation`: whether it is over by now. */
export async function cancelReservation(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<boolean> {
  const { reservationId, timeoutSeconds: waitS } = readArguments(cancelArguments, args);
  const asked = await cancel(services, { reservationId, requestedBy: caller.subject });
  if (!isOpen(asked)) return true;
  const place = placeOfReservation(asked.reservationId);
  if (!place) return false;
  const over = await lookFor((waitS ?? usualWaitS) * 1000, async () => {
    const now = await services.reservations.findReservation(place.stationId, place.number);
    return now && !isOpen(now) ? now : undefined;
  });
  return over !== undefined;
}

function resultView({ reservationId, expiresAt, ...rest }: Reservation): View {
  return { reservationId, status: statusOf(rest), expiresAt: rfc3339(expiresAt) };
}

function statusOf({ state, refusal }: Pick<Reservation, 'state' | 'refusal'>): string {
  if (state === 'RESERVED' || state === 'USED') return 'ACCEPTED';
  if (state === 'REQUESTED' || state === 'UNKNOWN') return 'PENDING';
  return refusal ?? 'REJECTED';
}
