import type { CertificateHash, CertificatePurpose, IssuedCertificate } from './certificate.ts';

/** What a certificate request says of itself and proves. */
export interface CertificateRequestFacts {
  /** All of them, as they are. */
  readonly commonNames: readonly string[];
  readonly organizations: readonly string[];
  readonly key: { readonly type: 'RSA' | 'EC' | 'OTHER'; readonly bits: number };
  /** Whether the signature is by the key that is asked to be certified. */
  readonly provesPossession: boolean;
}

/** Whom a certificate is to name, and for how long. Times in epoch milliseconds. */
export interface CertificateOrder {
  readonly csr: string;
  readonly purpose: CertificatePurpose;
  readonly stationId: string;
  readonly organization: string;
  /** Hexadecimal, at most 40 characters. */
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Who signs the certificates of stations. */
export interface CertificateAuthority {
  /** `undefined` for what is no request. */
  readRequest(csr: string): Promise<CertificateRequestFacts | undefined>;
  /** Certifies the key of the request, and nothing else the request says. */
  sign(order: CertificateOrder): Promise<IssuedCertificate>;
  /** The authority's own certificate, PEM: what trusts it trusts what it signs. Made when it is first asked for. */
  certificate(): Promise<string>;
}

/** What can be read off a certificate. */
export interface CertificateFacts {
  readonly subject: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority: boolean;
  /** Of a certificate that is its own issuer: the name it goes by everywhere. */
  readonly hash?: CertificateHash;
}

/** Reads the one certificate of a PEM text; `undefined` for anything else. */
export type ReadCertificate = (pem: string) => Promise<CertificateFacts | undefined>;
