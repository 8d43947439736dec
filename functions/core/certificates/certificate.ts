/** What a certificate of a station is for: to show who it is, or to speak with vehicles (ISO 15118). */
export type CertificatePurpose = 'STATION' | 'V2G';

/**
 * `REQUESTED` waits for the authority, `ISSUED` for its way to the station, `SENT` for the station's answer. A
 * certificate the station refused is `REJECTED`, a request the authority refused is `REFUSED`. `SUPERSEDED`: a newer one
 * of the same purpose is in use.
 */
export type CertificateState =
  | 'REQUESTED'
  | 'REFUSED'
  | 'ISSUED'
  | 'SENT'
  | 'INSTALLED'
  | 'REJECTED'
  | 'REVOKED'
  | 'EXPIRED'
  | 'SUPERSEDED';

/** What the authority made of a request. Times in epoch milliseconds. */
export interface IssuedCertificate {
  /** Lower-case hexadecimal without leading zeros. */
  readonly serial: string;
  /** As RFC 4514 writes it. */
  readonly subject: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** PEM, the station's own first. */
  readonly chain: string;
}

/** A certificate that a station asked for, from its request on. */
export interface StationCertificate {
  /** The digest of the request: who asks for the same again means the same. */
  readonly certificateId: string;
  readonly stationId: string;
  readonly purpose: CertificatePurpose;
  readonly state: CertificateState;
  /** The request: PKCS #10, PEM. */
  readonly csr: string;
  /** When the station last asked for it. */
  readonly askedAt: number;
  readonly stateAt: number;
  readonly issued?: IssuedCertificate;
  /** What brings it to the station, and for which asking. */
  readonly delivery?: { readonly commandId: string; readonly askedAt: number };
  /** The day (`2030-01-31`) on which the station was last told to ask for its successor. */
  readonly renewalDay?: string;
  readonly reason?: string;
}

/** How OCSP names a certificate (RFC 6960 section 4.1.1); the hashes and the serial number are hexadecimal. */
export interface CertificateHash {
  readonly hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512';
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
}

/** What a certificate in a station's trust store is trusted for. */
export type TrustUse = 'CSMS_ROOT' | 'MANUFACTURER_ROOT' | 'V2G_ROOT' | 'MO_ROOT' | 'V2G_CHAIN';

export const trustUses: readonly TrustUse[] = [
  'CSMS_ROOT',
  'MANUFACTURER_ROOT',
  'V2G_ROOT',
  'MO_ROOT',
  'V2G_CHAIN',
];

/** A certificate that a station holds, as far as it was told or told us. */
export interface InstalledCertificate {
  readonly use: TrustUse;
  readonly hash: CertificateHash;
  /** Below it in a chain, the nearest first. */
  readonly children?: readonly CertificateHash[];
}

/** Whether two hashes name the same certificate, however they are spelt. */
export function sameCertificate(one: CertificateHash, other: CertificateHash): boolean {
  return (
    one.hashAlgorithm === other.hashAlgorithm &&
    fold(one.issuerNameHash) === fold(other.issuerNameHash) &&
    fold(one.issuerKeyHash) === fold(other.issuerKeyHash) &&
    foldSerial(one.serialNumber) === foldSerial(other.serialNumber)
  );
}

/** One spelling per serial number: stations and edges write leading zeros, colons and either case. */
export function foldSerial(serial: string): string {
  return fold(serial)
    .replaceAll(':', '')
    .replace(/^0+(?=.)/, '');
}

function fold(hexadecimal: string): string {
  return hexadecimal.trim().toLowerCase();
}
