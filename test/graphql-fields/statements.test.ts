import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bookCdr } from '#core/settlement/book-cdr.ts';
import { closePeriods } from '#core/settlement/close-periods.ts';
import { noon } from '../core/sessions/scene.ts';
import { givenCdr } from '../core/settlement/given-cdr.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
  const { scene, services } = asked;
  const cdr = givenCdr({ cdrId: 'cdr-1', createdAt: noon });
  const tenant = await services.findTenant();
  await bookCdr({ ...scene, tenant, cdrs: { findCdr: async () => cdr } }, { cdrId: 'cdr-1' });
});
afterAll(() => db.close());

const june = { filter: { period: '2026-06' } };

async function onlyId(): Promise<unknown> {
  const [statement] = (await asked.ask('Query.statements', june)) as View[];
  return statement?.id;
}

test('a statement is found by its month, by who it is settled with, and by its id', async () => {
  const id = await onlyId();
  const counterparty = { kind: 'ACCOUNT', id: 'driver-1' };

  const page = await asked.ask('Query.statementsPage', { filter: { counterparty } });
  const one = await asked.ask('Query.statement', { id });

  expect(page).toMatchObject({ items: [{ id, status: 'DRAFT', counterparty }], nextToken: null });
  expect(one).toMatchObject({
    id,
    direction: 'RECEIVABLE',
    totals: { lines: 1, energyKwh: '10', inclVat: '12', vat: [{ rate: '20', vat: '2' }] },
  });
  expect(await asked.ask('Query.statement', { id: 'st-none' })).toBeNull();
});

test('its lines are the CDRs', async () => {
  const lines = await asked.ask('Query.statementLinesPage', { statementId: await onlyId() });

  expect(lines).toMatchObject({ items: [{ cdrId: 'cdr-1', kind: 'ORIGINAL', exclVat: '10' }] });
});

test('it is settled once its month is over and it is issued', async () => {
  const settling = { id: await onlyId(), reference: 'SEPA 1' };
  const settle = () => asked.ask('Mutation.settleStatement', settling);
  await expect(settle()).rejects.toMatchObject({ code: 'Conflict' });
  asked.scene.now = Date.UTC(2026, 6, 2);
  await closePeriods({ ...asked.scene, tenant: await asked.services.findTenant() });

  expect(await settle()).toMatchObject({
    status: 'SETTLED',
    settlement: { reference: 'SEPA 1', by: 'alice' },
  });
});

test.each([
  [{}],
  [{ filter: {} }],
  [{ filter: { period: 'June' } }],
  [{ filter: { period: '2026-06', counterparty: { kind: 'ACCOUNT', id: '1' } } }],
])('a list by %j is refused', async (args) => {
  await expect(asked.ask('Query.statements', args)).rejects.toMatchObject({ code: 'Validation' });
});
