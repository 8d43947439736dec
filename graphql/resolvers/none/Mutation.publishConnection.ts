import { type Context, util } from '@aws-appsync/utils';

/** A connection made or ended, for subscribers. */
export function request(ctx: Context) {
  const { tenantId, stationId, online, protocol, at } = ctx.arguments;
  let ocppVersion: string | null = null;
  if (protocol === 'ocpp1.6') ocppVersion = 'OCPP_1_6';
  if (protocol === 'ocpp2.0.1') ocppVersion = 'OCPP_2_0_1';
  return {
    payload: {
      tenantId,
      stationId,
      status: online ? 'CONNECTED' : 'DISCONNECTED',
      ocppVersion,
      timestamp: util.time.epochMilliSecondsToISO8601(at),
    },
  };
}

export function response(ctx: Context) {
  return ctx.result;
}
