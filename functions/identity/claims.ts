import { type ApiKey, isInForce, tenantOfClientId } from '#core/api-keys/api-key.ts';
import type { ApiClient } from '#core/tenants/tenant-store.ts';
import type { User } from '#core/users/user.ts';

/** The roles a token may carry; anything else in a group's name is not ours and stays out. */
const roles = ['SUPER_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER', 'DRIVER'] as const;
export type Role = (typeof roles)[number];

/**
 * The scope that lets a client of the user pool get tokens for API keys: the pool gives it to `issue-token` alone, so a
 * request that carries it has proved the key.
 */
export const keysScope = 'csms/keys';

/** What every access token says of its bearer besides who it is. */
export interface Claims {
  readonly tenant_id?: string;
  readonly roles: readonly Role[];
  /** The API key behind a token of a program, whose `sub` is the same for all of them. */
  readonly api_client?: string;
}

function known(names: readonly string[]): readonly Role[] {
  return roles.filter((role) => names.includes(role));
}

/** The claims of a person: tenant from the attribute no user may write, roles from the pool's groups. */
export function claimsOfUser(user: {
  attributes: Readonly<Record<string, string | undefined>>;
  groups: readonly string[];
}): Claims {
  const tenantId = user.attributes['custom:tenant_id'];
  return { ...(tenantId ? { tenant_id: tenantId } : {}), roles: known(user.groups) };
}

/**
 * The claims of a person whom their tenant has written down as a user: the roles that the tenant gave them, whatever the
 * pool's groups say, and nothing at all while they are not ACTIVE. The platform is no tenant's to give.
 */
export function withUser(claims: Claims, user: User | undefined): Claims {
  if (!user) return claims;
  if (user.status !== 'ACTIVE') return { roles: [] };
  return { ...claims, roles: known(user.roles).filter((role) => role !== 'SUPER_ADMIN') };
}

/** The claims of a program; one that is not registered gets a token that opens nothing. */
export function claimsOfClient(client: ApiClient | undefined): Claims {
  if (!client) return { roles: [] };
  return {
    ...(client.tenantId === undefined ? {} : { tenant_id: client.tenantId }),
    roles: known(client.roles),
  };
}

/** The claims of an API key: of its own tenant, nothing once it has ended. */
export function claimsOfKey(key: ApiKey | undefined, now: number): Claims {
  if (!key || !isInForce(key, now)) return { roles: [] };
  const tenantId = tenantOfClientId(key.clientId);
  if (tenantId === undefined) return { roles: [] };
  return { tenant_id: tenantId, roles: known(key.roles), api_client: key.clientId };
}
