import type { Command } from '../commands/command.ts';
import { isUnknownCall } from '../commands/is-unknown-call.ts';
import type { StationLimits, StationLimitsStore } from '../stations/station-limits.ts';

/** Another firmware may know what this one does not. */
const believedMs = 86_400_000;

/** A station that does not know the message for costs is not sent it with every reading. */
export async function followCost(ports: { limits: StationLimitsStore }, command: Command): Promise<void> {
  if (!isUnknownCall(command)) return;
  await ports.limits.noteLimits(command.stationId, { costRefusedAt: command.sentAt });
}

/** Whether a station may show what a session costs, by all that it said of that. */
export function showsCost(
  { costAvailable, costEnabled, costRefusedAt }: StationLimits,
  now: number,
): boolean {
  if (costAvailable === false || costEnabled === false) return false;
  return costRefusedAt === undefined || costRefusedAt + believedMs <= now;
}
