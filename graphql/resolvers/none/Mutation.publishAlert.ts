import { type Context, util } from '@aws-appsync/utils';

/** Something an operator should look at, for subscribers. */
export function request(ctx: Context) {
  const { tenantId, alertId, category, severity, kind, message, stationId, sessionId, at } = ctx.arguments;
  return {
    payload: {
      tenantId,
      id: alertId,
      category,
      severity,
      message,
      stationId,
      sessionId,
      timestamp: util.time.epochMilliSecondsToISO8601(at),
      metadata: { kind },
    },
  };
}

export function response(ctx: Context) {
  return ctx.result;
}
