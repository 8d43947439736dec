import type { Command } from '../commands/command.ts';
import { isUnknownCall } from '../commands/is-unknown-call.ts';
import type { ChargingStore } from './charging-store.ts';

/** A station that does not know the call for profiles lets nobody limit it: it is counted at its maximum. */
export async function followProfile(ports: { charging: ChargingStore }, command: Command): Promise<void> {
  if (!isUnknownCall(command)) return;
  await ports.charging.noteControllable(command.stationId, false, command.sentAt);
}
