import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { putItems } from '#adapters/dynamodb/requests.ts';
import { bookCdr } from '#core/settlement/book-cdr.ts';
import { closePeriods } from '#core/settlement/close-periods.ts';
import { noon } from '../core/sessions/scene.ts';
import { type CdrGiven, givenCdr } from '../core/settlement/given-cdr.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminResult, type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
});
afterAll(() => db.close());

async function givenBooked(given: CdrGiven = {}): Promise<void> {
  const cdr = givenCdr({ createdAt: noon, ...given });
  const { scene, services } = admin;
  const tenant = await services.findTenant();
  await bookCdr({ ...scene, tenant, cdrs: { findCdr: async () => cdr } }, { cdrId: cdr.cdrId });
}

async function givenIssued(): Promise<string> {
  await givenBooked({ cdrId: 'cdr-1', cents: { '20': 1000, '5.5': 200 }, stationId: '=cmd|calc' });
  await givenBooked({ cdrId: 'cdr-1-C', kind: 'CREDIT', creditOf: 'cdr-1', cents: { '20': 1000 } });
  admin.scene.now = Date.UTC(2026, 6, 2);
  await closePeriods({ ...admin.scene, tenant: await admin.services.findTenant() });
  const { body } = await admin.request('GET /statements?period=2026-06');
  return body.items[0].statementId;
}

describe('statements', () => {
  test('are listed by month and by counterparty, with what they come to', async () => {
    const statementId = await givenIssued();

    const ofMonth = await admin.request('GET /statements?period=2026-06');
    const ofDriver = await admin.request('GET /statements?counterparty=ACCOUNT:driver-1');
    const one = await admin.request(`GET /statements/${statementId}`);

    expect(ofMonth.body.items).toEqual([one.body]);
    expect(ofDriver.body.items).toEqual([one.body]);
    expect(one.body).toMatchObject({
      statementId,
      status: 'ISSUED',
      period: '2026-06',
      counterparty: { kind: 'ACCOUNT', id: 'driver-1' },
      currency: 'EUR',
      direction: 'RECEIVABLE',
      issuedAt: '2026-07-02T00:00:00.000Z',
      totals: {
        lines: 2,
        credits: 1,
        exclVat: '2',
        inclVat: '2.11',
        vat: [
          { rate: '5.5', exclVat: '2', inclVat: '2.11', vat: '0.11' },
          { rate: '20', exclVat: '0', inclVat: '0', vat: '0' },
        ],
      },
    });
  });

  test('of a draft tell what its lines come to so far', async () => {
    await givenBooked();
    const { body } = await admin.request('GET /statements?period=2026-06');

    const draft = await admin.request(`GET /statements/${body.items[0].statementId}`);

    expect(draft.body).toMatchObject({ status: 'DRAFT', totals: { lines: 1, exclVat: '10', inclVat: '12' } });
  });

  test('give their lines in pages', async () => {
    const statementId = await givenIssued();

    const first = await admin.request(`GET /statements/${statementId}/lines?limit=1`);
    const rest = await admin.request(`GET /statements/${statementId}/lines?cursor=${first.body.cursor}`);

    expect(first.body.items).toMatchObject([{ cdrId: 'cdr-1', kind: 'ORIGINAL' }]);
    expect(rest.body.items).toMatchObject([{ cdrId: 'cdr-1-C', kind: 'CREDIT', corrects: 'cdr-1' }]);
  });

  test('leave as a table with a row for each VAT rate, in which no id is a formula', async () => {
    const statementId = await givenIssued();

    const { body } = await admin.request(`GET /statements/${statementId}/export?format=csv`);

    const rows = String(body)
      .trimEnd()
      .split('\r\n')
      .map((row) => row.split(','));
    expect(rows[0]).toEqual(
      'statement,period,direction,counterparty,currency,cdr,kind,corrects,session,station,token,start,end,energy_wh,vat_percent,excl_vat,vat,incl_vat'.split(
        ',',
      ),
    );
    expect(rows.slice(1).map((row) => [row[2], row[5], row[9], ...row.slice(13)])).toEqual([
      ['RECEIVABLE', 'cdr-1', "'=cmd|calc", '10000', '5.5', '2', '0.11', '2.11'],
      ['RECEIVABLE', 'cdr-1', "'=cmd|calc", '', '20', '10', '2', '12'],
      ['RECEIVABLE', 'cdr-1-C', 'CP001', '-10000', '20', '-10', '-2', '-12'],
    ]);
  });

  test('too long for one table tell where the rest is', async () => {
    const statementId = await givenIssued();
    const keys = tenantKeys(admin.scene.tenantId);
    const { items } = await admin.scene.statements.listLines(statementId, { limit: 1 });
    const copies = Array.from({ length: 10_000 }, (_, index) => {
      const cdrId = `copy-${index}`;
      return { ...items[0], cdrId, ...keys.statementLine(statementId, cdrId) };
    });
    await putItems(db.client, db.tables.ledger, copies);

    const first = await admin.request(`GET /statements/${statementId}/export?format=csv`);
    const rest = await admin.request(`GET /statements/${statementId}/export${first.next}`);

    const rowsIn = ({ body }: AdminResult) => String(body).trimEnd().split('\r\n').length - 1;
    expect(rest.next).toBeUndefined();
    // The first CDR has a row for each of its two VAT rates, as each copy has.
    expect(rowsIn(first) + rowsIn(rest)).toBe(20_003);
  });

  test('leave as JSON, lines and all', async () => {
    const statementId = await givenIssued();

    const { body } = await admin.request(`GET /statements/${statementId}/export?format=json`);

    expect(body).toMatchObject({
      statementId,
      status: 'ISSUED',
      lines: [{ exclVat: '12' }, { exclVat: '-10' }],
    });
  });

  test('are settled once, by whoever administers', async () => {
    const statementId = await givenIssued();
    const settle = (reference: string, role: 'TENANT_ADMIN' | 'OPERATOR' = 'TENANT_ADMIN') =>
      admin.request(`POST /statements/${statementId}/settle`, { reference }, { roles: [role] });

    const byOperator = await settle('SEPA 1', 'OPERATOR');
    const first = await settle('SEPA 1');
    const other = await settle('SEPA 2');

    expect(byOperator.status).toBe(403);
    expect(first.body).toMatchObject({ status: 'SETTLED', settlement: { reference: 'SEPA 1', by: 'alice' } });
    expect(other).toMatchObject({ status: 409, body: { errors: [{ pointer: '/reference' }] } });
  });

  test.each([
    ['GET /statements', 'period'],
    ['GET /statements?period=2026-13', 'period'],
    ['GET /statements?period=2026-06&counterparty=ACCOUNT:1', 'period'],
    ['GET /statements?counterparty=driver-1', 'counterparty'],
  ])('%s is refused for its %s', async (line, name) => {
    const { status, body } = await admin.request(line);

    expect(status).toBe(422);
    expect(JSON.stringify(body.errors)).toContain(name);
  });

  test('of another tenant are not there', async () => {
    const statementId = await givenIssued();

    const other = await newAdmin(db);

    expect(await other.request(`GET /statements/${statementId}`)).toMatchObject({ status: 404 });
    expect((await other.request(`GET /statements/${statementId}/lines`)).body.items).toEqual([]);
  });
});
