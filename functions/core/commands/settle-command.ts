import type { Clock } from '../ports.ts';
import type { CommandStore } from './command-store.ts';

/** What the station's answer means for the command. */
export interface CommandOutcome {
  readonly state: 'ACCEPTED' | 'REJECTED' | 'FAILED';
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly failure?: { readonly code: string; readonly message: string };
}

/**
 * Ends a command with its station's answer and frees the station for the next. An answer to a command that has
 * ended already is kept beside its state as late; one to a command of nobody says `unknown`.
 */
export async function settleCommand(
  ports: { commands: CommandStore; clock: Clock },
  settled: { stationId: string; commandId: string; outcome: CommandOutcome },
): Promise<'settled' | 'late' | 'unknown'> {
  const { stationId, commandId, outcome } = settled;
  const result = await ports.commands.settle(stationId, commandId, { ...outcome, settledAt: ports.clock() });
  if (result !== 'already-final') return result;
  await ports.commands.recordLateAnswer(stationId, commandId, outcome.answer ?? { ...outcome.failure });
  return 'late';
}
