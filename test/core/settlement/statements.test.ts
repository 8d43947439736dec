import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import { openStores, type Stores } from '#adapters/dynamodb/open-stores.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { bookCdr, bookCharge } from '#core/settlement/book-cdr.ts';
import { closePeriods, linesOf } from '#core/settlement/close-periods.ts';
import { knownStatement, settleStatement } from '#core/settlement/settle-statement.ts';
import type { Statement } from '#core/settlement/statement.ts';
import { totalsOf } from '#core/settlement/vat-shares.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { measuredClient } from '../../support/measured-client.ts';
import { type CdrGiven, givenCdr } from './given-cdr.ts';

const timeZone = 'Europe/Paris';
const january = Date.UTC(2030, 0, 15, 12);
const february = Date.UTC(2030, 1, 1, 12);
const march = Date.UTC(2030, 2, 1, 12);

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

/** A tenant with the CDRs that a test writes, and a clock that it sets. */
class Books {
  readonly tenantId = newTenantId();
  readonly stores: Stores = db.storesOf(this.tenantId);
  now = january;
  readonly #cdrs = new Map<string, Cdr>();

  get ports() {
    return {
      statements: this.stores.statements,
      tenant: { tenantId: this.tenantId, timeZone },
      cdrs: { findCdr: async (cdrId: string) => this.#cdrs.get(cdrId) },
      clock: () => this.now,
      digest,
    };
  }

  write(given: CdrGiven = {}): Cdr {
    const cdr = givenCdr({ createdAt: this.now, ...given });
    this.#cdrs.set(cdr.cdrId, cdr);
    return cdr;
  }

  book({ cdrId }: Pick<Cdr, 'cdrId'>) {
    return bookCdr(this.ports, { cdrId });
  }

  close(): Promise<number> {
    return closePeriods(this.ports);
  }

  async of(period: string): Promise<readonly Statement[]> {
    const { items } = await this.stores.statements.listStatements({ period }, { limit: 100 });
    return Promise.all(items.map(({ statementId }) => knownStatement(this.ports, statementId)));
  }
}

let books: Books;
beforeEach(() => {
  books = new Books();
});

describe('a CDR', () => {
  test('goes to the statement of who pays for it, in its currency, of the month it was made in', async () => {
    const ofDriver = { kind: 'ACCOUNT', id: 'driver-1' } as const;
    const ofPartner = { kind: 'PARTNER', id: 'NL-TNM' } as const;

    await books.book(books.write({ counterparty: ofDriver }));
    await books.book(books.write({ counterparty: ofDriver }));
    await books.book(books.write({ counterparty: ofDriver, currency: 'CHF' }));
    await books.book(books.write({ counterparty: ofPartner }));

    const drafts = await books.of('2030-01');
    const said = drafts.map(({ account, status, totals }) => [
      account.counterparty.id,
      account.currency,
      status,
      totals?.lines,
      totals?.inclVat,
    ]);
    expect(said.sort()).toEqual([
      ['NL-TNM', 'EUR', 'DRAFT', 1, '12'],
      ['driver-1', 'CHF', 'DRAFT', 1, '12'],
      ['driver-1', 'EUR', 'DRAFT', 2, '24'],
    ]);
  });

  test('made in the last hour of the month counts by the clocks of its tenant', async () => {
    const lastHour = Date.UTC(2030, 0, 31, 23, 30);

    await books.book(books.write({ createdAt: lastHour }));

    expect(await books.of('2030-01')).toEqual([]);
    expect(await books.of('2030-02')).toHaveLength(1);
  });

  test('is booked once, however often it is told', async () => {
    const cdr = books.write();

    const results = await Promise.all([books.book(cdr), books.book(cdr), books.book(cdr)]);

    expect(results.sort()).toEqual(['booked', 'booked-before', 'booked-before']);
    expect(await books.of('2030-01')).toMatchObject([{ totals: { lines: 1, exclVat: '10', inclVat: '12' } }]);
  });

  test.each(['UNBILLED', 'REVIEW'] as const)('that is %s is on no statement', async (billing) => {
    expect(await books.book(books.write({ billing }))).toBe('not-billed');
    expect(await books.of('2030-01')).toEqual([]);
  });

  test('that comes after its month was closed goes to the next one', async () => {
    await books.book(books.write());
    const late = books.write();
    books.now = february;
    await books.close();

    await books.book(late);

    expect(await books.of('2030-01')).toMatchObject([{ status: 'ISSUED', totals: { lines: 1 } }]);
    expect(await books.of('2030-02')).toMatchObject([{ status: 'DRAFT', totals: { lines: 1 } }]);
  });

  test.each([
    ['the next month', Date.UTC(2030, 1, 20), '2030-02'],
    ['months later', Date.UTC(2030, 3, 20), '2030-04'],
    ['more than a year later', Date.UTC(2031, 3, 20), '2031-04'],
  ])(
    'that is released %s, of an account that nothing else was booked for, opens no month that is over',
    async (_, now, period) => {
      const late = books.write();
      books.now = now;
      await books.close();

      await books.book(late);

      expect(await books.of(period)).toMatchObject([{ status: 'DRAFT', totals: { lines: 1 } }]);
      expect(await books.of('2030-01')).toEqual([]);
      books.now += 40 * 86_400_000;
      expect(await books.close()).toBe(1);
    },
  );

  test('of a partner, for the tenant’s own drivers, is on a statement of what the tenant owes', async () => {
    const partner = { kind: 'PARTNER', id: 'NL-TNM' } as const;
    await books.book(books.write({ counterparty: partner }));
    const owed: Parameters<typeof bookCharge>[1] = {
      account: { counterparty: partner, currency: 'EUR', direction: 'PAYABLE' },
      line: {
        ...{ cdrId: 'NL-TNM/cdr-1', kind: 'ORIGINAL', sessionId: 'theirs', stationId: 'theirs' },
        ...{ startedAt: january, endedAt: january, energyWh: 5_000, bookedAt: january },
        ...{ exclVat: '5', inclVat: '6', vat: [{ rate: '20', exclVat: '5', inclVat: '6' }] },
      },
      madeAt: january,
    };

    const results = [await bookCharge(books.ports, owed), await bookCharge(books.ports, owed)];

    const said = (await books.of('2030-01')).map(({ account, totals }) => [
      account.direction,
      totals?.lines,
      totals?.inclVat,
    ]);
    expect(results).toEqual(['booked', 'booked-before']);
    expect(said.sort()).toEqual([
      ['PAYABLE', 1, '6'],
      ['RECEIVABLE', 1, '12'],
    ]);
  });

  test('that nobody wrote cannot be booked', async () => {
    await expect(books.book({ cdrId: 'none' })).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('a month', () => {
  test('is closed six hours after its end, by the clocks of the tenant', async () => {
    await books.book(books.write());

    books.now = Date.UTC(2030, 1, 1, 4, 59);
    const before = await books.close();
    books.now = Date.UTC(2030, 1, 1, 5, 1);

    expect([before, await books.close()]).toEqual([0, 1]);
    expect(await books.close()).toBe(0);
  });

  test('has totals per VAT rate, with credits taken off', async () => {
    const first = books.write({ cents: { '20': 1000, '5.5': 200 } });
    const credit = books.write({
      kind: 'CREDIT',
      creditOf: first.cdrId,
      cents: { '20': 1000, '5.5': 200 },
    });
    for (const cdr of [first, credit, books.write({ cents: { '20': 333 } })]) await books.book(cdr);
    books.now = february;

    await books.close();

    expect(await books.of('2030-01')).toMatchObject([
      {
        status: 'ISSUED',
        issuedAt: february,
        totals: {
          lines: 3,
          credits: 1,
          energyWh: 10_000,
          exclVat: '3.33',
          inclVat: '3.996',
          vat: [
            { rate: '5.5', exclVat: '0', inclVat: '0' },
            { rate: '20', exclVat: '3.33', inclVat: '3.996' },
          ],
        },
      },
    ]);
  });

  test('whose closing broke off is closed by the next run, with nothing added to it', async () => {
    await books.book(books.write());
    const [draft] = await books.of('2030-01');
    books.now = february;
    await books.stores.statements.close(draft?.statementId ?? '', books.now);

    await books.book(books.write({ createdAt: january }));
    const issued = await books.close();

    expect(issued).toBe(1);
    expect(await books.of('2030-01')).toMatchObject([{ status: 'ISSUED', totals: { lines: 1 } }]);
    expect(await books.of('2030-02')).toMatchObject([{ status: 'DRAFT', totals: { lines: 1 } }]);
  });

  test('that is over for more than a day is not looked at again', async () => {
    await books.book(books.write());
    books.now = Date.UTC(2030, 1, 1, 12);
    await books.close();
    const justOver = await books.stores.statements.listFinishedPeriods();
    books.now = Date.UTC(2030, 1, 2, 12);
    await books.close();
    const { client, consumed } = measuredClient(db.url);
    const { statements } = openStores({ client, tables: db.tables, tenantId: books.tenantId });

    await closePeriods({ ...books.ports, statements });

    expect([justOver[0], consumed().calls]).toEqual(['2029-12', 1]);
    expect(await statements.listFinishedPeriods()).toContain('2030-01');
  });

  test('of one tenant is nothing of another’s', async () => {
    const other = new Books();
    await books.book(books.write());
    other.now = february;

    const [mine] = await books.of('2030-01');

    expect(await other.close()).toBe(0);
    expect(await other.stores.statements.findStatement(mine?.statementId ?? '')).toBeUndefined();
  });
});

describe('settling a statement', () => {
  async function givenIssued(): Promise<string> {
    await books.book(books.write());
    books.now = february;
    await books.close();
    const [statement] = await books.of('2030-01');
    return statement?.statementId ?? '';
  }
  const settle = (statementId: string, reference: string) =>
    settleStatement(books.ports, { statementId, reference, by: 'bookkeeper' });

  test('keeps the reference, and the same again changes nothing', async () => {
    const statementId = await givenIssued();

    const first = await settle(statementId, 'SEPA 1');
    books.now = march;
    const again = await settle(statementId, 'SEPA 1');

    expect(first).toMatchObject({ status: 'SETTLED', settlement: { reference: 'SEPA 1', at: february } });
    expect(again).toEqual(first);
  });

  test('by another reference is a conflict', async () => {
    const statementId = await givenIssued();
    await settle(statementId, 'SEPA 1');

    await expect(settle(statementId, 'SEPA 2')).rejects.toMatchObject({
      code: 'Conflict',
      field: 'reference',
    });
  });

  test('waits until it is issued', async () => {
    await books.book(books.write());
    const [draft] = await books.of('2030-01');

    await expect(settle(draft?.statementId ?? '', 'SEPA 1')).rejects.toMatchObject({ code: 'Conflict' });
  });
});

test('whatever is told twice, late, out of order or while a month is closed, each CDR is on one statement', async () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ book: fc.nat({ max: 7 }) }) },
    { weight: 2, arbitrary: fc.constant({ close: true }) },
    { weight: 1, arbitrary: fc.constant({ month: true }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), fc.nat({ max: 3 }), async (acts, atOnce) => {
      const tenant = new Books();
      const cdrs = Array.from({ length: 8 }, (_, index) =>
        tenant.write({
          cdrId: `cdr-${index}`,
          cents: { '20': 100 * index + 1, '5.5': index },
          kind: index % 4 === 3 ? 'CREDIT' : 'ORIGINAL',
          counterparty: { kind: 'ACCOUNT', id: `driver-${index % 2}` },
        }),
      );
      const booked = new Set<string>();
      let running: Promise<unknown>[] = [];
      for (const step of acts) {
        if ('month' in step) tenant.now += 31 * 86_400_000;
        else if ('close' in step) running.push(tenant.close());
        else {
          const cdr = cdrs[step.book];
          if (cdr) {
            booked.add(cdr.cdrId);
            running.push(tenant.book(cdr));
          }
        }
        if (running.length <= atOnce) continue;
        await Promise.all(running);
        running = [];
      }
      await Promise.all(running);

      const periods = Array.from({ length: 14 }, (_, month) =>
        new Date(Date.UTC(2030, month, 1)).toISOString().slice(0, 7),
      );
      const statements = (await Promise.all(periods.map((period) => tenant.of(period)))).flat();
      const lines = await Promise.all(
        statements.map(({ statementId }) => linesOf(tenant.stores.statements, statementId)),
      );
      expect(
        lines
          .flat()
          .map(({ cdrId }) => cdrId)
          .sort(),
      ).toEqual([...booked].sort());
      for (const [index, { totals }] of statements.entries())
        expect(totals).toEqual(totalsOf(lines[index] ?? []));
    }),
    { numRuns: 40 },
  );
});
