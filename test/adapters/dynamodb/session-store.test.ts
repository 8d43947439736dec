import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session, SessionEntry } from '#core/sessions/session.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { anEntry, aSession, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const connector = { evseId: 1, connectorId: 1 };
const end = { endedAt: noon + 3_600_000, meterStopWh: 134_456, stopReason: 'LOCAL' } as const;

function placeOf({ sessionId, stationId }: Session) {
  return { sessionId, stationId, connector };
}

describe('opening a session', () => {
  test('keeps the session and makes it its connector’s own', async () => {
    const { sessions, live } = db.storesOf();
    const session = aSession();

    expect(await sessions.openSession(session, { occupies: true })).toEqual({ outcome: 'opened' });

    expect(await sessions.findSession(session.sessionId)).toEqual(session);
    expect(await live.findConnector('CS-001', connector)).toMatchObject({ sessionId: session.sessionId });
  });

  test('leaves the connector alone when it does not occupy it', async () => {
    const { sessions, live } = db.storesOf();

    await sessions.openSession(aSession(), { occupies: false });

    expect(await live.findConnector('CS-001', connector)).toBeUndefined();
  });

  test('opens one session out of twenty same starts at once', async () => {
    const { sessions } = db.storesOf(newTenantId(), () => noon);
    const session = aSession();

    const results = await Promise.all(
      Array.from({ length: 20 }, () => sessions.openSession(session, { occupies: true })),
    );

    expect(results.filter(({ outcome }) => outcome === 'opened')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'taken')).toHaveLength(19);
    expect(results.flatMap((result) => (result.outcome === 'taken' ? [result.by] : []))).toEqual(
      Array.from({ length: 19 }, () => session),
    );
    expect((await sessions.listSessions({}, { limit: 50 })).items).toEqual([session]);
  });

  test('opens all of twenty starts of one station at once, and one of them has the connector', async () => {
    const { sessions, live } = db.storesOf();
    const started = Array.from({ length: 20 }, () => aSession());

    const results = await Promise.all(
      started.map((session) => sessions.openSession(session, { occupies: true })),
    );

    const owner = await live.findConnector('CS-001', connector);
    expect(results.every(({ outcome }) => outcome === 'opened')).toBe(true);
    expect(started.map(({ sessionId }) => sessionId)).toContain(owner?.sessionId);
    expect(await sessions.countOpenSessions()).toBe(20);
  });

  test('changes nothing on the connector when the id is taken', async () => {
    const { sessions, live } = db.storesOf();
    const first = aSession();
    const other = aSession({ sessionId: first.sessionId, connector: { evseId: 2, connectorId: 1 } });
    await sessions.openSession(first, { occupies: true });

    const result = await sessions.openSession(other, { occupies: true });

    expect(result).toEqual({ outcome: 'taken', by: first });
    expect(await live.findConnector('CS-001', { evseId: 2, connectorId: 1 })).toBeUndefined();
  });

  test('is not found by another tenant with the same ids', async () => {
    const [ours, theirs] = [db.storesOf(), db.storesOf()];
    const session = aSession();
    await ours.sessions.openSession(session, { occupies: true });

    const outcome = await theirs.sessions.endSession(placeOf(session), end, []);

    expect(outcome).toBe('unknown');
    expect(await theirs.sessions.findSession(session.sessionId)).toBeUndefined();
    expect(await theirs.sessions.countOpenSessions()).toBe(0);
    expect((await ours.sessions.findSession(session.sessionId))?.state).toBe('ACTIVE');
  });
});

describe('ending a session', () => {
  test('ends head, adds entries and frees the connector', async () => {
    const { sessions, live } = db.storesOf();
    const session = aSession();
    await sessions.openSession(session, { occupies: true });

    const outcome = await sessions.endSession(placeOf(session), end, [anEntry(end.endedAt)]);

    expect(outcome).toBe('ended');
    expect(await sessions.findSession(session.sessionId)).toEqual({ ...session, ...end, state: 'ENDED' });
    expect(await sessions.listEntries(session.sessionId)).toEqual([anEntry(end.endedAt)]);
    expect(await live.findConnector('CS-001', connector)).toBeUndefined();
    expect(await sessions.countOpenSessions()).toBe(0);
  });

  test('ends once: a repeat leaves the end as it was and adds what it brings', async () => {
    const { sessions } = db.storesOf();
    const session = aSession();
    await sessions.openSession(session, { occupies: true });
    await sessions.endSession(placeOf(session), end, []);
    const other = { endedAt: noon + 1, stopReason: 'REMOTE' } as const;

    const outcome = await sessions.endSession(placeOf(session), other, [anEntry(noon)]);

    expect(outcome).toBe('already-ended');
    expect(await sessions.findSession(session.sessionId)).toMatchObject(end);
    expect(await sessions.listEntries(session.sessionId)).toEqual([anEntry(noon)]);
  });

  test('lets one of twenty ends at once win', async () => {
    const { sessions } = db.storesOf();
    const session = aSession();
    await sessions.openSession(session, { occupies: true });

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        sessions.endSession(placeOf(session), { ...end, endedAt: noon + index }, [anEntry(noon)]),
      ),
    );

    expect(outcomes.filter((outcome) => outcome === 'ended')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'already-ended')).toHaveLength(19);
    expect(await sessions.listEntries(session.sessionId)).toHaveLength(1);
  });

  test('knows no session of another station, and leaves that one running', async () => {
    const { sessions } = db.storesOf();
    const session = aSession();
    await sessions.openSession(session, { occupies: true });

    const outcome = await sessions.endSession({ ...placeOf(session), stationId: 'CS-002' }, end, []);

    expect(outcome).toBe('unknown');
    expect((await sessions.findSession(session.sessionId))?.state).toBe('ACTIVE');
  });

  test('frees the connector only of this session', async () => {
    const { sessions, live } = db.storesOf();
    const [older, newer] = [aSession(), aSession()];
    await sessions.openSession(older, { occupies: true });
    await sessions.openSession(newer, { occupies: true });

    expect(await sessions.endSession(placeOf(older), end, [])).toBe('ended');

    expect((await live.findConnector('CS-001', connector))?.sessionId).toBe(newer.sessionId);
  });

  test('frees the connector that it is not told', async () => {
    const { sessions, live } = db.storesOf();
    const session = aSession();
    await sessions.openSession(session, { occupies: true });
    const { sessionId, stationId } = session;

    await sessions.endSession({ sessionId, stationId }, end, []);

    expect(await live.findConnector('CS-001', connector)).toBeUndefined();
  });

  test('takes more entries than one transaction holds', async () => {
    const { sessions } = db.storesOf();
    const session = aSession();
    await sessions.openSession(session, { occupies: true });
    const entries = Array.from({ length: 150 }, (_, index) => anEntry(noon + index * 60_000));

    expect(await sessions.endSession(placeOf(session), end, entries)).toBe('ended');

    expect(await sessions.listEntries(session.sessionId)).toEqual(entries);
  });

  test('meets a status report of the same station without losing either', async () => {
    const { sessions, live } = db.storesOf();
    const session = aSession();
    await sessions.openSession(session, { occupies: true });

    await Promise.all([
      sessions.endSession(placeOf(session), end, []),
      ...Array.from({ length: 10 }, (_, index) =>
        live.recordConnectorStatus('CS-001', { ...connector, status: 'FINISHING', statusAt: noon + index }),
      ),
    ]);

    expect(await live.findConnector('CS-001', connector)).toEqual({
      ...connector,
      status: 'FINISHING',
      statusAt: noon + 9,
    });
  });
});

describe('entries', () => {
  test('keep the first version of a fact', async () => {
    const { sessions } = db.storesOf();
    const first = anEntry(noon);

    await sessions.addEntries('s1', [first]);
    await sessions.addEntries('s1', [{ ...first, receivedAt: noon + 99_000, samples: [] }]);

    expect(await sessions.listEntries('s1')).toEqual([first]);
  });

  test('come back by their moments, whatever the order and the number of arrivals', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.boolean()),
        async (minutes, repeats) => {
          const { sessions } = db.storesOf();
          const entries = minutes.map((minute) => anEntry(noon + minute * 60_000));
          for (const entry of entries) {
            await sessions.addEntries('s1', [entry]);
            if (repeats.next().value) await sessions.addEntries('s1', [entry]);
          }

          const listed = await sessions.listEntries('s1');

          expect(listed).toEqual(entries.toSorted((a, b) => a.at - b.at));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('show the latest with samples, among events and plain readings', async () => {
    const { sessions } = db.storesOf();
    const event = (seqNo: number, at: number, samples: SessionEntry['samples'] = []): SessionEntry => ({
      ...anEntry(at),
      key: `E#${String(seqNo).padStart(10, '0')}`,
      phase: 'UPDATED',
      seqNo,
      samples,
    });
    const silent = Array.from({ length: 12 }, (_, index) => event(index + 2, noon + 600_000 + index));
    const spoken = event(1, noon + 500_000, anEntry(noon + 500_000).samples);

    await sessions.addEntries('s1', [anEntry(noon), anEntry(noon + 60_000)]);
    const ofReadings = await sessions.findLatestEntry('s1');
    await sessions.addEntries('s1', [spoken, ...silent]);
    const ofEvents = await sessions.findLatestEntry('s1');

    expect(ofReadings).toEqual(anEntry(noon + 60_000));
    expect(ofEvents).toEqual(spoken);
    expect(await sessions.findLatestEntry('nothing')).toBeUndefined();
  });

  test.each([1, 2, 5, 9, 14, 100])('show the latest %d, of events and readings alike', async (most) => {
    const { sessions } = db.storesOf();
    const readings = Array.from({ length: 8 }, (_, index) => anEntry(noon + index * 60_000));
    const events = Array.from({ length: 6 }, (_, index) => ({
      ...anEntry(noon + 90_000 + index * 61_000),
      key: `E#${String(index).padStart(10, '0')}`,
    }));
    await sessions.addEntries('s1', [...events, ...readings]);

    const latest = await sessions.listLatestEntries('s1', most);

    expect(latest).toEqual((await sessions.listEntries('s1')).slice(-most));
    expect(await sessions.listLatestEntries('nothing', most)).toEqual([]);
  });

  test('are not mixed with those of another tenant', async () => {
    const [ours, theirs] = [db.storesOf(), db.storesOf()];

    await ours.sessions.addEntries('s1', [anEntry(noon)]);

    expect(await theirs.sessions.listEntries('s1')).toEqual([]);
  });
});

describe('a session that its station numbered', () => {
  const started: SessionEntry = { ...anEntry(noon), key: 'E#0000000000', phase: 'STARTED', seqNo: 0 };

  test('opens with its start event, once', async () => {
    const { sessions, live } = db.storesOf();
    const session = aSession();

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => sessions.recordStart(session, started, { occupies: true })),
    );

    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'known'), 'opened']);
    expect(await sessions.findSession(session.sessionId)).toEqual(session);
    expect(await sessions.listEntries(session.sessionId)).toEqual([started]);
    expect((await live.findConnector('CS-001', connector))?.sessionId).toBe(session.sessionId);
  });

  test('is filled by a late start, listed at the new time and for the user of its token', async () => {
    const { sessions, live } = db.storesOf();
    const { connector: _, token: __, meterStartWh: ___, ...bare } = aSession({ startedAt: noon + 900_000 });
    const start = { ...aSession(), ...bare, startedAt: noon, connector, meterStartWh: 7 };
    await sessions.ensurePartial(bare);
    const later = { uid: 'LATER', tokenType: 'APP_USER', status: 'ACCEPTED', userId: 'u2' } as const;
    await sessions.addFacts(bare.sessionId, 'CS-001', { token: later });

    expect(await sessions.recordStart(start, started, { occupies: true })).toBe('filled');
    expect(await sessions.recordStart(start, started, { occupies: true })).toBe('known');

    expect(await sessions.findSession(bare.sessionId)).toEqual(start);
    expect((await live.findConnector('CS-001', connector))?.sessionId).toBe(bare.sessionId);
    const before = { startedBefore: noon + 1 };
    expect((await sessions.listSessions(before, { limit: 5 })).items).toEqual([start]);
    expect((await sessions.listSessions({ userId: 'u2' }, { limit: 5 })).items).toEqual([]);
  });

  test('stays ended when its start comes last, and does not take the connector', async () => {
    const { sessions, live } = db.storesOf();
    const session = aSession();
    const ended: Session = { ...session, ...end, state: 'ENDED', partial: true };
    expect(await sessions.recordLoneEnd(ended, [anEntry(end.endedAt)])).toBe('recorded');
    expect(await sessions.recordLoneEnd(ended, [])).toBe('known');

    expect(await sessions.recordStart(session, started, { occupies: true })).toBe('filled');

    expect(await sessions.findSession(session.sessionId)).toEqual({ ...session, ...end, state: 'ENDED' });
    expect(await live.findConnector('CS-001', connector)).toBeUndefined();
    expect(await sessions.countOpenSessions()).toBe(0);
    expect(await sessions.listEntries(session.sessionId)).toHaveLength(2);
  });

  test('ends up the same whatever the order of start, update and end', async () => {
    const session = aSession();
    const updated: SessionEntry = { ...anEntry(noon + 60_000), key: 'E#0000000001', phase: 'UPDATED' };
    const last: SessionEntry = { ...anEntry(end.endedAt), key: 'E#0000000002', phase: 'ENDED' };
    const { token: _, meterStartWh: __, ...bare } = session;
    const outcomes = await Promise.all(
      ['SUE', 'SEU', 'USE', 'UES', 'ESU', 'EUS', 'SSUUEE', 'EESUSU'].map(async (order) => {
        const { sessions } = db.storesOf();
        for (const phase of order) {
          if (phase === 'S') await sessions.recordStart(session, started, { occupies: true });
          if (phase === 'U') {
            await sessions.addEntries(session.sessionId, [updated]);
            await sessions.ensurePartial({ ...bare, startedAt: noon + 60_000 });
          }
          if (phase === 'E' && (await sessions.endSession(placeOf(session), end, [last])) === 'unknown') {
            const lone: Session = { ...bare, ...end, startedAt: end.endedAt, state: 'ENDED', partial: true };
            await sessions.recordLoneEnd(lone, [last]);
          }
        }
        return [await sessions.findSession(session.sessionId), await sessions.listEntries(session.sessionId)];
      }),
    );

    const whole = [{ ...session, ...end, state: 'ENDED' }, [started, updated, last]];
    expect(outcomes).toEqual(outcomes.map(() => whole));
  });

  test('adds facts that the head lacks and keeps those it has', async () => {
    const { sessions } = db.storesOf();
    const { token: _, ...session } = aSession();
    await sessions.openSession(session, { occupies: false });
    const token = { uid: 'A', tokenType: 'RFID', status: 'ACCEPTED' } as const;

    await sessions.addFacts(session.sessionId, 'CS-001', { token, connector: { evseId: 9, connectorId: 9 } });
    await sessions.addFacts(session.sessionId, 'CS-001', { token: { ...token, uid: 'B' }, remoteStartId: 7 });
    await sessions.addFacts(session.sessionId, 'CS-002', { reservationId: 1 });
    const unknown = await sessions.addFacts('unknown', 'CS-001', { reservationId: 1 });

    expect(unknown).toBeUndefined();
    expect(await sessions.findSession(session.sessionId)).toEqual({ ...session, token, remoteStartId: 7 });
    expect(await sessions.findSession('unknown')).toBeUndefined();
  });
});

describe('what nobody knows', () => {
  test('is kept once for an operator, newest first', async () => {
    const { sessions } = db.storesOf();
    const orphan = (at: number) => ({
      stationId: 'CS-001',
      transactionRef: '99',
      at,
      receivedAt: Date.now(),
      meterStopWh: 5,
      entries: [anEntry(at)],
    });
    const [older, newer] = [orphan(noon), orphan(noon + 1)];

    for (const one of [older, newer, older]) await sessions.recordOrphan(one);

    expect((await sessions.listOrphans('CS-001', { limit: 5 })).items).toEqual([newer, older]);
    const first = await sessions.listOrphans('CS-001', { limit: 1 });
    const second = await sessions.listOrphans('CS-001', { limit: 1, cursor: first.cursor ?? '' });
    expect([...first.items, ...second.items]).toEqual([newer, older]);
    expect((await db.storesOf().sessions.listOrphans('CS-001', { limit: 5 })).items).toEqual([]);
  });

  test('is not shown once its time is over, though it may still be stored', async () => {
    const { sessions } = db.storesOf();
    const longAgo = Date.now() - 181 * 86_400_000;

    await sessions.recordOrphan({
      stationId: 'CS-001',
      transactionRef: '1',
      at: longAgo,
      receivedAt: longAgo,
      entries: [],
    });

    expect((await sessions.listOrphans('CS-001', { limit: 5 })).items).toEqual([]);
  });
});
