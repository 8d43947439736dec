import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askTenant } from '../../shared/ask-tenant.ts';
import { readersAndDrivers } from '../../shared/caller.ts';

export function request(ctx: Context) {
  return askTenant(ctx, readersAndDrivers);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
