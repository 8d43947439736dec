import type { ConnectorRef } from '../stations/station.ts';
import type { TokenType } from '../tokens/token.ts';

/** What a station is asked to do. Protocol rooms translate it; `CALL` carries a protocol's own request as it is. */
export type CommandRequest =
  | {
      readonly kind: 'START_SESSION';
      readonly connector: ConnectorRef;
      readonly token: { readonly uid: string; readonly tokenType: TokenType; readonly groupId?: string };
      readonly remoteStartId: number;
    }
  | { readonly kind: 'STOP_SESSION'; readonly sessionId: string; readonly transactionRef: string }
  | { readonly kind: 'CALL'; readonly action: string; readonly payload: Readonly<Record<string, unknown>> };

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
  /** After this nobody waits for it: unsent it fails, sent it times out. */
  readonly deadlineAt: number;
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
