import type { Page, PageRequest } from '../ports.ts';
import type {
  CertificatePurpose,
  CertificateState,
  InstalledCertificate,
  IssuedCertificate,
  StationCertificate,
} from './certificate.ts';

/** The certificates that stations of one tenant asked for, and what they trust. */
export interface CertificateStore {
  /** Keeps a request; one that is there is asked for again. */
  request(request: {
    readonly stationId: string;
    readonly certificateId: string;
    readonly purpose: CertificatePurpose;
    readonly csr: string;
    readonly askedAt: number;
  }): Promise<void>;
  /** Strongly consistent. */
  findCertificate(stationId: string, certificateId: string): Promise<StationCertificate | undefined>;
  /** In no order that means anything. */
  listCertificates(stationId: string, page: PageRequest): Promise<Page<StationCertificate>>;
  /** Keeps what the authority made of a request, unless something is kept: the first certificate stays the only one. */
  keepIssued(
    stationId: string,
    certificateId: string,
    issued: IssuedCertificate,
    at: number,
  ): Promise<'kept' | 'not-requested'>;
  /** Notes what brings a certificate to its station; gives the command of this asking, the noted one or an earlier. */
  noteDelivery(
    stationId: string,
    certificateId: string,
    delivery: { readonly commandId: string; readonly askedAt: number },
    at: number,
  ): Promise<string | undefined>;
  /** Moves a certificate on, from one of the given states. */
  changeState(
    stationId: string,
    certificateId: string,
    change: {
      readonly from: readonly CertificateState[];
      readonly to: CertificateState;
      readonly at: number;
      readonly reason?: string;
    },
  ): Promise<'changed' | 'not-so'>;
  /** Certificates in use or on their way whose time ends before the moment, the first to end first. */
  listExpiring(before: number, page: PageRequest): Promise<Page<StationCertificate>>;
  /** Counts the station as told to renew on this day. */
  noteRenewal(stationId: string, certificateId: string, day: string): Promise<'noted' | 'noted-before'>;

  findTrust(stationId: string): Promise<StationTrust>;
  /** Replaces what is known, if nobody changed it since it was read. */
  saveTrust(stationId: string, trust: StationTrust): Promise<'saved' | 'changed-meanwhile'>;
}

/** The trust store of a station, as far as is known here. */
export interface StationTrust {
  readonly certificates: readonly InstalledCertificate[];
  /** When the station itself last listed some. */
  readonly reportedAt?: number;
  readonly revision: number;
}

/** Serial numbers of certificates that open nothing any more. Bound to one tenant. */
export interface RevocationList {
  revoke(stationId: string, serial: string, at: number): Promise<void>;
  isRevoked(stationId: string, serial: string): Promise<boolean>;
}
