import type { Context } from '@aws-appsync/utils';
import { answerOfTenant, askForEvent } from '../../shared/ask-tenant.ts';

/** The start, a reading or the end of a session, for subscribers. */
export function request(ctx: Context) {
  return askForEvent(ctx);
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
