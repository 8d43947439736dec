import { type AppSyncIdentityCognito, type Context, runtime } from '@aws-appsync/utils';
import { answerOfTenant, askTenantInBatch } from '../../shared/ask-tenant.ts';
import { readersAndDrivers } from '../../shared/caller.ts';

export function request(ctx: Context) {
  // What the bus publishes says for itself what it knows: nobody stands behind it on whose behalf to ask.
  if (!(ctx.identity as AppSyncIdentityCognito | null)?.claims) {
    runtime.earlyReturn(ctx.source.estimatedCost ?? null);
  }
  return askTenantInBatch(ctx, readersAndDrivers);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
