import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askForEvent } from '../../shared/ask-tenant.ts';

/** A reading of a session, for subscribers. */
export function request(ctx: Context) {
  return askForEvent(ctx);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
