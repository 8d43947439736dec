import type { Command } from '../commands/command.ts';
import { askToCancel, recordCancelAnswer, type SettlePorts } from './settle-reservation.ts';

/**
 * What the end of a reservation's command means where no answer said it. Never sent: the station holds nothing. Sent
 * without an answer: nobody knows, so the station is asked to cancel, and what it answers decides.
 */
export async function followReservation(ports: SettlePorts, command: Command): Promise<void> {
  const { stationId, request, failure, sentAt } = command;
  if (request.kind !== 'RESERVE') return;
  const { number, expiresAt } = request;
  const state = stateAfter(command);
  const at = ports.clock();
  const more = {
    ...(failure === undefined ? {} : { failure: failure.message }),
    ...(state === 'RESERVED' ? { reservedAt: command.settledAt ?? at } : {}),
  };
  const step = { state, at, from: ['REQUESTED'], ...more } as const;
  const result = await ports.reservations.takeStep(stationId, number, step);
  if (state !== 'UNKNOWN' || sentAt === undefined) return;
  const isUnknown =
    result.outcome === 'taken' || (result.outcome === 'refused' && result.as.state === 'UNKNOWN');
  if (isUnknown) await askToCancel(ports, { stationId, number, expiresAt });
}

function stateAfter({ state, sentAt }: Command): 'RESERVED' | 'CANCELLED' | 'REJECTED' | 'UNKNOWN' {
  if (state === 'ACCEPTED') return 'RESERVED';
  if (state === 'CANCELLED') return 'CANCELLED';
  return state === 'REJECTED' || sentAt === undefined ? 'REJECTED' : 'UNKNOWN';
}

/** Keeps an answer to a cancellation that was not kept when it came. */
export async function followCancellation(ports: SettlePorts, command: Command): Promise<void> {
  const { stationId, request, state } = command;
  if (request.kind !== 'CANCEL_RESERVATION') return;
  const { number } = request;
  if (state === 'ACCEPTED') await recordCancelAnswer(ports, { stationId, number, known: true });
  if (state === 'REJECTED') await recordCancelAnswer(ports, { stationId, number, known: false });
}
