import { type Context, util } from '@aws-appsync/utils';
import { callerWith } from './caller.ts';

interface Refusal {
  error?: { type: string; message: string; field?: string };
}

/** Hands a field to the function of the data source `tenant`. */
export function askTenant(ctx: Context, allowed: string[]) {
  return { operation: 'Invoke' as const, payload: question(ctx, allowed) };
}

/** The same for a field below the top: AppSync collects the fields of one request into one call. */
export function askTenantInBatch(ctx: Context, allowed: string[]) {
  const { stationId, sessionId, connectorRef, cdrId, tokenUid, tariffId, locationId, userId } = ctx.source;
  const source = { stationId, sessionId, connectorRef, cdrId, tokenUid, tariffId, locationId, userId };
  return { operation: 'BatchInvoke' as const, payload: { ...question(ctx, allowed), source } };
}

/** The same for a mutation that the bus alone may run: the tenant is the one whose event it is. */
export function askForEvent(ctx: Context) {
  const field = `${ctx.info.parentTypeName}.${ctx.info.fieldName}`;
  const caller = { tenantId: ctx.arguments.tenantId, subject: 'events', roles: [] };
  return { operation: 'Invoke' as const, payload: { field, caller, arguments: ctx.arguments } };
}

function question(ctx: Context, allowed: string[]) {
  return {
    field: `${ctx.info.parentTypeName}.${ctx.info.fieldName}`,
    caller: callerWith(ctx, allowed),
    arguments: ctx.arguments,
  };
}

/** What the function answered; what it refused becomes a GraphQL error that names the input field at fault. */
export function answerOfTenant(ctx: Context) {
  if (ctx.error) util.error('This could not be answered; the cause is in our log', 'InternalFailure');
  const refusal = (ctx.result as Refusal | null)?.error;
  if (refusal) util.error(refusal.message, refusal.type, null, { field: refusal.field ?? null });
  return ctx.result;
}
