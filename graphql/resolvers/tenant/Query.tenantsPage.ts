import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askTenant } from '../../shared/ask-tenant.ts';
import { readers } from '../../shared/caller.ts';

export function request(ctx: Context) {
  return askTenant(ctx, readers);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
