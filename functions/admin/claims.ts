import type { Role } from './route.ts';

const known: readonly Role[] = ['SUPER_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER', 'DRIVER'];

/**
 * The roles in a token's claim. HTTP APIs hand a list of texts on as one text, `[OPERATOR VIEWER]` (API Gateway
 * developer guide, "JWT authorizers"); what is no role of ours gives none.
 */
export function rolesIn(claim: unknown): readonly Role[] {
  const names = Array.isArray(claim) ? claim : String(claim ?? '').split(/[\s,[\]"]+/);
  return known.filter((role) => names.includes(role));
}
