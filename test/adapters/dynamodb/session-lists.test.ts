import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page, PageRequest } from '#core/ports.ts';
import type { Session } from '#core/sessions/session.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aSession, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const day = 86_400_000;

async function idsOf(
  list: (page: PageRequest) => Promise<Page<Session>>,
  limit: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ sessionId }) => sessionId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}

/** Sessions over five months, some of them at the same moment, half of them ended. */
async function givenSessions(tenantId: string): Promise<readonly Session[]> {
  const { sessions } = db.storesOf(tenantId);
  const made = Array.from({ length: 30 }, (_, index) =>
    aSession({
      startedAt: noon - Math.floor(index / 2) * 10 * day,
      stationId: index % 3 === 0 ? 'CS-002' : 'CS-001',
    }),
  );
  for (const session of made) await sessions.openSession(session, { occupies: false });
  for (const { sessionId, stationId, startedAt } of made.slice(0, 15)) {
    await sessions.endSession(
      { sessionId, stationId },
      { endedAt: startedAt + 60_000, stopReason: 'LOCAL' },
      [],
    );
  }
  return made;
}

function newestFirst(sessions: readonly Session[]): readonly string[] {
  return sessions
    .toSorted((a, b) => b.startedAt - a.startedAt || (a.sessionId < b.sessionId ? 1 : -1))
    .map(({ sessionId }) => sessionId);
}

describe('lists of sessions', () => {
  let tenantId: string;
  let made: readonly Session[];
  beforeAll(async () => {
    tenantId = newTenantId();
    made = await givenSessions(tenantId);
  });

  test.each([1, 4, 7, 100])(
    'give all of a tenant newest first, across months, %d at a time',
    async (limit) => {
      const { sessions } = db.storesOf(tenantId);

      const ids = await idsOf((page) => sessions.listSessions({}, page), limit);

      expect(ids).toEqual(newestFirst(made));
    },
  );

  test.each([2, 100])('keep to a window of start times, %d at a time', async (limit) => {
    const { sessions } = db.storesOf(tenantId);
    const window = { startedFrom: noon - 60 * day, startedBefore: noon - 20 * day };

    const ids = await idsOf((page) => sessions.listSessions(window, page), limit);

    const inside = made.filter(
      ({ startedAt }) => startedAt >= window.startedFrom && startedAt < window.startedBefore,
    );
    expect(inside).toHaveLength(8);
    expect(ids).toEqual(newestFirst(inside));
  });

  test.each([3, 100])('give open and ended ones of a station as one list, %d at a time', async (limit) => {
    const { sessions } = db.storesOf(tenantId);

    const ids = await idsOf((page) => sessions.listSessions({ stationId: 'CS-002' }, page), limit);

    expect(ids).toEqual(newestFirst(made.filter(({ stationId }) => stationId === 'CS-002')));
  });

  test('give those of a user, and of a user at a station', async () => {
    const { sessions } = db.storesOf(tenantId);
    const userId = made[0]?.token?.userId ?? '';

    const all = await idsOf((page) => sessions.listSessions({ userId }, page), 7);
    const there = await idsOf((page) => sessions.listSessions({ userId, stationId: 'CS-002' }, page), 3);

    expect(all).toEqual(newestFirst(made));
    expect(there).toEqual(newestFirst(made.filter(({ stationId }) => stationId === 'CS-002')));
    expect(await idsOf((page) => sessions.listSessions({ userId: 'nobody' }, page), 3)).toEqual([]);
  });

  test('give the open ones of a tenant and of a station, and count them', async () => {
    const { sessions } = db.storesOf(tenantId);
    const open = made.slice(15);

    const all = await idsOf((page) => sessions.listOpenSessions({}, page), 4);
    const there = await idsOf((page) => sessions.listOpenSessions({ stationId: 'CS-002' }, page), 2);

    expect(all.toSorted()).toEqual(newestFirst(open).toSorted());
    expect(there).toEqual(newestFirst(open.filter(({ stationId }) => stationId === 'CS-002')).toReversed());
    expect(await sessions.countOpenSessions()).toBe(15);
  });

  test('give the open ones of a few stations as one list, oldest first', async () => {
    const { sessions } = db.storesOf(tenantId);
    const stationIds = ['CS-002', 'CS-001', 'CS-404'];

    const ids = await idsOf((page) => sessions.listOpenSessions({ stationIds }, page), 2);

    const there = made.slice(15).filter(({ stationId }) => stationIds.includes(stationId));
    expect(ids).toEqual(newestFirst(there).toReversed());
  });

  test('show another tenant nothing', async () => {
    const { sessions } = db.storesOf();

    expect(await idsOf((page) => sessions.listSessions({}, page), 5)).toEqual([]);
    expect(await idsOf((page) => sessions.listSessions({ stationId: 'CS-001' }, page), 5)).toEqual([]);
    expect(await idsOf((page) => sessions.listOpenSessions({}, page), 5)).toEqual([]);
  });

  test('show sessions of stations whose clock is far off', async () => {
    const { sessions } = db.storesOf();
    const wild = [aSession({ startedAt: 0 }), aSession({ startedAt: Date.UTC(2099, 1) }), aSession()];
    for (const session of wild) await sessions.openSession(session, { occupies: false });

    const ids = await idsOf((page) => sessions.listSessions({}, page), 1);

    expect(ids).toEqual(newestFirst(wild));
  });

  test('find nothing in a window that ends before it begins', async () => {
    const { sessions } = db.storesOf(tenantId);
    const window = { startedFrom: noon, startedBefore: noon - day };

    expect(await idsOf((page) => sessions.listSessions(window, page), 5)).toEqual([]);
    expect(await idsOf((page) => sessions.listSessions({ ...window, stationId: 'CS-001' }, page), 5)).toEqual(
      [],
    );
  });

  test('refuse a cursor whose month is none', async () => {
    const cursor = Buffer.from(JSON.stringify([tenantId, 'sessions', '2026-13/'])).toString('base64url');

    await expect(db.storesOf(tenantId).sessions.listSessions({}, { limit: 5, cursor })).rejects.toMatchObject(
      { code: 'Validation' },
    );
  });
});
