import type { Clock } from '../ports.ts';
import type { StationLink } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import { answerTimeMs, type Command } from './command.ts';
import type { CommandStore, Settlement } from './command-store.ts';

/** How many dead entries one dispatch may clear from the head of a queue. */
const mostPerDispatch = 20;

/**
 * Puts a call on the station's connection. `gone`: the connection is not there, which does not prove that the
 * station did not get it. `refused`: this command can never be sent.
 */
export type SendCall = (
  link: StationLink,
  command: Command,
) => Promise<'sent' | 'gone' | { readonly refused: { readonly code: string; readonly message: string } }>;

export interface DispatchPorts {
  readonly live: StationLiveStore;
  readonly commands: CommandStore;
  readonly clock: Clock;
  readonly send: SendCall;
  /** Sees to it that `expireCommand` runs at the given moment. */
  readonly scheduleExpiry: (command: { stationId: string; commandId: string; at: number }) => Promise<void>;
}

/**
 * Sends the oldest waiting command of a station if its single slot is free. Safe to run at any time, any number
 * of times, in several places: the slot is taken by a conditional write, and then the command. `retryAfterMs`
 * says when to run again because the station may not be called yet.
 */
export async function dispatchCommands(
  ports: DispatchPorts,
  { stationId }: { stationId: string },
): Promise<{ retryAfterMs?: number }> {
  for (let sent = 0; sent < mostPerDispatch; sent += 1) {
    const [command] = await ports.commands.listQueued(stationId, 1);
    if (!command) return {};
    const now = ports.clock();
    if (command.deadlineAt <= now) {
      await fail(ports, command, { code: 'Timeout', message: 'the station could not be called in time' });
      continue;
    }
    const link = await ports.live.findLink(stationId);
    // Nothing is said to a station that was rejected (OCPP 1.6 §4.2; 2.0.1 B03).
    const shut = link?.callsFrom === undefined || link.registration === 'REJECTED';
    if (link?.connectionId === undefined || shut) {
      await ports.scheduleExpiry({ stationId, commandId: command.commandId, at: command.deadlineAt });
      return {};
    }
    if (link.callsFrom > now) return { retryAfterMs: link.callsFrom - now };
    // The end of the one in flight, once told, sends the next.
    if (link.inFlight !== undefined && link.inFlight.until > now) return {};
    const step = await sendOne(ports, { ...link, connectionId: link.connectionId }, command);
    if (step === 'stop') return {};
  }
  return { retryAfterMs: 0 };
}

async function sendOne(
  ports: DispatchPorts,
  link: StationLink & { connectionId: string },
  command: Command,
): Promise<'next' | 'stop'> {
  const { stationId, commandId } = command;
  const now = ports.clock();
  const until = now + answerTimeMs(command);
  // Before the claim: a process that dies after it must not leave the command without an end.
  await ports.scheduleExpiry({ stationId, commandId, at: until });
  const claim = await ports.commands.claim({
    stationId,
    commandId,
    connectionId: link.connectionId,
    now,
    until,
  });
  if (claim === 'not-queued') return 'next';
  if (claim !== 'claimed') return 'stop';
  const result = await ports.send(link, command);
  if (result === 'sent') return 'stop';
  if (result === 'gone') {
    // The next ones would share its fate, and the end of this one, once told, sends the next.
    await ports.live.closeGate(stationId, link.connectionId);
    const failure = { code: 'ConnectionLost', message: 'the connection ended while the call was sent' };
    await ports.commands.settle(stationId, commandId, {
      state: 'UNKNOWN',
      settledAt: ports.clock(),
      failure,
    });
    return 'stop';
  }
  await fail(ports, command, result.refused);
  return 'next';
}

async function fail(
  ports: DispatchPorts,
  command: Command,
  failure: NonNullable<Settlement['failure']>,
): Promise<void> {
  const settlement: Settlement = { state: 'FAILED', settledAt: ports.clock(), failure };
  await ports.commands.settle(command.stationId, command.commandId, settlement);
}
