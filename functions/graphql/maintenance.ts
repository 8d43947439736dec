import * as z from 'zod';
import { type Maintenance, startMaintenance } from '#core/maintenance/maintenance.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const types = z.enum(['RECONCILE_STATIONS', 'READ_CONFIGURATION']);

/** `Mutation.triggerSystemMaintenance`: begins it; while one of the same type runs, that one is given. */
export async function triggerSystemMaintenance(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { type } = readArguments(z.object({ type: types }), args);
  return runView(await startMaintenance(services, { task: type, requestedBy: caller.subject }));
}

const cacheTasks = { STATION_AUTHORIZATION: 'CLEAR_CACHES' } as const;

/** `Mutation.clearCache`: true once it is under way. */
export async function clearCache(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<boolean> {
  const { cacheType } = readArguments(z.object({ cacheType: z.enum(['STATION_AUTHORIZATION']) }), args);
  await startMaintenance(services, { task: cacheTasks[cacheType], requestedBy: caller.subject });
  return true;
}

/** `Query.latestMaintenance`: null when there was none. */
export async function latestMaintenance(
  { arguments: args }: FieldRequest,
  { maintenance }: GraphqlServices,
): Promise<View | null> {
  const { type } = readArguments(z.object({ type: types }), args);
  const run = await maintenance.findMaintenance(type);
  return run ? runView(run) : null;
}

function runView({ maintenanceId, task, startedAt, endedAt, stationsReached }: Maintenance): View {
  return {
    maintenanceId,
    type: task,
    startedAt: rfc3339(startedAt),
    endedAt: endedAt === undefined ? undefined : rfc3339(endedAt),
    stationsReached,
  };
}
