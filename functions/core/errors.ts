/** What a use case may refuse. Doors translate these to their protocol's own errors. */
export type DomainErrorCode =
  | 'NotFound'
  | 'Conflict'
  | 'Validation'
  | 'NotAllowed'
  | 'StationOffline'
  /** It was asked, and answered no. */
  | 'StationRefused'
  | 'Timeout'
  | 'NotSupported'
  | 'TooLarge';

/** A refusal a caller can act on. Expected outcomes are return values; this is for what ends a use case. */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  /** The input field at fault, as a dotted path, when there is one. */
  readonly field: string | undefined;

  constructor(code: DomainErrorCode, message: string, field?: string) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
    this.field = field;
  }
}
