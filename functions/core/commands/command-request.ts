import type { CertificateHash, CertificatePurpose, TrustUse } from '../certificates/certificate.ts';
import type { JobRequest } from '../jobs/job-request.ts';
import type { ListUpdate } from '../local-lists/local-list.ts';
import type { ReservedPlace } from '../reservations/reservation.ts';
import type { ChargingProfile, ProfilePurpose, RateUnit } from '../smart-charging/charging-profile.ts';
import type { ConnectorRef, SecurityProfile } from '../stations/station.ts';
import type { TokenRef } from '../tokens/token.ts';

/**
 * What a station is asked to do. Protocol rooms translate it into a call of their own; `CALL` carries a protocol's
 * own request as it is.
 */
export type CommandRequest =
  | {
      readonly kind: 'START_SESSION';
      readonly connector: ConnectorRef;
      readonly token: TokenRef & { readonly groupId?: string };
      readonly remoteStartId: number;
      /** Limits the session from its start. */
      readonly chargingProfile?: ChargingProfile;
    }
  | { readonly kind: 'STOP_SESSION'; readonly sessionId: string; readonly transactionRef: string }
  /** `NOW` ends what runs; `WHEN_IDLE` waits for it, or ends it in order where a protocol cannot wait. */
  | { readonly kind: 'RESET'; readonly when: 'NOW' | 'WHEN_IDLE'; readonly evseId?: number }
  | { readonly kind: 'UNLOCK'; readonly connector: ConnectorRef }
  /** The station is to register again, as if it had just started. */
  | { readonly kind: 'ASK_FOR_BOOT' }
  | {
      readonly kind: 'RESERVE';
      /** The number the station is to know the reservation by. */
      readonly number: number;
      readonly place: ReservedPlace;
      readonly token: TokenRef & { readonly groupId?: string };
      readonly expiresAt: number;
    }
  | { readonly kind: 'CANCEL_RESERVATION'; readonly number: number }
  /** Does the session still run, and is anything of it still to be sent? */
  | { readonly kind: 'CHECK_SESSION'; readonly sessionId: string; readonly transactionRef: string }
  /** Shows what the session costs so far; an amount in the currency of its display, taxes included. */
  | { readonly kind: 'TELL_COST'; readonly transactionRef: string; readonly amount: number }
  | { readonly kind: 'INSTALL_CERTIFICATE'; readonly use: TrustUse; readonly pem: string }
  | { readonly kind: 'DELETE_CERTIFICATE'; readonly certificate: CertificateHash }
  /** At least one use; a protocol that takes one at a time asks for the first. */
  | { readonly kind: 'LIST_CERTIFICATES'; readonly uses: readonly TrustUse[] }
  | {
      readonly kind: 'DELIVER_CERTIFICATE';
      readonly certificateId: string;
      readonly purpose: CertificatePurpose;
      /** PEM, the station's own first. */
      readonly chain: string;
    }
  /** The station is to ask for a new certificate of its own. */
  | { readonly kind: 'REQUEST_CSR'; readonly purpose: CertificatePurpose }
  /** The password is sealed in the record; whoever sends it opens it, and nobody else. */
  | { readonly kind: 'SET_PASSWORD'; readonly password: string }
  | {
      readonly kind: 'SET_SECURITY_PROFILE';
      readonly profile: SecurityProfile;
      /** For protocols in which a profile belongs to a way into the network. */
      readonly network?: {
        readonly slot: number;
        readonly url: string;
        readonly messageTimeoutS: number;
        readonly networkInterface: string;
      };
    }
  /** In which order the station tries its ways into the network. */
  | { readonly kind: 'PREFER_NETWORK'; readonly slots: readonly number[] }
  /** The station is to start anew once nothing charges, and to try its ways into the network in their order. */
  | { readonly kind: 'RESTART_FOR_NETWORK' }
  /** Tell these settings. `reconciles`: what is desired of them is brought about once they are told. */
  | { readonly kind: 'READ_SETTINGS'; readonly keys: readonly string[]; readonly reconciles?: true }
  /** Tell how much you take at once. */
  | { readonly kind: 'READ_LIMITS' }
  /** Tell everything that can be set. The number tells the station's reports apart. */
  | { readonly kind: 'READ_ALL_SETTINGS'; readonly requestId: number }
  | {
      readonly kind: 'CHANGE_SETTINGS';
      readonly settings: readonly { readonly key: string; readonly value: string }[];
    }
  /** EVSE 0 is the station. */
  | { readonly kind: 'SET_CHARGING_PROFILE'; readonly evseId: number; readonly profile: ChargingProfile }
  /** Those that fit all that is named; an id alone names one. */
  | {
      readonly kind: 'CLEAR_CHARGING_PROFILE';
      readonly profileId?: number;
      readonly evseId?: number;
      readonly purpose?: Exclude<ProfilePurpose, 'EXTERNAL'>;
      readonly stackLevel?: number;
    }
  | {
      readonly kind: 'GET_COMPOSITE_SCHEDULE';
      readonly evseId: number;
      readonly durationS: number;
      readonly unit?: RateUnit;
    }
  /** What of its local authorization list changes; see `ListUpdate`. */
  | ({ readonly kind: 'SEND_LOCAL_LIST' } & ListUpdate)
  | { readonly kind: 'GET_LOCAL_LIST_VERSION' }
  /** Something that goes on for long after the answer. */
  | JobRequest
  | { readonly kind: 'CALL'; readonly action: string; readonly payload: Readonly<Record<string, unknown>> };
