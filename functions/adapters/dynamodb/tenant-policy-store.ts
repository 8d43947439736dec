import * as z from 'zod';
import { type TenantPolicy, type TenantPolicyStore, usualPolicy } from '#core/tenants/tenant-policy.ts';
import { itemReader } from './items.ts';
import { lookupKeys } from './keys.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

export const tenantPolicy = z.object({
  onboarding: z.boolean(),
  registrationRetryS: whole,
  masterGroupId: text.exactOptional(),
  cacheLifetimeS: whole.exactOptional(),
  showRunningCost: z.boolean().exactOptional(),
}) satisfies z.ZodType<TenantPolicy>;

const readPolicy = itemReader('tenant', z.object({ policy: tenantPolicy.exactOptional() }));

/** What a tenant decided, as part of its own item: whoever reads the tenant has it. */
export function tenantPolicyStore({ client, tables, tenantId }: StoreContext): TenantPolicyStore {
  const key = lookupKeys.tenant(tenantId);
  return {
    async findPolicy() {
      const item = await getItem(client, tables.registry, key);
      return (item && readPolicy(item).policy) ?? usualPolicy;
    },

    async savePolicy(policy, at) {
      const change = new Update().setAll({ policy, updatedAt: at });
      change.when(`attribute_exists(${change.name('pk')})`);
      const { done } = await update(client, change.for(tables.registry, key));
      if (!done) throw new Error(`there is no tenant ${tenantId}`);
    },
  };
}
