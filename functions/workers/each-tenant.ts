import type { Tenant } from '#core/tenants/tenant.ts';
import type { TenantDirectory } from '#core/tenants/tenant-store.ts';
import { logger } from '#platform/logger.ts';

/**
 * Does something for every tenant, one after another. One that fails does not keep the others from their turn; it fails
 * the whole in the end, by this message.
 */
export async function eachTenant(
  directory: Pick<TenantDirectory, 'listTenants'>,
  work: (tenant: Tenant) => Promise<void>,
  { failure }: { readonly failure: string },
): Promise<void> {
  const failures: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await directory.listTenants(cursor);
    for (const tenant of page.items) {
      try {
        await work(tenant);
      } catch (error) {
        logger.error(failure, { tenantId: tenant.tenantId, error });
        failures.push(error);
      }
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  if (failures.length > 0) throw new AggregateError(failures, failure);
}
