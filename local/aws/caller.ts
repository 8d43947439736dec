import { isAllowed } from '../iam/evaluate.ts';
import type { Principal } from '../iam/principals.ts';
import { AwsError } from './aws-error.ts';

/** Who makes a call. */
export interface Caller {
  principal: Principal;
  /**
   * Judges one action by the caller's policies.
   * @throws {AwsError} AccessDenied in AWS's words
   */
  demand(action: string, resource: string, context?: Record<string, string | string[]>): void;
}

/** Finds the caller by the access key of the signature; the signature itself is not checked. */
export function callerOf(authorization: string | undefined, byKey: ReadonlyMap<string, Principal>): Caller {
  const [, accessKeyId = ''] = /Credential=([^/,\s]+)\//.exec(authorization ?? '') ?? [];
  const principal = byKey.get(accessKeyId);
  if (!principal) {
    throw new AwsError(
      403,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  return {
    principal,
    demand(action, resource, context) {
      if (isAllowed(principal.statements, { action, resource, ...(context ? { context } : {}) })) return;
      const refusal = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`;
      const reason = `because no identity-based policy allows the ${action} action`;
      throw new AwsError(403, 'AccessDeniedException', `${refusal} ${reason}`);
    },
  };
}
