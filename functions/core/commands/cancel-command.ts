import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Command } from './command.ts';
import type { CommandStore } from './command-store.ts';

/**
 * Takes a command that is not sent yet out of its queue. One that is sent is the station's: throws `Conflict` for it
 * and for one that has ended, `NotFound` for one that nobody knows.
 */
export async function cancelCommand(
  ports: { commands: CommandStore; clock: Clock },
  { stationId, commandId }: { stationId: string; commandId: string },
): Promise<Command> {
  const result = await ports.commands.cancel(stationId, commandId, ports.clock());
  const command = result === 'unknown' ? undefined : await ports.commands.findCommand(stationId, commandId);
  if (!command) throw new DomainError('NotFound', `command ${commandId} is not known`, 'commandId');
  if (result === 'cancelled') return command;
  throw new DomainError('Conflict', `command ${commandId} is ${command.state} already`, 'commandId');
}
