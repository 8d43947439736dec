import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askTenantInBatch } from '../../shared/ask-tenant.ts';
import { operators } from '../../shared/caller.ts';

export function request(ctx: Context) {
  return askTenantInBatch(ctx, operators);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
