import type { SettingPlace } from '#core/device-model/configuration.ts';
import type { Component, ComponentRef } from '#core/device-model/device-model.ts';
import type { StationCapabilities } from '#core/stations/station-capabilities.ts';
import type { AnyInboundAction, AnyOutboundAction } from './define-action.ts';
import type { ErrorCodes } from './error-codes.ts';
import type { PayloadCheck } from './payload-check.ts';
import type { Subprotocol } from './subprotocols.ts';

/** A version of OCPP-J: its vocabulary and what of it is built. */
export interface OcppVersion {
  readonly subprotocol: Subprotocol;
  readonly errorCodes: ErrorCodes;
  /** What stations may call before they are accepted, beside BootNotification. */
  readonly beforeAccepted: BeforeAccepted;
  /** Calls that a station must refuse until it is accepted: they are not sent. */
  readonly notWhilePending: readonly string[];
  /** The id in answers to calls whose own cannot be read; absent where such calls get no answer. */
  readonly unreadableMessageId?: string;
  readonly inbound: readonly AnyInboundAction[];
  readonly outbound: readonly AnyOutboundAction[];
  /** Where stations keep the setting of this name; `undefined` for names that can be none, and for secrets. */
  readonly placeOf: (key: string) => SettingPlace | undefined;
  /** The components in which stations tell what they can do, and what that is. */
  readonly capabilityComponents: readonly ComponentRef[];
  readonly capabilitiesIn: (components: readonly Component[]) => StationCapabilities | undefined;
  /** The official checks of every message, built or not, by action. */
  readonly requestChecks: Readonly<Record<string, PayloadCheck>>;
  readonly responseChecks: Readonly<Record<string, PayloadCheck>>;
}

export interface BeforeAccepted {
  /** One that never booted here and goes on from where another system left it. */
  readonly neverBooted: 'MAY_CALL' | 'MUST_BOOT';
  /** Of one that must boot first: what it deletes after errors, for it counts itself accepted. */
  readonly takenUnbooted: readonly string[];
  /** Messages that only ever answer what was asked: let through while pending. */
  readonly reports: readonly string[];
  /** Messages that stations delete after errors, taken from those that were accepted before. */
  readonly irreplaceable: readonly string[];
}

/** The check of an action's message; `undefined` for actions that the version does not know. */
export function checkOf(
  checks: Readonly<Record<string, PayloadCheck>>,
  action: string,
): PayloadCheck | undefined {
  return Object.hasOwn(checks, action) ? checks[action] : undefined;
}
