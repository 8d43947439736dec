import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askTenant } from '../../shared/ask-tenant.ts';
import { readersAndDrivers } from '../../shared/caller.ts';
import { noSessionUpdate } from '../../shared/nothing-yet.ts';
import { deliverOnly } from '../../shared/subscription.ts';

/** The function looks whether the sessions that a driver names are the driver's own. */
export function request(ctx: Context) {
  return askTenant(ctx, readersAndDrivers);
}

export function response(ctx: Context) {
  const { tenantId } = answerOfTenant(ctx);
  deliverOnly(tenantId, 'sessionId', 'sessionIds', ctx.arguments.sessionIds);
  return noSessionUpdate;
}
