import { type Context, util } from '@aws-appsync/utils';

/** A change of a roaming partner, for subscribers. */
export function request(ctx: Context) {
  const { tenantId, partnerId, status, at } = ctx.arguments;
  return { payload: { tenantId, partnerId, status, timestamp: util.time.epochMilliSecondsToISO8601(at) } };
}

export function response(ctx: Context) {
  return ctx.result;
}
