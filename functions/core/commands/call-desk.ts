import type { SettingPlace } from '../device-model/configuration.ts';
import type { Component, ComponentRef } from '../device-model/device-model.ts';
import type { InstalledProfile } from '../smart-charging/charging-profile.ts';
import type { SecurityProfile } from '../stations/station.ts';
import type { StationCapabilities } from '../stations/station-capabilities.ts';
import type { StationLimits } from '../stations/station-limits.ts';
import type { CommandRequest } from './command.ts';

/** A wish in a protocol's own words: the name of a call and its request. */
export interface CallWish {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Reads the charging profiles that the station is known to have, for the few calls that must not meddle with them. */
export type InstalledProfiles = () => Promise<readonly InstalledProfile[]>;

/** What is known of the station that a call is for, and how its secrets are kept. */
export interface CalledStation {
  readonly limits: StationLimits;
  readonly installed: InstalledProfiles;
  /** Why it may not be asked to start a session with this token; `undefined` when it may. */
  readonly objectionTo: (tokenUid: string) => Promise<string | undefined>;
  /** The lowest under which it may connect. */
  readonly securityProfile: SecurityProfile;
  /** Makes a text unreadable for all but whoever sends it to this very station. */
  readonly seal: (text: string) => Promise<string>;
}

/** What a protocol's calls are, for those who ask for one without speaking the protocol. */
export interface CallDesk {
  /**
   * Makes requests of a wish, more than one where its call is larger than the station takes and may be cut.
   * What is secret in it is sealed. Throws `NotSupported` for what the protocol does not have, `Validation` naming the
   * parameter at fault, `TooLarge` for what cannot be cut and does not fit.
   */
  prepareCall(protocol: string, wish: CallWish, station: CalledStation): Promise<readonly CommandRequest[]>;
  /** Throws, as above, for a request that could not be sent to a station of this protocol. */
  checkRequest(protocol: string, request: CommandRequest): Promise<void>;
  /**
   * Cuts a request in the core's words into those that the station takes, and checks them. Throws as above. The limits
   * are looked up for requests that may be cut alone.
   */
  prepareRequest(
    protocol: string,
    request: CommandRequest,
    findLimits: () => Promise<StationLimits>,
  ): Promise<readonly CommandRequest[]>;
  /**
   * Where the setting of this name is kept by stations of this protocol; `undefined` when there can be none. Names of
   * passwords and keys have no place: they are never read, shown or kept.
   */
  placeOf(protocol: string, key: string): Promise<SettingPlace | undefined>;
  /** The components in which stations of this protocol tell what they can do. */
  capabilityComponents(protocol: string): Promise<readonly ComponentRef[]>;
  /** What a station can do, by what it told of these; `undefined` while it has told nothing of it. */
  capabilitiesIn(
    protocol: string,
    components: readonly Component[],
  ): Promise<StationCapabilities | undefined>;
  /** Whether a setting of this name is a password or a key, whatever the protocol. */
  isSecret(key: string): boolean;
  /** Whether the setting of this name is how stations identify themselves, whatever the protocol. */
  isSecurityProfile(key: string): boolean;
}
