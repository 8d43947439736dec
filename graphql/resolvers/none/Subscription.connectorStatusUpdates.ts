import type { Context } from '@aws-appsync/utils';
import { callerWith, readers } from '../../shared/caller.ts';
import { noConnectorStatus } from '../../shared/nothing-yet.ts';
import { deliverOnly } from '../../shared/subscription.ts';

export function request(ctx: Context) {
  return { payload: { tenantId: callerWith(ctx, readers).tenantId } };
}

export function response(ctx: Context) {
  deliverOnly(ctx.result.tenantId, 'stationId', 'stationIds', ctx.arguments.stationIds);
  return noConnectorStatus;
}
