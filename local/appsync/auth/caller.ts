import type { AuthMode } from '../config.ts';

export type ModeName = AuthMode['type'];

/** Who calls, as established by one of the API's modes. */
export interface Caller {
  readonly mode: ModeName;
  /** What resolvers read as `ctx.identity`. */
  readonly identity: Readonly<Record<string, unknown>>;
  readonly groups: readonly string[];
  /** Set for AWS_IAM. */
  readonly accessKeyId?: string;
}

/** The caller is unknown to the API; the request does not run. HTTP 401. */
export class UnauthenticatedError extends Error {
  readonly errorType = 'UnauthorizedException';
}
