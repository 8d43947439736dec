import { runningCost } from '#core/cdrs/running-cost.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { SessionBegin } from './publications.ts';
import type { GraphqlServices } from './services.ts';

const leastStepMs = 60_000;
/** Rating reads the whole session, so the longer it is the seldomer: in steps that grow with it, all cost as much as a few. */
const growth = 0.25;

/**
 * What a session costs so far, to be told with one of its readings: only where the tenant shows costs while they run, and
 * when the session has become a quarter longer since the last time, and a minute at least. `undefined` in between, and
 * where there is no price that would stand.
 */
export async function publishedCost(
  services: GraphqlServices,
  { sessionId, begin }: { readonly sessionId: string; readonly begin: SessionBegin },
): Promise<number | undefined> {
  const tenant = await tenantOf(services);
  if (tenant.policy?.showRunningCost !== true) return undefined;
  const { tenantId, clock, memory } = services;
  const name = `${tenantId}/${sessionId}`;
  const now = clock();
  const ratedAt = memory.ratings.recall(name, now);
  if (ratedAt !== undefined && now < ratedAt + stepMs(ratedAt - begin.startedAt)) return undefined;
  memory.ratings.keep(name, now, now);
  return (await runningCost({ ...services, tenant }, { sessionId }))?.amount;
}

function stepMs(elapsedMs: number): number {
  return Math.max(leastStepMs, growth * elapsedMs);
}

/** Most tenants show no costs: their readings must not cost a read each. */
async function tenantOf({ tenantId, findTenant, clock, memory }: GraphqlServices): Promise<Tenant> {
  const known = memory.tenants.recall(tenantId, clock());
  if (known) return known;
  const tenant = await findTenant();
  memory.tenants.keep(tenantId, tenant, clock());
  return tenant;
}
