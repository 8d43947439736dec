import { type Context, util } from '@aws-appsync/utils';

/** A status reported, or a connection made or ended (`online`), for subscribers. */
export function request(ctx: Context) {
  const { tenantId, stationId, status, online, connector, at } = ctx.arguments;
  return {
    payload: {
      tenantId,
      stationId,
      status: status ?? (online === false ? 'OFFLINE' : 'UNKNOWN'),
      timestamp: util.time.epochMilliSecondsToISO8601(at),
      details: connector ? { connector } : { online },
    },
  };
}

export function response(ctx: Context) {
  return ctx.result;
}
