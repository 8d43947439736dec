import type { CommandRequest } from '#core/commands/command.ts';
import type { CommandOutcome } from '#core/commands/settle-command.ts';
import type { InboundCall } from './services.ts';

/** A call that stations make. The request fits its schema; the answer is held to its own before it is sent. */
export interface InboundAction<Name extends string, Request, Answer> {
  readonly name: Name;
  handle(request: Request, call: InboundCall): Promise<Answer>;
  /**
   * Present on messages that stations delete after a few errors: the answer when the core refuses what they
   * say. An error would lose the data; the refusal is raised to an operator instead.
   */
  acknowledge?(): Answer;
}

/** A call that the system makes to carry out one kind of command. */
export interface OutboundAction<Name extends string, Kind extends CommandRequest['kind'], Request, Answer> {
  readonly name: Name;
  readonly kind: Kind;
  /** The result is held to its schema before it is sent, so it may simply carry over what does not fit. */
  toRequest(command: Extract<CommandRequest, { kind: Kind }>): Request;
  toOutcome(answer: Answer): CommandOutcome;
}

/** The definers of a version, in which the name of an action decides the types of its request and answer. */
export function actionsOf<Requests, Responses>() {
  type ActionName = keyof Requests & keyof Responses & string;
  return {
    defineInboundAction<Name extends ActionName>(
      action: InboundAction<Name, Requests[Name], Responses[Name]>,
    ): InboundAction<Name, Requests[Name], Responses[Name]> {
      return action;
    },
    defineOutboundAction<Name extends ActionName, Kind extends CommandRequest['kind']>(
      action: OutboundAction<Name, Kind, Requests[Name], Responses[Name]>,
    ): OutboundAction<Name, Kind, Requests[Name], Responses[Name]> {
      return action;
    },
  };
}

/** Any action, seen by who handles them all: dispatch has checked the payload where the types have not. */
export type AnyInboundAction = InboundAction<string, unknown, unknown>;
export interface AnyOutboundAction {
  readonly name: string;
  readonly kind: 'START_SESSION' | 'STOP_SESSION';
  toRequest(command: CommandRequest): unknown;
  toOutcome(answer: unknown): CommandOutcome;
}

/** Who makes a call: the station, the system, or either. */
export type Direction = 'from station' | 'to station' | 'both';
