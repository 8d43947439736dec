import type { CommandRequest } from './command-request.ts';

export type { CommandRequest } from './command-request.ts';

/**
 * `QUEUED` waits for the station; `SENT` waits for its answer; the rest are final. `UNKNOWN`: the connection
 * ended while the call was out, so it may have been carried out. `FAILED`: it could not be sent at all.
 */
export type CommandState =
  | 'QUEUED'
  | 'SENT'
  | 'ACCEPTED'
  | 'REJECTED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'UNKNOWN'
  | 'CANCELLED';

/** A request to a station, durable from the moment it is accepted. Times in epoch milliseconds. */
export interface Command {
  /** Time-ordered; also the message id on the wire, so at most 36 characters. */
  readonly commandId: string;
  readonly stationId: string;
  /** The name the caller used. */
  readonly name: string;
  readonly request: CommandRequest;
  readonly state: CommandState;
  readonly createdAt: number;
  /** After this it is not sent any more. */
  readonly deadlineAt: number;
  /** How long the station has to answer once it is sent; half a minute when absent. */
  readonly answerMs?: number;
  /** Of a wish that took several calls: the ids of all of them, in their order. */
  readonly partIds?: readonly string[];
  readonly sentAt?: number;
  readonly settledAt?: number;
  /** The station's own answer, or why there is none. */
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly failure?: { readonly code: string; readonly message: string };
  /** An answer that came after the state was final. */
  readonly lateAnswer?: Readonly<Record<string, unknown>>;
  readonly requestedBy?: string;
}

export function isFinal(state: CommandState): boolean {
  return state !== 'QUEUED' && state !== 'SENT';
}

/** How long a station has to answer when nobody said otherwise. */
const usualAnswerMs = 30_000;

/** How long this command's station has to answer once it is sent. */
export function answerTimeMs({ answerMs }: Pick<Command, 'answerMs'>): number {
  return answerMs ?? usualAnswerMs;
}
