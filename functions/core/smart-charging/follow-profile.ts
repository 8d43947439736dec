import type { Command } from '../commands/command.ts';
import type { ChargingStore } from './charging-store.ts';

/** Errors by which stations say that they know nothing of such calls (OCPP-J, CALLERROR codes). */
const cannot: ReadonlySet<string> = new Set(['NotSupported', 'NotImplemented']);

/** A station that does not know the call for profiles lets nobody limit it: it is counted at its maximum. */
export async function followProfile(
  ports: { charging: ChargingStore },
  { stationId, state, failure, sentAt }: Command,
): Promise<void> {
  if (state !== 'FAILED' || sentAt === undefined || !cannot.has(failure?.code ?? '')) return;
  await ports.charging.noteControllable(stationId, false, sentAt);
}
