import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { Command } from '#core/commands/command.ts';
import type { CommandStore } from '#core/commands/command-store.ts';
import type { Clock, Digest, NewId } from '#core/ports.ts';
import type { ReservationStore } from '#core/reservations/reservation-store.ts';
import type { SessionHints } from '#core/sessions/session-hints.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { ChargingSettingsStore, ChargingStore } from '#core/smart-charging/charging-store.ts';
import type { AcceptedConnections } from '#core/stations/accepted-connections.ts';
import type { Newcomer, OnboardingStore } from '#core/stations/onboarding.ts';
import type { StationLimitsStore } from '#core/stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '#core/stations/station-store.ts';
import type { TenantPolicy } from '#core/tenants/tenant-policy.ts';
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
  readonly reservations: ReservationStore;
  readonly alerts: AlertStore;
  readonly charging: ChargingStore;
  readonly chargingSettings: ChargingSettingsStore;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly newId: NewId;
  readonly sessionHints: SessionHints;
  readonly acceptedConnections: AcceptedConnections;
  readonly onboarding: OnboardingStore;
  readonly policy: TenantPolicy;
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
  /** Present on the connection of a station that nobody registered. */
  readonly newcomer?: Newcomer;
}
