import type { Clock } from '../ports.ts';
import { answerTimeMs, type Command } from './command.ts';
import type { CommandStore } from './command-store.ts';

/**
 * Ends a command whose time is up: unsent it failed, sent it timed out. Early and repeated calls change
 * nothing; `retryAfterMs` says how long it still has.
 */
export async function expireCommand(
  ports: { commands: CommandStore; clock: Clock },
  due: { stationId: string; commandId: string },
): Promise<{ retryAfterMs?: number }> {
  const { stationId, commandId } = due;
  const command = await ports.commands.findCommand(stationId, commandId);
  if (!command || (command.state !== 'QUEUED' && command.state !== 'SENT')) return {};
  const now = ports.clock();
  const dueAt = dueAtOf(command);
  if (dueAt > now) return { retryAfterMs: dueAt - now };
  const settlement =
    command.state === 'SENT'
      ? ({
          state: 'TIMED_OUT',
          failure: { code: 'Timeout', message: 'the station did not answer in time' },
        } as const)
      : ({
          state: 'FAILED',
          failure: { code: 'Timeout', message: 'the station could not be called in time' },
        } as const);
  await ports.commands.settle(stationId, commandId, { ...settlement, settledAt: now });
  return {};
}

/** Unsent it waits for its deadline, sent for its answer. */
function dueAtOf(command: Command): number {
  if (command.state === 'QUEUED') return command.deadlineAt;
  return (command.sentAt ?? command.createdAt) + answerTimeMs(command);
}
