import { openStores } from '../../functions/adapters/dynamodb/open-stores.ts';
import type { JobRequest } from '../../functions/core/jobs/job-request.ts';
import type { readGetLog } from '../../functions/core/jobs/job-wishes.ts';
import { startJob } from '../../functions/core/jobs/start-job.ts';
import { type Call, callOf } from '../../functions/ocpp/calls.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { newId } from '../../functions/platform/clock.ts';
import { names, type Room, type TestStation } from './room-under-test.ts';

/** Reads what an operator wants of a job, as the routes for jobs do. */
type Reader = (
  ports: Parameters<typeof readGetLog>[0],
  wish: Parameters<typeof readGetLog>[1],
) => Promise<JobRequest>;

/** Starts a job as REST does, and has the station answer its call. Gives the call. */
export async function beginJob(
  room: Room,
  { stationId, sends }: TestStation,
  read: Reader,
  parameters: Record<string, unknown>,
  answer: Record<string, unknown>,
): Promise<Call | undefined> {
  const { client, services } = room;
  const { tenantId } = services;
  const ports = { ...openStores({ client, tables: names, tenantId }), ...services, newId };
  const station = await services.stations.findStation(stationId);
  if (!station) throw new Error('no station');
  const request = await read(ports, { station, jobId: newId(), parameters });
  const { commandId } = await startJob(ports, { stationId, request, waitMs: 60_000, whenOffline: 'FAIL' });
  await sends(JSON.stringify([3, commandId, answer]));
  const protocol = station.protocol === 'ocpp1.6' ? 'ocpp1.6' : 'ocpp2.0.1';
  return callOf(await loadVersion(protocol), request);
}
