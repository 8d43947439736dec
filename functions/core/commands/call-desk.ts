import type { StationLimits } from '../stations/station-limits.ts';
import type { CommandRequest } from './command.ts';

/** A wish in a protocol's own words: the name of a call and its request. */
export interface CallWish {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a protocol's calls are, for those who ask for one without speaking the protocol. */
export interface CallDesk {
  /**
   * Makes requests of a wish, more than one where its call is larger than the station takes and may be cut.
   * Throws `NotSupported` for what the protocol does not have, `Validation` naming the parameter at fault, `TooLarge`
   * for what cannot be cut and does not fit.
   */
  prepareCall(protocol: string, wish: CallWish, limits: StationLimits): Promise<readonly CommandRequest[]>;
  /** Throws, as above, for a request that could not be sent to a station of this protocol. */
  checkRequest(protocol: string, request: CommandRequest): Promise<void>;
}
