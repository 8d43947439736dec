import type { CalledStation } from '#core/commands/call-desk.ts';
import type { CommandRequest } from '#core/commands/command.ts';
import type { CommandOutcome } from '#core/commands/settle-command.ts';
import type { StationLimits } from '#core/stations/station-limits.ts';
import type { StandIns } from './salvage.ts';
import type { AnsweredCall, InboundCall } from './services.ts';

/** A call that stations make. The request fits its schema; the answer is held to its own before it is sent. */
export interface InboundAction<Name extends string, Request, Answer> {
  readonly name: Name;
  handle(request: Request, call: InboundCall): Promise<Answer>;
  /**
   * Present on messages that stations delete after a few errors: the answer when the core refuses what they
   * say. An error would lose the data; the refusal is raised to an operator instead.
   */
  acknowledge?(): Answer;
  /**
   * Present on messages about transactions, which are worked on as far as they can be read: what does not fit the
   * schema is kept for an operator. `standIns` are words for members that hold none the schema knows.
   */
  readonly salvage?: { readonly standIns?: StandIns };
}

/** A call that the system makes. Any may be asked for in the version's own words. */
export type OutboundAction<
  Name extends string,
  Kind extends CommandRequest['kind'],
  Request,
  Answer,
> = OwnWords<Name, Request, Answer> & (CarriesOut<Kind, Request> | CarriesOutNothing);

interface OwnWords<Name extends string, Request, Answer> {
  readonly name: Name;
  /** What the answer means for the command; by its `status` when absent. */
  toOutcome?(answer: Answer): CommandOutcome;
  /**
   * Holds a request in the version's own words to rules beyond its schema, before it is queued. Throws `Validation`
   * naming the member below `parameters`.
   */
  check?(request: Request, limits: StationLimits, station: CalledStation): void | Promise<void>;
  /**
   * The member that tells the station's answers to this call from those to others of its kind: a caller who names none
   * gets a fresh number, and so does each further piece of a request that is cut.
   */
  readonly ownNumber?: string;
  /**
   * Where a request in the version's own words holds passwords and keys, as paths from its top: they are sealed in
   * the command that carries it.
   */
  secrets?(request: Request): readonly SecretPath[];
  /** Cuts a request into those that a station with these limits takes; absent where the version allows no cutting. */
  split?(request: Request, limits: StationLimits): readonly Request[];
  /**
   * Keeps what an answer tells of its station, agreed or not, in time or late. Safe to repeat. What it throws is
   * logged and changes nothing for the command.
   */
  learn?(exchange: Exchange<Request, Answer>, call: AnsweredCall): Promise<void>;
}

/** Members and indexes, from the outside in. */
export type SecretPath = readonly (string | number)[];

/** Kinds of command in the core's words that this call carries out. */
interface CarriesOut<Kind extends CommandRequest['kind'], Request> {
  readonly kinds: readonly Kind[];
  /** The result is held to its schema before it is sent, so it may simply carry over what does not fit. */
  toRequest(command: Extract<CommandRequest, { kind: Kind }>): Request;
  /**
   * The parameter of a wish that the version has no words for and without which it would be another wish; `undefined`
   * when all of it can be said. Who asks for such a thing is refused.
   */
  unsaid?(command: Extract<CommandRequest, { kind: Kind }>): string | undefined;
  /** Cuts a command into those that a station with these limits takes in one call each. */
  cut?(command: Extract<CommandRequest, { kind: Kind }>, limits: StationLimits): readonly CommandRequest[];
}

interface CarriesOutNothing {
  readonly kinds?: never;
  readonly toRequest?: never;
  readonly unsaid?: never;
  readonly cut?: never;
}

/** What was asked and what the station said; both fit their schemas. */
export interface Exchange<Request, Answer> {
  readonly request: Request;
  readonly answer: Answer;
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
    defineOutboundAction<Name extends ActionName, const Kind extends CommandRequest['kind'] = never>(
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
  readonly kinds?: readonly CommandRequest['kind'][];
  toRequest?(command: CommandRequest): unknown;
  unsaid?(command: CommandRequest): string | undefined;
  toOutcome?(answer: unknown): CommandOutcome;
  check?(request: unknown, limits: StationLimits, station: CalledStation): void | Promise<void>;
  readonly ownNumber?: string;
  secrets?(request: unknown): readonly SecretPath[];
  cut?(command: CommandRequest, limits: StationLimits): readonly CommandRequest[];
  split?(request: unknown, limits: StationLimits): readonly unknown[];
  learn?(exchange: Exchange<unknown, unknown>, call: AnsweredCall): Promise<void>;
}

/** Who makes a call: the station, the system, or either. */
export type Direction = 'from station' | 'to station' | 'both';
