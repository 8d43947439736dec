import { type AppSyncIdentityCognito, type Context, util } from '@aws-appsync/utils';

/** Who may read a tenant's data. */
export const readers = ['VIEWER', 'OPERATOR', 'TENANT_ADMIN'];
/** Who may command its stations. */
export const operators = ['OPERATOR', 'TENANT_ADMIN'];
/** Who may change what it owns. */
export const administrators = ['TENANT_ADMIN'];

/** Who asks, as the verified token says it. */
export interface Caller {
  tenantId: string;
  subject: string;
  roles: string[];
}

/**
 * The caller, who must belong to a tenant and have one of these roles; otherwise the field ends with `Unauthorized`.
 * The tenant is never taken from anything the caller wrote.
 */
export function callerWith(ctx: Context, allowed: string[]): Caller {
  const claims: Record<string, unknown> = (ctx.identity as AppSyncIdentityCognito | null)?.claims ?? {};
  const tenantId = `${claims.tenant_id ?? ''}`;
  const roles = (claims.roles ?? []) as string[];
  if (tenantId === '') util.error('This API is for members of a tenant', 'Unauthorized');
  let isAllowed = false;
  for (const role of roles) {
    if (allowed.includes(role)) isAllowed = true;
  }
  if (!isAllowed) util.error(`This needs one of the roles ${allowed.join(', ')}`, 'Unauthorized');
  return { tenantId, subject: `${claims.sub ?? ''}`, roles };
}
