import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

type Handler = typeof import('../../functions/workers/renew-certificates.handler.ts').handler;

const dayMs = 86_400_000;

let db: TestDatabase;
let cloud: WorkerCloud;
let handler: Handler;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  ({ handler } = await import('../../functions/workers/renew-certificates.handler.ts'));
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

async function givenTenant(tenantId: string, status: 'ACTIVE' | 'TERMINATED'): Promise<void> {
  const now = Date.now();
  const { stations, certificates } = db.storesOf(tenantId);
  await tenantDirectory(db.client, db.tables).createTenant({
    ...{ tenantId, slug: tenantId, name: tenantId, status, tenantType: 'CPO', countryCode: 'DE' },
    ...{ partyId: 'ABC', currency: 'EUR', timeZone: 'Europe/Berlin', createdAt: now, updatedAt: now },
  });
  await stations.createStation(aStation({ stationId: 'CP1', protocol: 'ocpp2.0.1' }));
  const certificate = {
    stationId: 'CP1',
    certificateId: 'c',
    purpose: 'STATION',
    csr: 'csr',
    askedAt: now,
  } as const;
  await certificates.request(certificate);
  const notAfter = now + 5 * dayMs;
  await certificates.keepIssued(
    'CP1',
    'c',
    { serial: '4a', subject: 'x', notBefore: now, notAfter, chain: 'pem' },
    now,
  );
  await certificates.changeState('CP1', 'c', { from: ['ISSUED'], to: 'INSTALLED', at: now });
}

test('every tenant’s stations are asked for what ends soon, once however often it runs that day', async () => {
  await givenTenant('t-1', 'ACTIVE');
  await givenTenant('t-2', 'ACTIVE');
  await givenTenant('t-3', 'TERMINATED');

  for (const _ of [1, 2]) await handler(undefined, lambdaContext);

  const asked = await Promise.all(
    ['t-1', 't-2', 't-3'].map(async (tenantId) => {
      const { items } = await db.storesOf(tenantId).commands.listCommands('CP1', { limit: 10 });
      return items.map(({ request }) => request.kind);
    }),
  );
  expect(asked).toEqual([['REQUEST_CSR'], ['REQUEST_CSR'], []]);
});
