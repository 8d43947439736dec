import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askForEvent } from '../../shared/ask-tenant.ts';

/** The status of a connector, for subscribers. */
export function request(ctx: Context) {
  return askForEvent(ctx);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
