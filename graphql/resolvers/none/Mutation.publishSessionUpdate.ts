import { type Context, util } from '@aws-appsync/utils';

/** The start, a reading or the end of a session, for subscribers. */
export function request(ctx: Context) {
  const { event, tenantId, sessionId, stationId, authorised, powerW, currentA, voltageV, at } = ctx.arguments;
  let status = 'ACTIVE';
  if (event === 'ENDED') status = 'COMPLETED';
  if (event === 'STARTED' && !authorised) status = 'INVALID';
  const metrics = {
    currentPower: powerW === null || powerW === undefined ? null : powerW / 1000,
    current: currentA,
    voltage: voltageV,
  };
  return {
    payload: {
      tenantId,
      sessionId,
      stationId,
      status,
      realTimeMetrics: event === 'METERED' ? metrics : null,
      timestamp: util.time.epochMilliSecondsToISO8601(at),
    },
  };
}

export function response(ctx: Context) {
  return ctx.result;
}
