import type { Command } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import type { Clock, NewId } from '../ports.ts';
import type { Station } from './station.ts';
import type { StationLimits, StationLimitsStore } from './station-limits.ts';
import type { StationLiveStore } from './station-store.ts';

export interface LimitPorts {
  readonly limits: StationLimitsStore;
  readonly commands: CommandStore;
  readonly live: StationLiveStore;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** Later it is asked when it boots. */
const askWaitsMs = 3_600_000;

/** Whether a station with this firmware is yet to be asked, as far as its limits alone tell. */
export function isUnasked({ inquiry }: StationLimits, { firmwareVersion }: Pick<Station, 'firmwareVersion'>) {
  return inquiry === undefined || inquiry.firmwareVersion !== firmwareVersion;
}

/**
 * Asks a station how much it takes at once, before it is sent what may be too much: once for each firmware, and again
 * when it did not answer. Commands go out in their order, so what is asked of it after this finds its answer. What is
 * asked is kept first, and one whose command got lost is asked again.
 */
export async function askForLimits(
  ports: LimitPorts,
  station: Pick<Station, 'stationId' | 'firmwareVersion'>,
): Promise<void> {
  const { stationId, firmwareVersion } = station;
  const limits = await ports.limits.findLimits(stationId);
  if (limits.inquiry && !isUnasked(limits, station)) {
    const asked = await ports.commands.findCommand(stationId, limits.inquiry.commandId);
    if (asked && !wasInVain(asked)) return;
  }
  const commandId = ports.newId();
  const inquiry = { commandId, ...(firmwareVersion === undefined ? {} : { firmwareVersion }) };
  await ports.limits.noteLimits(stationId, { inquiry });
  await enqueueCommand(
    { ...ports, newId: () => commandId },
    {
      stationId,
      name: 'GET_CONFIGURATION',
      request: { kind: 'READ_LIMITS' },
      timeoutMs: askWaitsMs,
      whenOffline: 'WAIT',
    },
  );
}

/** It ended without an answer; one that says no is an answer. */
function wasInVain({ state, sentAt }: Command): boolean {
  return (
    state === 'TIMED_OUT' ||
    state === 'UNKNOWN' ||
    state === 'CANCELLED' ||
    (state === 'FAILED' && sentAt === undefined)
  );
}
