import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askTenantInBatch } from '../../shared/ask-tenant.ts';
import { readersAndDrivers } from '../../shared/caller.ts';

export function request(ctx: Context) {
  return askTenantInBatch(ctx, readersAndDrivers);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
