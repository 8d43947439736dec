import { type Context, util } from '@aws-appsync/utils';

/** The end of a command, for subscribers. */
export function request(ctx: Context) {
  const { tenantId, stationId, commandId, command, state, at } = ctx.arguments;
  const timestamp = util.time.epochMilliSecondsToISO8601(at);
  return { payload: { tenantId, stationId, commandId, command, status: state, timestamp } };
}

export function response(ctx: Context) {
  return ctx.result;
}
