import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import { type Command, isFinal } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import type { Station } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { changeStation, withoutPending } from './change-station.ts';

/**
 * Keeps what became of a new password on its way: one that certainly did not reach the station, or that it refused, goes,
 * and the old one stays. Of one that got no answer nobody knows until the station connects.
 */
export async function settlePassword(
  ports: AlertPorts & { stations: StationStore },
  command: Command,
): Promise<void> {
  const { stationId, commandId, state } = command;
  const unknown = state === 'TIMED_OUT' || state === 'UNKNOWN' || command.failure?.code === 'InvalidAnswer';
  let refused = false;
  await changeStation(ports, stationId, (station) => {
    const pending = station.securityChange?.password;
    if (pending?.commandId !== commandId || pending.outcome !== undefined) return undefined;
    if (state === 'ACCEPTED' || unknown) {
      const outcome = unknown ? 'UNSURE' : 'TAKEN';
      return { ...station, securityChange: { ...station.securityChange, password: { commandId, outcome } } };
    }
    refused = true;
    return withOldPassword(station);
  });
  if (!refused) return;
  await raiseAlert(ports, {
    category: 'SECURITY_ALERT',
    severity: 'MEDIUM',
    kind: 'PASSWORD_NOT_CHANGED',
    subject: '',
    message: `the station keeps its old password: the new one is ${state}`,
    stationId,
  });
}

/**
 * Settles a change of the password that nobody goes on with: one whose command was never queued is taken back, one whose
 * command has ended without anybody hearing of it is settled by that end. Leaves any other.
 */
export async function settleLostChange(
  ports: AlertPorts & { stations: StationStore; commands: Pick<CommandStore, 'findCommand'> },
  { stationId, securityChange }: Station,
): Promise<void> {
  const pending = securityChange?.password;
  if (!pending || pending.outcome !== undefined) return;
  const { commandId } = pending;
  const command = await ports.commands.findCommand(stationId, commandId);
  if (command && isFinal(command.state)) await settlePassword(ports, command);
  if (command) return;
  await changeStation(ports, stationId, (current) =>
    current.securityChange?.password?.commandId === commandId ? withOldPassword(current) : undefined,
  );
}

/**
 * Whether a station may still be sent the password of a command: not when its change was taken back or another came
 * after it, for the station would be left with one that opens nothing.
 */
export async function isAwaited(
  ports: { stations: Pick<StationStore, 'findStation'> },
  { stationId, commandId }: Pick<Command, 'stationId' | 'commandId'>,
): Promise<boolean> {
  const station = await ports.stations.findStation(stationId);
  return station?.securityChange?.password?.commandId === commandId;
}

/** The station as before the change. One that had no password before keeps the new one: it opens nothing that was shut. */
export function withOldPassword(station: Station): Station {
  const previous = station.password?.previous;
  const settled = withoutPending(station, 'password');
  return previous ? { ...settled, password: previous } : settled;
}

/** The station with its new password alone. */
export function withNewPassword(station: Station): Station {
  const settled = withoutPending(station, 'password');
  if (!settled.password) return settled;
  const { salt, hash } = settled.password;
  return { ...settled, password: { salt, hash } };
}
