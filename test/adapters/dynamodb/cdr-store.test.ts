import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import type { Cdr, CdrResolution } from '#core/cdrs/cdr.ts';
import type { CdrQuery } from '#core/cdrs/cdr-store.ts';
import type { Session } from '#core/sessions/session.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aCdr, aSession, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const day = 86_400_000;

async function givenEnded({ sessions }: Stores, more: Partial<Session> = {}): Promise<Session> {
  const session = aSession(more);
  await sessions.openSession(session, { occupies: false });
  const { sessionId, stationId } = session;
  await sessions.endSession({ sessionId, stationId }, { endedAt: noon + 1, stopReason: 'LOCAL' }, []);
  return session;
}

describe('issuing a CDR', () => {
  test('writes it and marks its session billed', async () => {
    const stores = db.storesOf();
    const session = await givenEnded(stores);
    const cdr = aCdr(session, { signed: [{ data: 'OCMF|{}', signingMethod: 'ECDSA', verdict: 'VALID' }] });

    expect(await stores.cdrs.issueCdr(cdr)).toBe('issued');

    expect(await stores.cdrs.findCdr(cdr.cdrId)).toEqual(cdr);
    expect((await stores.sessions.findSession(session.sessionId))?.cdrId).toBe(cdr.cdrId);
    expect(await db.storesOf().cdrs.findCdr(cdr.cdrId)).toBeUndefined();
  });

  test('happens once, whoever tries how often', async () => {
    const stores = db.storesOf();
    const cdr = aCdr(await givenEnded(stores));

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => stores.cdrs.issueCdr({ ...cdr, energyWh: index })),
    );

    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'exists'), 'issued']);
    expect((await stores.cdrs.listCdrs({}, { limit: 10 })).items).toHaveLength(1);
  });

  test('gives a session no second CDR under another id', async () => {
    const stores = db.storesOf();
    const session = await givenEnded(stores);
    await stores.cdrs.issueCdr(aCdr(session));

    const outcome = await stores.cdrs.issueCdr(aCdr(session, { cdrId: 'second' }));

    expect(outcome).toBe('exists');
    expect(await stores.cdrs.findCdr('second')).toBeUndefined();
    expect((await stores.sessions.findSession(session.sessionId))?.cdrId).toBe(`cdr-${session.sessionId}`);
  });

  test('writes nothing for a session that runs or is not there', async () => {
    const stores = db.storesOf();
    const running = aSession();
    await stores.sessions.openSession(running, { occupies: true });

    for (const cdr of [aCdr(running), aCdr(aSession())]) {
      await expect(stores.cdrs.issueCdr(cdr)).rejects.toMatchObject({ code: 'Conflict' });
      expect(await stores.cdrs.findCdr(cdr.cdrId)).toBeUndefined();
    }
    expect((await stores.sessions.findSession(running.sessionId))?.cdrId).toBeUndefined();
  });
});

describe('lists of CDRs', () => {
  test('give those of a tenant by creation, newest first, across months', async () => {
    const stores = db.storesOf();
    const created = [0, 20, 40, 60, 80].map((days) => noon - days * day);
    for (const createdAt of created) {
      await stores.cdrs.issueCdr(aCdr(await givenEnded(stores), { createdAt }));
    }
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await stores.cdrs.listCdrs({}, { limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ createdAt }) => createdAt));
      cursor = page.cursor;
    } while (cursor !== undefined);

    const window = { createdFrom: noon - 60 * day, createdBefore: noon - 20 * day };
    const inWindow = await stores.cdrs.listCdrs(window, { limit: 10 });

    expect(seen).toEqual(created);
    expect(inWindow.items.map(({ createdAt }) => createdAt)).toEqual([noon - 40 * day, noon - 60 * day]);
  });

  test('give those of a station, and several by id', async () => {
    const stores = db.storesOf();
    const here = aCdr(await givenEnded(stores, { stationId: 'HERE' }));
    const there = aCdr(await givenEnded(stores, { stationId: 'THERE' }));
    await stores.cdrs.issueCdr(here);
    await stores.cdrs.issueCdr(there);

    expect((await stores.cdrs.listCdrs({ stationId: 'HERE' }, { limit: 5 })).items).toEqual([here]);
    expect(await stores.cdrs.findCdrs([there.cdrId, 'none', here.cdrId])).toEqual([there, here]);
    expect((await db.storesOf().cdrs.listCdrs({ stationId: 'HERE' }, { limit: 5 })).items).toEqual([]);
  });
});

describe('corrections', () => {
  const decision = (more: Partial<CdrResolution> = {}): CdrResolution => ({
    decision: 'RELEASED',
    reason: 'looked at it',
    by: 'alice',
    at: noon + day,
    ...more,
  });
  const creditOf = (cdr: Cdr): Cdr => ({
    ...cdr,
    cdrId: `${cdr.cdrId}-C`,
    kind: 'CREDIT',
    creditOf: cdr.cdrId,
    totalCost: { exclVat: '-3.19', inclVat: '-3.83' },
    correction: { reason: 'wrong', by: 'alice' },
  });

  test('are added after the CDR that the session stands at, once', async () => {
    const stores = db.storesOf();
    const session = await givenEnded(stores);
    const cdr = aCdr(session);
    await stores.cdrs.issueCdr(cdr);
    const credit = creditOf(cdr);

    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => stores.cdrs.addCorrection(credit, { follows: cdr.cdrId })),
    );

    expect(outcomes.toSorted()).toEqual(['exists', 'exists', 'exists', 'exists', 'issued']);
    expect(await stores.cdrs.findCdr(credit.cdrId)).toMatchObject(credit);
    expect(await stores.cdrs.findCdr(cdr.cdrId)).toMatchObject(cdr);
    expect(await stores.sessions.findSession(session.sessionId)).toMatchObject({
      cdrId: credit.cdrId,
      cdrKind: 'CREDIT',
      billed: { totalCost: { exclVat: '0', inclVat: '0' } },
    });
  });

  test('are not added after a CDR that the session has left behind', async () => {
    const stores = db.storesOf();
    const cdr = aCdr(await givenEnded(stores));
    await stores.cdrs.issueCdr(cdr);
    await stores.cdrs.addCorrection(creditOf(cdr), { follows: cdr.cdrId });
    const second: Cdr = { ...cdr, cdrId: 'second', kind: 'REPLACEMENT' };

    expect(await stores.cdrs.addCorrection(second, { follows: cdr.cdrId })).toBe('overtaken');
    expect(await stores.cdrs.findCdr('second')).toBeUndefined();
  });

  test('a decision stands beside the CDR, which stays as it was, and there is one', async () => {
    const stores = db.storesOf();
    const cdr = aCdr(await givenEnded(stores), { billing: 'REVIEW' });
    await stores.cdrs.issueCdr(cdr);

    const outcomes = await Promise.all([
      stores.cdrs.resolveReview(cdr, 'HELD', decision(), 0),
      stores.cdrs.resolveReview(cdr, 'HELD', decision({ decision: 'WRITTEN_OFF' }), 0),
    ]);

    expect(outcomes.toSorted()).toEqual(['overtaken', 'resolved']);
    const found = await stores.cdrs.findCdr(cdr.cdrId);
    const { billing, resolution, ...rest } = cdr;
    expect(found).toMatchObject(rest);
    expect(found?.billing).toBe(found?.resolution?.decision === 'RELEASED' ? 'BILLABLE' : 'UNBILLED');
    expect((await stores.cdrs.findCdrs([cdr.cdrId]))[0]).toEqual(found);
    expect([billing, resolution]).toEqual(['REVIEW', undefined]);
  });

  test('a credit of a held CDR and a decision about it exclude each other', async () => {
    const stores = db.storesOf();
    const cdr = aCdr(await givenEnded(stores), { billing: 'REVIEW' });
    await stores.cdrs.issueCdr(cdr);
    await stores.cdrs.resolveReview(cdr, 'HELD', decision(), 0);
    const after = { follows: cdr.cdrId, resolution: decision({ decision: 'CORRECTED' }) };

    expect(await stores.cdrs.addCorrection(creditOf(cdr), after)).toBe('overtaken');
    expect((await stores.cdrs.findCdr(cdr.cdrId))?.billing).toBe('BILLABLE');
  });

  test('the queue holds what waits, the oldest session first, until it is decided', async () => {
    const stores = db.storesOf();
    const held = aCdr(await givenEnded(stores, { startedAt: noon - 2 * day }), { billing: 'REVIEW' });
    const fine = aCdr(await givenEnded(stores));
    const late = aCdr(await givenEnded(stores, { startedAt: noon - day }));
    for (const cdr of [late, fine, held]) await stores.cdrs.issueCdr(cdr);
    await stores.cdrs.markLate(late);
    await stores.cdrs.markLate(held);
    const queue = async () =>
      (await stores.cdrs.listInReview({ limit: 10 })).items.map(({ cdr, review }) => [cdr.cdrId, review]);

    expect(await queue()).toEqual([
      [held.cdrId, 'HELD'],
      [late.cdrId, 'LATE_EVENTS'],
    ]);

    await stores.cdrs.resolveReview(late, 'LATE_EVENTS', decision(), 3);
    await stores.cdrs.addCorrection({ ...creditOf(held), billing: 'UNBILLED' }, { follows: held.cdrId });

    expect(await queue()).toEqual([]);
    expect((await stores.sessions.findSession(late.sessionId))?.billedEntries).toBe(3);
    expect((await db.storesOf().cdrs.listInReview({ limit: 10 })).items).toEqual([]);
  });
});

describe('CDRs of a counterparty', () => {
  const account = { kind: 'ACCOUNT', id: 'user-1' } as const;

  test('are listed by it, also at one station and as they stand, page by page', async () => {
    const stores = db.storesOf();
    for (const index of [0, 1, 2, 3, 4, 5]) {
      const session = await givenEnded(stores, { stationId: index < 3 ? 'HERE' : 'THERE' });
      const billing = index % 2 === 0 ? 'BILLABLE' : 'UNBILLED';
      const createdAt = noon + index;
      await stores.cdrs.issueCdr(
        aCdr(session, { cdrId: `cdr-${index}`, billing, counterparty: account, createdAt }),
      );
    }
    await stores.cdrs.issueCdr(
      aCdr(await givenEnded(stores), { counterparty: { kind: 'PARTNER', id: 'user-1' } }),
    );
    const ids = async (query: CdrQuery) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await stores.cdrs.listCdrs(query, { limit: 1, ...(cursor ? { cursor } : {}) });
        seen.push(...page.items.map(({ cdrId }) => cdrId));
        cursor = page.cursor;
      } while (cursor !== undefined);
      return seen;
    };

    expect(await ids({ counterparty: account })).toEqual([
      'cdr-5',
      'cdr-4',
      'cdr-3',
      'cdr-2',
      'cdr-1',
      'cdr-0',
    ]);
    expect(await ids({ counterparty: account, billing: 'BILLABLE' })).toEqual(['cdr-4', 'cdr-2', 'cdr-0']);
    expect(await ids({ counterparty: account, stationId: 'HERE', createdFrom: noon + 1 })).toEqual([
      'cdr-2',
      'cdr-1',
    ]);
    expect(await ids({ billing: 'UNBILLED' })).toEqual(['cdr-5', 'cdr-3', 'cdr-1']);
  });
});
