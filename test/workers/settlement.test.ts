import { afterAll, beforeAll, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { cdrIssued } from '#contracts/cdr-issued.v1.ts';
import { bookCdr } from '#core/settlement/book-cdr.ts';
import { givenCdr } from '../core/settlement/given-cdr.ts';
import { deliveredMessage } from '../support/delivered-message.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

type Booking = typeof import('../../functions/workers/book-cdr.handler.ts').handler;
type Closing = typeof import('../../functions/workers/close-periods.handler.ts').handler;

const dayMs = 86_400_000;

let db: TestDatabase;
let cloud: WorkerCloud;
let book: Booking;
let close: Closing;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  ({ handler: book } = await import('../../functions/workers/book-cdr.handler.ts'));
  ({ handler: close } = await import('../../functions/workers/close-periods.handler.ts'));
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

async function givenTenant(tenantId: string): Promise<void> {
  const now = Date.now();
  await tenantDirectory(db.client, db.tables).createTenant({
    ...{ tenantId, slug: tenantId, name: tenantId, status: 'ACTIVE', tenantType: 'CPO', countryCode: 'DE' },
    ...{ partyId: 'ABC', currency: 'EUR', timeZone: 'Europe/Berlin', createdAt: now, updatedAt: now },
  });
}

test('months that are over are closed for every tenant, and once', async () => {
  const longAgo = Date.now() - 40 * dayMs;
  for (const tenantId of ['t-1', 't-2']) {
    await givenTenant(tenantId);
    const cdr = givenCdr({ createdAt: longAgo });
    const tenant = { tenantId, timeZone: 'Europe/Berlin' };
    const { statements } = db.storesOf(tenantId);
    await bookCdr(
      { tenant, statements, cdrs: { findCdr: async () => cdr }, clock: () => longAgo, digest },
      cdr,
    );
  }

  for (const _ of [1, 2]) await close(undefined, lambdaContext);

  const counterparty = { kind: 'ACCOUNT', id: 'driver-1' } as const;
  for (const tenantId of ['t-1', 't-2']) {
    const { items } = await db.storesOf(tenantId).statements.listStatements({ counterparty }, { limit: 5 });
    expect(items).toMatchObject([{ status: 'ISSUED', totals: { lines: 1, inclVat: '12' } }]);
  }
});

test('an event of a CDR that is not there yet comes again, alone', async () => {
  const detail = {
    ...{ eventId: 'e-1', tenantId: 't-1', stationId: 'CP001', at: Date.now() },
    ...{ cdrId: 'cdr-9', sessionId: 's-9' },
  };
  const record = deliveredMessage(cdrIssued, detail);

  const result = await book({ Records: [record] }, lambdaContext);

  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: record.messageId }] });
});
