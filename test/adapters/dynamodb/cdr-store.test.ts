import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
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
