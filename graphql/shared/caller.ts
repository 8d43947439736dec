import { type AppSyncIdentityCognito, type Context, util } from '@aws-appsync/utils';

/** Who may read a tenant's data. */
export const readers = ['VIEWER', 'OPERATOR', 'TENANT_ADMIN'];
/** The same, and drivers, to whom the function gives what is their own. */
export const readersAndDrivers = ['DRIVER', 'VIEWER', 'OPERATOR', 'TENANT_ADMIN'];
/** Who may command its stations. */
export const operators = ['OPERATOR', 'TENANT_ADMIN'];
/** Who may change what it owns. */
export const administrators = ['TENANT_ADMIN'];

/** The header in which a member of the platform names the tenant to act on. */
const tenantHeader = 'x-tenant-id';

/** Who asks, as the verified token says it. */
export interface Caller {
  tenantId: string;
  subject: string;
  roles: string[];
  /** A member of the platform, who named the tenant. Whether there is such a tenant is for the function to find out. */
  fromPlatform?: boolean;
}

/**
 * The caller, who must belong to a tenant and have one of these roles; otherwise the field ends with `Unauthorized`.
 * The tenant is the token's. Only a member of the platform (`SUPER_ADMIN`) names one, in the header `x-tenant-id`, and
 * is its administrator for this request; not in subscriptions, for nobody would check or record that.
 */
export function callerWith(ctx: Context, allowed: string[]): Caller {
  const claims: Record<string, unknown> = (ctx.identity as AppSyncIdentityCognito | null)?.claims ?? {};
  const own = `${claims.tenant_id ?? ''}`;
  const roles = (claims.roles ?? []) as string[];
  const subject = `${claims.api_client ?? claims.sub ?? ''}`;
  const headers = (ctx.request?.headers ?? {}) as Record<string, string>;
  const named = `${headers[tenantHeader] ?? ''}`;
  if (named !== '' && named !== own) return platformMember(ctx, { tenantId: named, subject, roles });
  if (own === '')
    util.error(`This needs a tenant: a member of the platform names it in ${tenantHeader}`, 'Unauthorized');
  let isAllowed = false;
  for (const role of roles) {
    if (allowed.includes(role)) isAllowed = true;
  }
  if (!isAllowed) util.error(`This needs one of the roles ${allowed.join(', ')}`, 'Unauthorized');
  return { tenantId: own, subject, roles };
}

function platformMember(ctx: Context, caller: Caller): Caller {
  const isSubscription = ctx.info.parentTypeName === 'Subscription';
  if (!caller.roles.includes('SUPER_ADMIN')) util.error('Your token names another tenant', 'Unauthorized');
  if (isSubscription) util.error('Subscriptions are for members of the tenant', 'Unauthorized');
  return { ...caller, fromPlatform: true };
}
