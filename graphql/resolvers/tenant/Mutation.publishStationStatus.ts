import { type Context, runtime, util } from '@aws-appsync/utils';
import { answerOfTenant, askForEvent } from '../../shared/ask-tenant.ts';

/** A status reported, or a connection made or ended (`online`), for subscribers. */
export function request(ctx: Context) {
  const { tenantId, stationId, status, online, connector, at } = ctx.arguments;
  // Whoever connects does not say what it is: the function knows what it last said.
  if (!status && online !== false) return askForEvent(ctx);
  return runtime.earlyReturn({
    tenantId,
    stationId,
    status: status ?? 'OFFLINE',
    timestamp: util.time.epochMilliSecondsToISO8601(at),
    details: connector ? { connector } : { online },
  });
}

export function response(ctx: Context) {
  return answerOfTenant(ctx);
}
