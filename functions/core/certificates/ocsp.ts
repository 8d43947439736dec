import type { CertificateHash } from './certificate.ts';

/** A question to the responder that answers for a certificate. */
export interface OcspQuestion extends CertificateHash {
  readonly responderUrl: string;
}

/** What a responder said. */
export interface OcspAnswer {
  readonly status: 'GOOD' | 'REVOKED' | 'UNKNOWN';
  /** The response itself: DER (RFC 6960 section 4.2), Base64. */
  readonly response: string;
  /** Whether a certificate among those given, or one of theirs, signed it. */
  readonly trusted: boolean;
}

/** Asks OCSP responders (RFC 6960). */
export interface OcspClient {
  /**
   * Asks; `undefined` when there was no answer in time, none to this question, or one that is out of date. `issuers`
   * (PEM) may have signed it.
   */
  ask(question: OcspQuestion, issuers?: readonly string[]): Promise<OcspAnswer | undefined>;
}
