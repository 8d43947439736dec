import type { Clock } from '../ports.ts';
import type { StationLink } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import { answerTimeMs, type Command } from './command.ts';
import type { CommandStore, Settlement, SlotAnswer } from './command-store.ts';

/** How many dead entries one dispatch may clear from the head of a queue. */
const mostPerDispatch = 20;

/** How long nothing is sent at least after too much was. */
const busyMs = 1_000;

/**
 * Puts a call on the station's connection. `gone`: the connection is not there, which does not prove that the
 * station did not get it. `busy`: too much is being sent for the moment, and the station certainly did not get it.
 * `refused`: this command can never be sent.
 */
export type SendCall = (
  link: StationLink,
  command: Command,
) => Promise<
  'sent' | 'gone' | 'busy' | { readonly refused: { readonly code: string; readonly message: string } }
>;

export interface DispatchPorts {
  readonly live: Pick<StationLiveStore, 'closeGate'>;
  readonly commands: CommandStore;
  readonly clock: Clock;
  readonly send: SendCall;
  /** Sees to it that `expireCommand` runs at the given moment. */
  readonly scheduleExpiry: (command: { stationId: string; commandId: string; at: number }) => Promise<void>;
}

/**
 * Sends the oldest waiting command of a station if its single slot is free. Safe to run at any time, any number
 * of times, in several places: the slot is taken by a conditional write, which tells what the station's connection is,
 * and then the command. `madeId` names a command whose making led here. `retryAfterMs` says when to run again because
 * the station may not be called yet; `isBusy`, that as much is being sent as can be: whoever runs this again waits a
 * time of its own, so that not all come back at once.
 */
export async function dispatchCommands(
  ports: DispatchPorts,
  { stationId, madeId }: { stationId: string; madeId?: string },
): Promise<Later> {
  for (let looked = 0; looked < mostPerDispatch; looked += 1) {
    // What the first look does not settle is looked at again more closely.
    const made = looked === 0 ? madeId : undefined;
    const [command, ...others] = await ports.commands.listQueued(stationId, 2, made);
    if (!command) return {};
    if (command.deadlineAt <= ports.clock()) {
      // Behind the times, the first look may show one as waiting that was sent.
      if (made !== undefined) continue;
      await fail(ports, command, { code: 'Timeout', message: 'the station could not be called in time' });
      continue;
    }
    const step = await sendOne(ports, command, others.length > 0);
    if (step !== 'next') return step;
  }
  return { retryAfterMs: 0 };
}

/** Whether and when to run again. */
export interface Later {
  readonly retryAfterMs?: number;
  readonly isBusy?: true;
}

type Step = 'next' | Later;

async function sendOne(ports: DispatchPorts, command: Command, othersWait: boolean): Promise<Step> {
  const { stationId, commandId } = command;
  const now = ports.clock();
  const until = now + answerTimeMs(command);
  const slot = await ports.commands.takeSlot({ stationId, commandId, now, until, othersWait });
  if (!slot.taken) return waitFor(ports, command, slot, now);
  // Before the command counts as sent: a process that dies after it must not leave the command without an end.
  await ports.scheduleExpiry({ stationId, commandId, at: until });
  if ((await ports.commands.markSent(stationId, commandId, now)) !== 'sent') return 'next';
  const result = await ports.send(slot.link, command);
  if (result === 'sent') return {};
  if (result === 'busy') {
    await ports.commands.putBack(stationId, commandId);
    return { retryAfterMs: busyMs, isBusy: true };
  }
  if (result === 'gone') {
    // The next ones would share its fate, and the end of this one, once told, sends the next.
    const { link } = slot;
    await ports.live.closeGate(stationId, link.connectionId);
    const failure = { code: 'ConnectionLost', message: 'the connection ended while the call was sent' };
    await ports.commands.settle(stationId, commandId, {
      state: 'UNKNOWN',
      settledAt: ports.clock(),
      failure,
    });
    return {};
  }
  await fail(ports, command, result.refused);
  return 'next';
}

/** Sees to it that a command which cannot be sent now is looked at again: when the station can be called, or its time is up. */
async function waitFor(
  ports: DispatchPorts,
  { stationId, commandId, deadlineAt }: Command,
  { link, othersWait }: Extract<SlotAnswer, { taken: false }>,
  now: number,
): Promise<Step> {
  // Nothing is said to a station that was rejected (OCPP 1.6 §4.2; 2.0.1 B03).
  const isShut = link?.callsFrom === undefined || link.registration === 'REJECTED';
  if (link?.connectionId === undefined || isShut) {
    await ports.scheduleExpiry({ stationId, commandId, at: deadlineAt });
    return {};
  }
  if (link.callsFrom > now) return { retryAfterMs: link.callsFrom - now };
  // The end of the one in flight, once told, sends the next, if it knows that there is one.
  if (othersWait || link.inFlight === undefined) return othersWait ? {} : 'next';
  return (await ports.commands.awaitEnd(stationId, link.inFlight.commandId)) ? {} : 'next';
}

async function fail(
  ports: DispatchPorts,
  command: Command,
  failure: NonNullable<Settlement['failure']>,
): Promise<void> {
  const settlement: Settlement = { state: 'FAILED', settledAt: ports.clock(), failure };
  await ports.commands.settle(command.stationId, command.commandId, settlement);
}
