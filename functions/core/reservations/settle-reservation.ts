import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import { openStates, type ReservationRefusal, type ReservationState } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';

export type SettlePorts = Pick<RequestPorts, 'commands' | 'live' | 'clock' | 'newId'> & {
  readonly reservations: ReservationStore;
};

/** Which reservation, as its station calls it. */
interface Place {
  readonly stationId: string;
  readonly number: number;
}

/** A station that is away gets a cancellation when it is back; later it has forgotten by itself. */
const longestWaitMs = 31 * 86_400_000;

/**
 * Keeps the station's answer to a reservation. One that agrees too late, to a reservation that was given up here, is
 * asked to cancel: nobody would come for it.
 */
export async function recordReservationAnswer(
  ports: SettlePorts,
  { stationId, number, refusal }: Place & { refusal?: ReservationRefusal },
): Promise<void> {
  const at = ports.clock();
  const from: readonly ReservationState[] = ['REQUESTED', 'UNKNOWN'];
  if (refusal !== undefined) {
    await ports.reservations.takeStep(stationId, number, { state: 'REJECTED', at, from, refusal });
    return;
  }
  const agreed = { state: 'RESERVED', at, from, reservedAt: at } as const;
  const step = await ports.reservations.takeStep(stationId, number, agreed);
  if (step.outcome !== 'refused') return;
  const { state, expiresAt } = step.as;
  if (state === 'CANCELLED' || state === 'REJECTED')
    await askToCancel(ports, { stationId, number, expiresAt });
}

/**
 * Keeps the station's answer to a cancellation. One that knows no such reservation holds none, which is what was
 * asked for; of one that never answered to the reservation itself it is the answer.
 */
export async function recordCancelAnswer(
  ports: Pick<SettlePorts, 'reservations' | 'clock'>,
  { stationId, number, known }: Place & { known: boolean },
): Promise<void> {
  const at = ports.clock();
  if (!known) {
    const state = 'REJECTED';
    const step = await ports.reservations.takeStep(stationId, number, { state, at, from: ['UNKNOWN'] });
    if (step.outcome === 'taken') return;
  }
  await ports.reservations.takeStep(stationId, number, { state: 'CANCELLED', at, from: openStates });
}

/** A station says that a reservation ended by itself: its time is over, or the place can no longer be had. */
export async function endByStation(
  ports: Pick<SettlePorts, 'reservations' | 'clock'>,
  { stationId, number, as }: Place & { as: 'EXPIRED' | 'REMOVED' },
): Promise<void> {
  const at = ports.clock();
  await ports.reservations.takeStep(stationId, number, { state: as, at, from: openStates });
}

/** Puts the cancellation of what a station may hold in vain into its queue. */
export async function askToCancel(
  ports: SettlePorts,
  { stationId, number, expiresAt }: Place & { expiresAt: number },
): Promise<void> {
  const leftMs = expiresAt - ports.clock();
  if (leftMs <= 0) return;
  await enqueueCommand(ports, {
    stationId,
    name: 'CANCEL_RESERVATION',
    request: { kind: 'CANCEL_RESERVATION', number },
    timeoutMs: Math.min(longestWaitMs, leftMs),
    whenOffline: 'WAIT',
  });
}
