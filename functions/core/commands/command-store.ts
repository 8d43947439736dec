import type { Page, PageRequest } from '../ports.ts';
import type { Command, CommandState } from './command.ts';

/** How a command came to its end. */
export interface Settlement {
  readonly state: Exclude<CommandState, 'QUEUED' | 'SENT'>;
  readonly settledAt: number;
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly failure?: { readonly code: string; readonly message: string };
}

/** The queue of each station's commands. Bound to one tenant. */
export interface CommandStore {
  addCommand(command: Command): Promise<void>;
  /** Strongly consistent. */
  findCommand(stationId: string, commandId: string): Promise<Command | undefined>;
  /** By id alone. */
  findCommandById(commandId: string): Promise<Command | undefined>;
  /** Newest first. */
  listCommands(stationId: string, page: PageRequest): Promise<Page<Command>>;
  /** The oldest commands still waiting to be sent. */
  listQueued(stationId: string, limit: number): Promise<readonly Command[]>;
  /**
   * Takes the station's single slot for this command on this connection, and marks the command sent.
   * `busy`: another command is in flight; `not-connected`: the connection changed or the gate is closed;
   * `not-queued`: somebody was faster.
   */
  claim(claim: {
    stationId: string;
    commandId: string;
    connectionId: string;
    now: number;
    until: number;
  }): Promise<'claimed' | 'busy' | 'not-connected' | 'not-queued'>;
  /** Ends a command that is not ended, and frees the station's slot if this command holds it. */
  settle(
    stationId: string,
    commandId: string,
    settlement: Settlement,
  ): Promise<'settled' | 'already-final' | 'unknown'>;
  /** Ends a command that is not sent yet. */
  cancel(
    stationId: string,
    commandId: string,
    at: number,
  ): Promise<'cancelled' | 'sent-or-final' | 'unknown'>;
  /** Keeps an answer that came too late, beside the final state. */
  recordLateAnswer(
    stationId: string,
    commandId: string,
    answer: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}
