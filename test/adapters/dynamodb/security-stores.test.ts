import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { eventsOfRecord } from '#adapters/dynamodb/stream-events.ts';
import { readStream } from '../../support/change-log.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const stationId = 'CS-001';
const asked = { stationId, certificateId: 'c-1', purpose: 'STATION', csr: 'csr', askedAt: noon } as const;
const issued = { serial: '4a', subject: 'CN=CS-001', notBefore: noon, notAfter: noon + 1000, chain: 'pem' };

test('a request for a certificate is told, and told again only when it is asked for again', async () => {
  const tenantId = newTenantId();
  const { certificates } = db.storesOf(tenantId);

  await certificates.request(asked);
  await certificates.request(asked);
  await certificates.keepIssued(stationId, 'c-1', issued, noon + 1);
  await certificates.request({ ...asked, askedAt: noon + 2 });
  const records = await readStream(db, db.tables.operations);

  const events = records.flatMap(eventsOfRecord).filter((event) => event.tenantId === tenantId);
  expect(events).toMatchObject([
    { type: 'CertificateRequested', stationId, certificateId: 'c-1', at: noon },
    { type: 'CertificateRequested', stationId, certificateId: 'c-1', at: noon + 2 },
  ]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2);
});

test('a certificate is issued once, and delivered once for each asking', async () => {
  const { certificates } = db.storesOf();
  await certificates.request(asked);
  const note = (commandId: string, askedAt: number) =>
    certificates.noteDelivery(stationId, 'c-1', { commandId, askedAt }, noon);

  const outcomes = [
    await certificates.keepIssued(stationId, 'c-1', issued, noon),
    await certificates.keepIssued(stationId, 'c-1', { ...issued, serial: '4b' }, noon),
    await note('first', noon),
    await note('second', noon),
    await note('third', noon + 1),
  ];

  expect(outcomes).toEqual(['kept', 'not-requested', 'first', 'first', 'third']);
  expect(await certificates.findCertificate(stationId, 'c-1')).toMatchObject({ issued, state: 'SENT' });
});

test('certificates in use are listed by their end, those of no use any more are not', async () => {
  const { certificates } = db.storesOf();
  for (const [certificateId, notAfter] of [
    ['late', 3_000],
    ['soon', 1_000],
    ['gone', 2_000],
  ] as const) {
    await certificates.request({ ...asked, certificateId });
    await certificates.keepIssued(stationId, certificateId, { ...issued, notAfter: noon + notAfter }, noon);
  }
  await certificates.changeState(stationId, 'gone', { from: ['ISSUED'], to: 'REVOKED', at: noon });

  const first = await certificates.listExpiring(noon + 5_000, { limit: 1 });
  const rest = await certificates.listExpiring(noon + 5_000, {
    limit: 5,
    ...(first.cursor ? { cursor: first.cursor } : {}),
  });
  const early = await certificates.listExpiring(noon + 1_500, { limit: 5 });

  const ids = [first, rest, early].map(({ items }) => items.map(({ certificateId }) => certificateId));
  expect(ids).toEqual([['soon'], ['late'], ['soon']]);
});

test('two who change what a station trusts at once do not undo each other', async () => {
  const { certificates } = db.storesOf();
  const trust = (revision: number) => ({ certificates: [], revision });

  const first = [
    await certificates.saveTrust(stationId, trust(1)),
    await certificates.saveTrust(stationId, trust(1)),
  ];
  const second = [
    await certificates.saveTrust(stationId, trust(2)),
    await certificates.saveTrust(stationId, trust(2)),
  ];

  expect([first, second]).toEqual([
    ['saved', 'changed-meanwhile'],
    ['saved', 'changed-meanwhile'],
  ]);
});

test('security events are kept for a year, once each, under their tenant', async () => {
  const tenantId = newTenantId();
  const { securityEvents, attempts } = db.storesOf(tenantId);
  const event = { stationId, type: 'ResetOrReboot', at: noon, receivedAt: noon + 60_000 };

  await securityEvents.addEvent(event);
  await securityEvents.addEvent({ ...event, receivedAt: noon + 90_000 });
  await securityEvents.addEvent({ ...event, techInfo: 'again' });
  await attempts.note(stationId, '198.51.100.1', { count: 1, lastAt: Date.now() });
  const { Items = [] } = await db.client.send(new ScanCommand({ TableName: db.tables.operations }));

  const items = Items.map((item) => unmarshall(item)).filter(({ pk }) =>
    String(pk).startsWith(`T#${tenantId}#`),
  );
  const kept = items.filter(({ type }) => type !== undefined);
  expect(kept.map(({ expiresAtS }) => expiresAtS)).toEqual(
    [1, 1].map(() => (noon + 60_000) / 1000 + 365 * 86_400),
  );
  expect(items.every(({ expiresAtS }) => expiresAtS !== undefined)).toBe(true);
  expect(items).toHaveLength(4);
});

test('all tenants are listed, a page at a time', async () => {
  const directory = tenantDirectory(db.client, db.tables);
  const at = { createdAt: noon, updatedAt: noon };
  for (const tenantId of ['t-b', 't-a']) {
    await directory.createTenant({
      ...{ tenantId, slug: tenantId, name: tenantId, status: 'ACTIVE', tenantType: 'CPO', countryCode: 'DE' },
      ...{ partyId: 'ABC', currency: 'EUR', timeZone: 'Europe/Berlin', ...at },
    });
  }

  const { items, cursor } = await directory.listTenants();
  const beyond = await directory.listTenants('t-a');

  expect([items.map(({ tenantId }) => tenantId), cursor]).toEqual([['t-a', 't-b'], undefined]);
  expect(beyond.items.map(({ tenantId }) => tenantId)).toEqual(['t-b']);
});
