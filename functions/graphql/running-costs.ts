import { runningCost } from '#core/cdrs/running-cost.ts';
import { DomainError } from '#core/errors.ts';
import type { FieldRequest } from './field-request.ts';
import { inLanes } from './lanes.ts';
import type { GraphqlServices } from './services.ts';

/** To rate a session all of it is read. */
const mostRated = 25;

/**
 * `SessionRealTimeMetrics.estimatedCost`, many at once: each session is read and rated once. Throws `Validation` for
 * more than 25 of them.
 */
export async function estimatedCosts(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(number | null)[]> {
  const ids = requests.map(({ source }) => source?.sessionId);
  const known = [...new Set(ids.filter((id): id is string => typeof id === 'string'))];
  if (known.length === 0) return ids.map(() => null);
  if (known.length > mostRated) {
    const message = `estimatedCost is worked out for ${mostRated} sessions at once: ask for fewer`;
    throw new DomainError('Validation', message);
  }
  const ports = { ...services, tenant: await services.findTenant() };
  const costs = new Map(
    await inLanes(known, async (sessionId) => [sessionId, await runningCost(ports, { sessionId })] as const),
  );
  return ids.map((id) => (typeof id === 'string' ? (costs.get(id)?.amount ?? null) : null));
}
