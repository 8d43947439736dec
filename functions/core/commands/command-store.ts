import type { Page, PageRequest } from '../ports.ts';
import type { StationLink } from '../stations/station.ts';
import type { Command, CommandState } from './command.ts';

/** How a command came to its end. */
export interface Settlement {
  readonly state: Exclude<CommandState, 'QUEUED' | 'SENT'>;
  readonly settledAt: number;
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly failure?: { readonly code: string; readonly message: string };
}

/**
 * A station's single slot for a call, asked for. `taken`: with the connection as it was at that moment. Otherwise with
 * what stood in the way: no connection, a gate that is shut or not open yet, a call in flight.
 */
export type SlotAnswer =
  | { readonly taken: true; readonly link: StationLink & { readonly connectionId: string } }
  | { readonly taken: false; readonly link?: StationLink; readonly othersWait: boolean };

/** The queue of each station's commands. Bound to one tenant. */
export interface CommandStore {
  addCommand(command: Command): Promise<void>;
  /**
   * Strongly consistent. With `isEnough` an eventually consistent look comes first, for half the price: it counts when
   * it shows the command and that says it is enough.
   */
  findCommand(
    stationId: string,
    commandId: string,
    isEnough?: (command: Command) => boolean,
  ): Promise<Command | undefined>;
  /** By id alone. */
  findCommandById(commandId: string): Promise<Command | undefined>;
  /** Newest first. */
  listCommands(stationId: string, page: PageRequest): Promise<Page<Command>>;
  /**
   * The oldest commands still waiting to be sent. Strongly consistent; with the id of a command that was certainly
   * made, an eventually consistent look is enough that shows it, and may show as waiting what is not any more.
   */
  listQueued(stationId: string, limit: number, made?: string): Promise<readonly Command[]>;
  /**
   * Takes the station's single slot for a command, until a moment, if the station may be called now and nothing else is
   * in flight. Whoever takes it again for the same command has it: what died after the first time may be repeated.
   * `othersWait` is told to whoever frees the slot.
   */
  takeSlot(slot: {
    stationId: string;
    commandId: string;
    now: number;
    until: number;
    othersWait: boolean;
  }): Promise<SlotAnswer>;
  /** Marks a command sent whose slot was taken. `not-queued`: somebody was faster; a slot it does not need is freed. */
  markSent(stationId: string, commandId: string, at: number): Promise<'sent' | 'not-queued'>;
  /** Makes a command wait again that was marked sent but certainly was not, and frees the slot it holds. */
  putBack(stationId: string, commandId: string): Promise<void>;
  /** Tells the end of the call in flight that others wait for it. `false`: it has ended already. */
  awaitEnd(stationId: string, inFlightId: string): Promise<boolean>;
  /**
   * Ends a command that is not ended, and frees the station's slot if this command holds it. The end tells whether
   * others may wait for the slot.
   */
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
