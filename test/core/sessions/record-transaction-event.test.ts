import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MeterSample } from '#core/metering/sample.ts';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import { recordTransactionEvent, type TransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { SessionHints } from '#core/sessions/session-hints.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import {
  allSessions,
  blockedFromNowOn,
  blockedUid,
  expiredUid,
  goodUid,
  minuteMs,
  newScene,
  noon,
  occupantOf,
  type Scene,
  sessionOf,
} from './scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterAll(() => db.close());

const connector = { evseId: 1, connectorId: 1 };
const token = { uid: goodUid, tokenType: 'RFID' } as const;

function register(minutes: number, energyWh: number, context: MeterSample['context']): MeterSample {
  return { at: noon + minutes * minuteMs, context, energyWh };
}

function started(more: Partial<TransactionEvent> = {}): TransactionEvent {
  return {
    stationId: 'CS-1',
    phase: 'STARTED',
    transactionRef: 'tx-1',
    seqNo: 0,
    at: noon,
    connector,
    token,
    samples: [register(0, 100_000, 'BEGIN')],
    ...more,
  };
}

function updated(more: Partial<TransactionEvent> = {}): TransactionEvent {
  return {
    stationId: 'CS-1',
    phase: 'UPDATED',
    transactionRef: 'tx-1',
    seqNo: 1,
    at: noon + 10 * minuteMs,
    samples: [register(10, 104_000, 'PERIODIC')],
    ...more,
  };
}

function ended(more: Partial<TransactionEvent> = {}): TransactionEvent {
  return {
    stationId: 'CS-1',
    phase: 'ENDED',
    transactionRef: 'tx-1',
    seqNo: 2,
    at: noon + 60 * minuteMs,
    stopReason: 'EV_DISCONNECTED',
    samples: [register(60, 110_000, 'END')],
    ...more,
  };
}

/** Every event is taken in by a process that knows nothing of the others. */
function record(event: TransactionEvent, hints = new SessionHints()) {
  return recordTransactionEvent(scene, event, hints);
}

async function recordOf(sessionId: string) {
  return assembleSession(await sessionOf(scene, sessionId), await scene.sessions.listEntries(sessionId));
}

describe('a start', () => {
  test('opens the session with its token and takes the connector', async () => {
    const { sessionId, authorization } = await record(started({ remoteStartId: 3, reservationId: 4 }));

    expect(authorization).toMatchObject({ status: 'ACCEPTED', groupId: 'FAMILY' });
    expect(await sessionOf(scene, sessionId)).toEqual({
      sessionId,
      stationId: 'CS-1',
      transactionRef: 'tx-1',
      state: 'ACTIVE',
      startedAt: noon,
      meterStartWh: 100_000,
      connector,
      token: { ...token, status: 'ACCEPTED', groupId: 'FAMILY', userId: 'user-1' },
      remoteStartId: 3,
      reservationId: 4,
    });
    expect(await occupantOf(scene, 'CS-1')).toBe(sessionId);
  });

  test('row 1: with a refused token opens a session that does not take the connector', async () => {
    const { sessionId, authorization } = await record(started({ token: { ...token, uid: blockedUid } }));

    expect(authorization?.status).toBe('BLOCKED');
    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ACTIVE',
      token: { status: 'BLOCKED' },
    });
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('is one however often it comes, and keeps the first verdict', async () => {
    const { sessionId } = await record(started());
    const first = await sessionOf(scene, sessionId);
    await blockedFromNowOn(scene, goodUid);

    await record(started());

    expect(await sessionOf(scene, sessionId)).toEqual(first);
    expect(await scene.sessions.listEntries(sessionId)).toHaveLength(1);
  });

  test('row 56: under the same reference is another session at each station', async () => {
    await record(started());
    await record(started({ stationId: 'CS-2' }));

    expect((await allSessions(scene)).map(({ stationId }) => stationId).toSorted()).toEqual(['CS-1', 'CS-2']);
  });
});

describe('row 65: of several transactions on a connector', () => {
  const next = started({ transactionRef: 'tx-2', at: noon + 30 * minuteMs });

  test('a newer accepted start ends the older one as superseded', async () => {
    const older = await record(started());

    const newer = await record(next);

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({
      state: 'ENDED',
      stopReason: 'SUPERSEDED',
      endedAt: noon + 30 * minuteMs,
    });
    expect(await occupantOf(scene, 'CS-1')).toBe(newer.sessionId);
  });

  test('the end that the older one sent before counts, though it comes after the newer start', async () => {
    const older = await record(started());
    await record(next);

    await record(ended({ seqNo: 1, at: noon + 20 * minuteMs }));

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({
      stopReason: 'EV_DISCONNECTED',
      endedAt: noon + 20 * minuteMs,
    });
  });

  test('row 9: a refused start ends nothing', async () => {
    const older = await record(started());

    await record({ ...next, token: { ...token, uid: blockedUid } });

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await occupantOf(scene, 'CS-1')).toBe(older.sessionId);
  });

  test('a start that comes late does not end the newer session, nor takes its place', async () => {
    const newer = await record(next);

    const older = await record(started());

    expect(await sessionOf(scene, newer.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await sessionOf(scene, older.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await occupantOf(scene, 'CS-1')).toBe(newer.sessionId);
  });

  test('a start that comes after its own updates ends the older one all the same', async () => {
    const older = await record(started());
    await record(updated({ transactionRef: 'tx-2', at: noon + 40 * minuteMs }));

    const newer = await record(next);

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({ stopReason: 'SUPERSEDED' });
    expect(await occupantOf(scene, 'CS-1')).toBe(newer.sessionId);
  });

  test('a repeated start ends what the first attempt died before ending', async () => {
    const older = await record(started());
    const throttled = { ...scene.sessions, endSession: () => Promise.reject(new Error('throttled')) };
    const attempt = recordTransactionEvent({ ...scene, sessions: throttled }, next, new SessionHints());
    await expect(attempt).rejects.toThrow('throttled');

    await record(next);

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({ stopReason: 'SUPERSEDED' });
  });

  test('a repeated older start does not end the newer session', async () => {
    await record(started());
    const newer = await record(next);

    await record(started());

    expect(await sessionOf(scene, newer.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await occupantOf(scene, 'CS-1')).toBe(newer.sessionId);
  });
});

describe('row 24: an update whose start has not arrived', () => {
  test('leaves the session to the token of its start, whoever shows another one meanwhile', async () => {
    const other = { uid: blockedUid, tokenType: 'RFID' } as const;
    const { sessionId } = await record(updated({ token: other, trigger: 'StopAuthorized' }));

    await record(started());

    expect(await sessionOf(scene, sessionId)).toMatchObject({ token: { uid: goodUid, status: 'ACCEPTED' } });
  });

  test('opens the session as partial, without a connector of its own', async () => {
    const { sessionId } = await record(updated());

    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ACTIVE',
      partial: true,
      startedAt: noon + 10 * minuteMs,
    });
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('is filled by the start when it comes', async () => {
    const { sessionId } = await record(updated());

    await record(started());

    const session = await sessionOf(scene, sessionId);
    expect(session).toMatchObject({ state: 'ACTIVE', startedAt: noon, connector, token: { uid: goodUid } });
    expect(session.partial).toBeUndefined();
    expect(await occupantOf(scene, 'CS-1')).toBe(sessionId);
    expect(await allSessions(scene)).toHaveLength(1);
  });

  test('makes one head for many updates at once', async () => {
    const updates = Array.from({ length: 12 }, (_, index) => updated({ seqNo: index + 1 }));

    await Promise.all(updates.map((event) => record(event)));

    const [session, ...others] = await allSessions(scene);
    expect(others).toEqual([]);
    expect(await scene.sessions.listEntries(session?.sessionId ?? '')).toHaveLength(12);
  });
});

describe('row 26: a token that comes in a later update', () => {
  test('becomes the session’s, and is judged then', async () => {
    const { token: _, ...cable } = started();
    const { sessionId, authorization } = await record(cable);
    expect(authorization).toBeUndefined();
    expect((await sessionOf(scene, sessionId)).token).toBeUndefined();

    const later = await record(updated({ token }));

    expect(later.authorization).toMatchObject({ status: 'ACCEPTED' });
    expect(await sessionOf(scene, sessionId)).toMatchObject({ token: { uid: goodUid, status: 'ACCEPTED' } });
    expect((await scene.sessions.listSessions({ userId: 'user-1' }, { limit: 10 })).items).toHaveLength(1);
  });

  test('does not replace the one that started it', async () => {
    const { sessionId } = await record(started());

    const later = await record(updated({ token: { ...token, uid: blockedUid } }));

    expect(later.authorization?.status).toBe('BLOCKED');
    expect(await sessionOf(scene, sessionId)).toMatchObject({ token: { uid: goodUid, status: 'ACCEPTED' } });
  });

  test('row 42: comes with the remote start it answers', async () => {
    const { token: _, ...cable } = started();
    const { sessionId } = await record(cable);

    await record(updated({ remoteStartId: 99 }));

    expect(await sessionOf(scene, sessionId)).toMatchObject({ remoteStartId: 99 });
  });
});

describe('a token that was refused at the start', () => {
  const refused = started({ token: { ...token, uid: blockedUid } });

  test('leaves the session to one that is accepted later [E05]', async () => {
    const { sessionId } = await record(refused);

    await record(updated({ token }));

    expect(await sessionOf(scene, sessionId)).toMatchObject({ token: { uid: goodUid, status: 'ACCEPTED' } });
    expect(await occupantOf(scene, 'CS-1')).toBe(sessionId);
    expect((await scene.tokenUses.findUse(goodUid))?.open).toEqual({ [sessionId]: noon });
    expect((await scene.sessions.listSessions({ userId: 'user-1' }, { limit: 5 })).items).toHaveLength(1);
  });

  test('leaves it to that one also when the start is told last', async () => {
    const { sessionId } = await record(updated({ token }));

    await record(refused);

    expect(await sessionOf(scene, sessionId)).toMatchObject({ token: { uid: goodUid, status: 'ACCEPTED' } });
    expect(await occupantOf(scene, 'CS-1')).toBe(sessionId);
  });

  test('is not replaced by another that is refused', async () => {
    const { sessionId } = await record(refused);

    await record(updated({ token: { ...token, uid: expiredUid } }));

    expect(await sessionOf(scene, sessionId)).toMatchObject({ token: { uid: blockedUid } });
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('ends an older session at the connector only once one is accepted', async () => {
    const older = await record(started({ transactionRef: 'tx-0', at: noon - minuteMs }));
    const { sessionId } = await record(refused);
    const before = await sessionOf(scene, older.sessionId);

    await record(updated({ token }));

    expect(before.state).toBe('ACTIVE');
    expect(await sessionOf(scene, older.sessionId)).toMatchObject({
      stopReason: 'SUPERSEDED',
      endedAt: noon,
    });
    expect(await occupantOf(scene, 'CS-1')).toBe(sessionId);
  });
});

describe('a connector that is told after the start [E03]', () => {
  const second = { evseId: 2, connectorId: 1 };
  const { connector: _, ...tokenFirst } = started();
  const plugged = updated({ connector: second, trigger: 'CablePluggedIn', samples: [] });

  test.each([
    ['start, cable', [tokenFirst, plugged]],
    ['cable, start', [plugged, tokenFirst]],
    ['start, cable, each again', [tokenFirst, plugged, plugged, tokenFirst]],
  ])('becomes the session’s, which takes it: %s', async (_order, events) => {
    const ids = [];
    for (const event of events) ids.push((await record(event)).sessionId);

    expect(await sessionOf(scene, ids[0] ?? '')).toMatchObject({
      connector: second,
      token: { uid: goodUid },
    });
    expect(await occupantOf(scene, 'CS-1', second)).toBe(ids[0]);
  });

  test('ends the older session there', async () => {
    const older = await record(started({ transactionRef: 'tx-0', at: noon - minuteMs, connector: second }));
    await record(tokenFirst);

    await record(plugged);

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({
      stopReason: 'SUPERSEDED',
      endedAt: noon,
    });
  });

  test('is left to a newer session there', async () => {
    await record(tokenFirst);
    const later = noon + 5 * minuteMs;
    const newer = await record(started({ transactionRef: 'tx-2', at: later, connector: second }));

    await record(plugged);

    expect(await sessionOf(scene, newer.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await occupantOf(scene, 'CS-1', second)).toBe(newer.sessionId);
  });

  test('is not taken for a token that was refused, nor for a session that is over', async () => {
    await record({ ...tokenFirst, token: { ...token, uid: blockedUid } });
    await record(plugged);
    await record({ ...tokenFirst, transactionRef: 'tx-2' });
    await record(ended({ transactionRef: 'tx-2' }));
    const over = await record({ ...plugged, transactionRef: 'tx-2' });

    expect(await sessionOf(scene, over.sessionId)).toMatchObject({ connector: second });
    expect(await occupantOf(scene, 'CS-1', second)).toBeUndefined();
  });

  test('may be told by the end', async () => {
    const { sessionId } = await record(tokenFirst);

    await record(ended({ connector: second }));

    expect(await sessionOf(scene, sessionId)).toMatchObject({ state: 'ENDED', connector: second });
  });

  test('is taken by the repeat of an event whose first attempt died before that', async () => {
    const { sessionId } = await record(tokenFirst);
    const throttled = { ...scene.sessions, moveToConnector: () => Promise.reject(new Error('throttled')) };
    const attempt = recordTransactionEvent({ ...scene, sessions: throttled }, plugged, new SessionHints());
    await expect(attempt).rejects.toThrow('throttled');

    await record(plugged);

    expect(await occupantOf(scene, 'CS-1', second)).toBe(sessionId);
  });
});

describe('an EVSE that is told without its connector', () => {
  const third = { evseId: 1, connectorId: 3 };
  const evseAlone = { connector, connectorAssumed: true };

  test.each([
    ['in order', [started(evseAlone), updated({ connector: third })]],
    ['the other way round', [updated({ connector: third }), started(evseAlone)]],
    [
      'and the EVSE again',
      [started(evseAlone), updated({ connector: third }), updated({ ...evseAlone, seqNo: 2 })],
    ],
  ])('is taken for its first one until the connector is told: %s', async (_order, events) => {
    const ids = [];
    for (const event of events) ids.push((await record(event)).sessionId);

    const session = await sessionOf(scene, ids[0] ?? '');
    expect([session.connector, session.connectorAssumed]).toEqual([third, undefined]);
    expect(await occupantOf(scene, 'CS-1', third)).toBe(ids[0]);
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('is the session’s place as it is', async () => {
    const { sessionId } = await record(started(evseAlone));
    await record(updated(evseAlone));

    expect(await sessionOf(scene, sessionId)).toMatchObject({ connector, connectorAssumed: true });
    expect(await occupantOf(scene, 'CS-1')).toBe(sessionId);
    await record(ended());
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('is not changed by a connector of another EVSE', async () => {
    const { sessionId } = await record(started(evseAlone));
    await record(updated({ connector: { evseId: 2, connectorId: 1 } }));

    expect(await sessionOf(scene, sessionId)).toMatchObject({ connector });
  });
});

describe('an end', () => {
  test('ends the session and frees the connector', async () => {
    const { sessionId } = await record(started());

    await record(ended());

    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ENDED',
      endedAt: noon + 60 * minuteMs,
      stopReason: 'EV_DISCONNECTED',
    });
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('row 28: without a reason is a local one', async () => {
    const { stopReason: _, ...plain } = ended();
    const { sessionId } = await record(started());

    await record(plain);

    expect(await sessionOf(scene, sessionId)).toMatchObject({ stopReason: 'LOCAL' });
  });

  test('row 23: is final: updates after it are kept and open nothing', async () => {
    const { sessionId } = await record(started());
    await record(ended());

    await record(updated());
    await record(started());

    expect(await sessionOf(scene, sessionId)).toMatchObject({ state: 'ENDED' });
    expect(await scene.sessions.countOpenSessions()).toBe(0);
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
    expect(await recordOf(sessionId)).toMatchObject({ complete: true, energyWh: 10_000 });
  });

  test('that comes first is kept, and the start fills what it could not say', async () => {
    const { sessionId } = await record(ended());
    const alone = await sessionOf(scene, sessionId);

    await record(started());
    await record(updated());

    expect(alone).toMatchObject({ state: 'ENDED', partial: true, endedAt: noon + 60 * minuteMs });
    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ENDED',
      startedAt: noon,
      connector,
      token: { uid: goodUid, status: 'ACCEPTED' },
    });
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
    expect(await scene.sessions.countOpenSessions()).toBe(0);
    expect(await recordOf(sessionId)).toMatchObject({ complete: true, missingSeqNos: [], energyWh: 10_000 });
  });

  test('row 7: that comes first does not make its token the one that pays', async () => {
    const { sessionId, authorization } = await record(ended({ token }));

    expect(authorization).toMatchObject({ status: 'ACCEPTED' });
    expect((await sessionOf(scene, sessionId)).token).toBeUndefined();
  });

  test('is not lost when the start arrives at the same moment', async () => {
    /** The start slips in right after the end found no session. */
    const sessions: Scene['sessions'] = {
      ...scene.sessions,
      recordLoneEnd: async (...lone) => {
        await record(started());
        return scene.sessions.recordLoneEnd(...lone);
      },
    };

    const { sessionId } = await recordTransactionEvent({ ...scene, sessions }, ended(), new SessionHints());

    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ENDED',
      endedAt: noon + 60 * minuteMs,
    });
    expect(await scene.sessions.listEntries(sessionId)).toHaveLength(2);
  });
});

test('row 22: repeats land on themselves, gaps are told', async () => {
  const hints = new SessionHints();
  const { sessionId } = await record(started(), hints);
  for (const event of [updated(), updated(), started(), ended({ seqNo: 4 }), ended({ seqNo: 4 })]) {
    await record(event, hints);
  }

  const entries = await scene.sessions.listEntries(sessionId);
  expect(entries.map(({ seqNo }) => seqNo)).toEqual([0, 1, 4]);
  expect(await recordOf(sessionId)).toMatchObject({ missingSeqNos: [2, 3], complete: false });
});

describe('hints', () => {
  test('spare the write of a head that is known to be there', async () => {
    let writes = 0;
    const sessions: Scene['sessions'] = {
      ...scene.sessions,
      ensurePartial: (session) => {
        writes += 1;
        return scene.sessions.ensurePartial(session);
      },
    };
    const hints = new SessionHints();

    for (const seqNo of [1, 2, 3]) {
      await recordTransactionEvent({ ...scene, sessions }, updated({ seqNo }), hints);
    }

    expect(writes).toBe(1);
  });

  test('spare all but the entry of an event that tells the place again', async () => {
    const hints = new SessionHints();
    const { sessionId } = await record(started(), hints);
    const { addEntries } = scene.sessions;
    const sessions = { addEntries } as Scene['sessions'];

    await recordTransactionEvent({ ...scene, sessions }, updated({ connector }), hints);

    expect(await scene.sessions.listEntries(sessionId)).toHaveLength(2);
  });

  test('forget the oldest when there are too many', () => {
    const hints = new SessionHints(2);

    for (const id of ['a', 'b', 'c']) hints.add(id);

    expect(['a', 'b', 'c'].map((id) => hints.has(id))).toEqual([false, true, true]);
  });
});
