import { type Context, util } from '@aws-appsync/utils';

/** The start or the end of a session of a partner's driver, for subscribers. */
export function request(ctx: Context) {
  const { event, tenantId, partnerId, sessionId, authorised, at } = ctx.arguments;
  let status = 'ACTIVE';
  if (event === 'ENDED') status = 'COMPLETED';
  if (event === 'STARTED' && !authorised) status = 'INVALID';
  const timestamp = util.time.epochMilliSecondsToISO8601(at);
  return { payload: { tenantId, partnerId, sessionId, status, timestamp } };
}

export function response(ctx: Context) {
  return ctx.result;
}
