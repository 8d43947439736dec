import type { Clock } from '#core/ports.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { TenantDirectory } from '#core/tenants/tenant-store.ts';
import { Remembered } from '#platform/remembered.ts';

/**
 * Finds tenants as a warm function knows them: each is read once a minute, so that a tenant's work costs no read of it
 * each. What changes of a tenant is heeded up to a minute late. Throws for a tenant that is not there.
 */
export function rememberedTenants(
  directory: Pick<TenantDirectory, 'findTenant'>,
  clock: Clock,
): (tenantId: string) => Promise<Tenant> {
  const remembered = new Remembered<Tenant>({ most: 1_000, forMs: 60_000 });
  return async (tenantId) => {
    const known = remembered.recall(tenantId, clock());
    if (known) return known;
    const tenant = await directory.findTenant(tenantId);
    if (!tenant) throw new Error(`tenant ${tenantId} is not known`);
    remembered.keep(tenantId, tenant, clock());
    return tenant;
  };
}
