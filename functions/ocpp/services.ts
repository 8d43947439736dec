import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { Command } from '#core/commands/command.ts';
import type { CommandStore } from '#core/commands/command-store.ts';
import type { Clock, Digest } from '#core/ports.ts';
import type { SessionHints } from '#core/sessions/session-hints.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { StationLimitsStore } from '#core/stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '#core/stations/station-store.ts';
import type { TokenStore } from '#core/tokens/token-store.ts';
import type { NoteQuirk } from './quirks.ts';

/** What this room needs of the rest of the system, for one tenant. */
export interface OcppServices {
  readonly tenantId: string;
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly commands: CommandStore;
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly sessionHints: SessionHints;
}

/** What an action gets beside the answer to one of our calls. */
export interface AnsweredCall {
  readonly stationId: string;
  readonly command: Command;
  /** When the answer arrived, in epoch milliseconds. */
  readonly answeredAt: number;
  readonly services: OcppServices;
}

/** What an action gets beside the request. */
export interface InboundCall {
  readonly stationId: string;
  readonly connectionId: string;
  /** When the frame arrived, in epoch milliseconds. */
  readonly receivedAt: number;
  readonly services: OcppServices;
  readonly note: NoteQuirk;
}
