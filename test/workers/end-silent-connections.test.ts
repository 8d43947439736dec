import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { startRecorder } from '../support/aws-recorder.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

type Handler = typeof import('../../functions/workers/end-silent-connections.handler.ts').handler;

const minuteMs = 60_000;

let db: TestDatabase;
let cloud: WorkerCloud;
let gateway: Awaited<ReturnType<typeof startRecorder>>;
let handler: Handler;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  gateway = await startRecorder(() => ({ status: 410, body: {}, errorType: 'GoneException' }));
  Object.assign(process.env, { STATION_API_ENDPOINT: `${gateway.url}/live`, SILENT_AFTER_SECONDS: '900' });
  ({ handler } = await import('../../functions/workers/end-silent-connections.handler.ts'));
});
afterAll(async () => {
  gateway.close();
  await cloud.close();
  await db.close();
});

async function givenConnected(tenantId: string, minutesAgo: number): Promise<void> {
  const now = Date.now();
  await tenantDirectory(db.client, db.tables).createTenant({
    ...{ tenantId, slug: tenantId, name: tenantId, status: 'ACTIVE', tenantType: 'CPO', countryCode: 'DE' },
    ...{ partyId: 'ABC', currency: 'EUR', timeZone: 'Europe/Berlin', createdAt: now, updatedAt: now },
  });
  const connectedAt = now - minutesAgo * minuteMs;
  const connection = { stationId: 'CP1', connectionId: `of-${tenantId}`, protocol: 'ocpp1.6', connectedAt };
  await db.storesOf(tenantId).live.connect(connection);
}

const isConnected = async (tenantId: string) =>
  (await db.storesOf(tenantId).live.findLink('CP1'))?.connectionId !== undefined;

test('of every tenant, connections end of which nothing was heard for a quarter of an hour', async () => {
  await givenConnected('t-1', 16);
  await givenConnected('t-2', 14);
  await givenConnected('t-3', 200);

  await handler(undefined, lambdaContext);

  expect(await Promise.all(['t-1', 't-2', 't-3'].map(isConnected))).toEqual([false, true, false]);
  expect(gateway.requests.map(({ method, path }) => [method, path])).toEqual([
    ['DELETE', '/live/@connections/of-t-1'],
    ['DELETE', '/live/@connections/of-t-3'],
  ]);
});
