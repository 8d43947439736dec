import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endSession } from '#core/sessions/end-session.ts';
import { transactionNumberOf } from '#core/sessions/session-id.ts';
import { type SessionStart, startSession } from '#core/sessions/start-session.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import {
  allSessions,
  blockedFromNowOn,
  blockedUid,
  expiredUid,
  givenToken,
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

function start(more: Partial<SessionStart> = {}): SessionStart {
  return {
    stationId: 'CS-1',
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    startedAt: noon,
    meterStartWh: 100_000,
    ...more,
  };
}

const refused = { uid: blockedUid, tokenType: 'RFID' } as const;

describe('an accepted start', () => {
  test('opens a session under a number of its own and takes the connector', async () => {
    const started = await startSession(scene, start({ reservationId: 7 }));

    expect(started).toMatchObject({
      repeated: false,
      authorization: { status: 'ACCEPTED', groupId: 'FAMILY' },
    });
    expect(await sessionOf(scene, started.sessionId)).toEqual({
      sessionId: started.sessionId,
      stationId: 'CS-1',
      transactionRef: String(started.transactionNumber),
      startKey: expect.any(String),
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID', status: 'ACCEPTED', groupId: 'FAMILY', userId: 'user-1' },
      state: 'ACTIVE',
      startedAt: noon,
      startReceivedAt: noon,
      meterStartWh: 100_000,
      reservationId: 7,
    });
    expect(await occupantOf(scene, 'CS-1')).toBe(started.sessionId);
  });

  test('row 65: ends the session that is open on its connector as superseded', async () => {
    const older = await startSession(scene, start());

    const newer = await startSession(scene, start({ startedAt: noon + minuteMs, meterStartWh: 101_000 }));

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({
      state: 'ENDED',
      stopReason: 'SUPERSEDED',
      endedAt: noon + minuteMs,
    });
    expect(await sessionOf(scene, newer.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await occupantOf(scene, 'CS-1')).toBe(newer.sessionId);
  });

  test('supersedes what is open even where the station’s clock went back', async () => {
    const older = await startSession(scene, start());

    await startSession(scene, start({ startedAt: noon - minuteMs }));

    expect(await sessionOf(scene, older.sessionId)).toMatchObject({ stopReason: 'SUPERSEDED' });
  });

  describe('that its station kept while another session began on the connector', () => {
    const offline = { startedAt: noon - 5 * 60 * minuteMs, meterStartWh: 90_000 };

    test('row 65: leaves that one alone and waits for its own end', async () => {
      const live = await startSession(scene, start());
      scene.now = noon + minuteMs;

      const kept = await startSession(scene, start(offline));
      const again = await startSession(scene, start(offline));

      expect(again).toMatchObject({ repeated: true, sessionId: kept.sessionId });
      expect(await sessionOf(scene, live.sessionId)).toMatchObject({ state: 'ACTIVE' });
      expect(await sessionOf(scene, kept.sessionId)).toMatchObject({
        state: 'ACTIVE',
        startedAt: offline.startedAt,
        token: { status: 'ACCEPTED' },
      });
      expect(await occupantOf(scene, 'CS-1')).toBe(live.sessionId);
    });

    test('ends by its own end, and the connector stays with the other', async () => {
      const live = await startSession(scene, start());
      const kept = await startSession(scene, start(offline));

      await endSession(scene, {
        stationId: 'CS-1',
        transactionNumber: kept.transactionNumber,
        endedAt: noon - 60 * minuteMs,
        meterStopWh: 95_000,
        stopReason: 'LOCAL',
        readings: [],
      });

      expect(await sessionOf(scene, kept.sessionId)).toMatchObject({ state: 'ENDED', stopReason: 'LOCAL' });
      expect(await occupantOf(scene, 'CS-1')).toBe(live.sessionId);
    });

    test.each([
      ['never set', Date.UTC(2000, 0, 1)],
      ['far ahead', Date.UTC(2040, 0, 1)],
    ])('takes its place all the same when its clock is %s: such a start is of now', async (_, startedAt) => {
      const older = await startSession(scene, start());
      scene.now = noon + 60 * minuteMs;

      const newer = await startSession(scene, start({ startedAt }));

      expect(await sessionOf(scene, older.sessionId)).toMatchObject({ stopReason: 'SUPERSEDED' });
      expect(await occupantOf(scene, 'CS-1')).toBe(newer.sessionId);
    });

    test('takes the place of one whose start was told from a time to come', async () => {
      const ahead = await startSession(scene, start({ startedAt: Date.UTC(2040, 0, 1) }));
      scene.now = noon + minuteMs;

      await startSession(scene, start({ startedAt: scene.now }));

      expect(await sessionOf(scene, ahead.sessionId)).toMatchObject({ stopReason: 'SUPERSEDED' });
    });
  });

  test('leaves the sessions on other connectors and stations alone', async () => {
    const beside = await startSession(scene, start({ connector: { evseId: 2, connectorId: 1 } }));
    const elsewhere = await startSession(scene, start({ stationId: 'CS-2' }));

    await startSession(scene, start({ startedAt: noon + minuteMs }));

    expect(await sessionOf(scene, beside.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await sessionOf(scene, elsewhere.sessionId)).toMatchObject({ state: 'ACTIVE' });
  });
});

describe('row 1: a refused start', () => {
  test.each([
    ['BLOCKED', blockedUid],
    ['EXPIRED', expiredUid],
    ['UNKNOWN', 'NOBODY-KNOWS'],
  ])('that is %s still gets a session of its own, with the true verdict', async (status, uid) => {
    const token = { uid, tokenType: 'RFID' } as const;

    const first = await startSession(scene, start({ token }));
    const second = await startSession(scene, start({ token, startedAt: noon + minuteMs }));

    expect(first.authorization.status).toBe(status);
    expect(second.transactionNumber).not.toBe(first.transactionNumber);
    expect(await sessionOf(scene, first.sessionId)).toMatchObject({ state: 'ACTIVE', token: { status } });
    expect(await sessionOf(scene, second.sessionId)).toMatchObject({ state: 'ACTIVE', token: { status } });
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('row 9: does not end the live session on its connector, nor takes its place', async () => {
    const live = await startSession(scene, start());

    await startSession(scene, start({ token: refused, startedAt: noon + minuteMs }));

    expect(await sessionOf(scene, live.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await occupantOf(scene, 'CS-1')).toBe(live.sessionId);
  });
});

describe('rows 2 and 3: a repeated start', () => {
  test('finds the first session and its number, however often it comes', async () => {
    const first = await startSession(scene, start());
    scene.now += 90_000;

    const again = [await startSession(scene, start()), await startSession(scene, start())];

    for (const { sessionId, transactionNumber, repeated } of again) {
      expect({ sessionId, transactionNumber, repeated }).toEqual({
        sessionId: first.sessionId,
        transactionNumber: first.transactionNumber,
        repeated: true,
      });
    }
    expect(await allSessions(scene)).toHaveLength(1);
  });

  test('gets the first verdict, whatever became of the token since', async () => {
    await startSession(scene, start());
    await startSession(scene, start({ stationId: 'CS-2', token: refused }));
    await blockedFromNowOn(scene, goodUid);

    const accepted = await startSession(scene, start());
    const blocked = await startSession(scene, start({ stationId: 'CS-2', token: refused }));

    expect(accepted.authorization.status).toBe('ACCEPTED');
    expect(blocked.authorization.status).toBe('BLOCKED');
  });

  test('row 32: is one also when the tag is spelled otherwise', async () => {
    const first = await startSession(scene, start());

    const again = await startSession(
      scene,
      start({ token: { uid: ` ${goodUid.toLowerCase()} `, tokenType: 'RFID' } }),
    );

    expect(again).toMatchObject({ repeated: true, transactionNumber: first.transactionNumber });
  });

  test('after the session ended does not open it again', async () => {
    const first = await startSession(scene, start());
    await scene.sessions.endSession(
      { sessionId: first.sessionId, stationId: 'CS-1', connector: { evseId: 1, connectorId: 1 } },
      { endedAt: noon + minuteMs, meterStopWh: 101_000, stopReason: 'LOCAL' },
      [],
    );

    const again = await startSession(scene, start());

    expect(again).toMatchObject({ repeated: true, transactionNumber: first.transactionNumber });
    expect(await sessionOf(scene, first.sessionId)).toMatchObject({ state: 'ENDED' });
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
  });

  test('does not end the session that has the connector by now', async () => {
    await startSession(scene, start());
    const live = await startSession(scene, start({ startedAt: noon + minuteMs }));

    await startSession(scene, start());

    expect(await sessionOf(scene, live.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await occupantOf(scene, 'CS-1')).toBe(live.sessionId);
  });

  test('ends what the first attempt died before ending', async () => {
    const older = await startSession(scene, start());
    const throttled = { ...scene.sessions, endSession: () => Promise.reject(new Error('throttled')) };
    const next = start({ startedAt: noon + minuteMs });
    await expect(startSession({ ...scene, sessions: throttled }, next)).rejects.toThrow('throttled');

    const again = await startSession(scene, next);

    expect(again.repeated).toBe(true);
    expect(await sessionOf(scene, older.sessionId)).toMatchObject({ stopReason: 'SUPERSEDED' });
    expect(await sessionOf(scene, again.sessionId)).toMatchObject({ state: 'ACTIVE' });
  });

  test('of a refused start ends nothing', async () => {
    const live = await startSession(scene, start());
    const next = start({ token: refused, startedAt: noon + minuteMs });
    await startSession(scene, next);

    await startSession(scene, next);

    expect(await sessionOf(scene, live.sessionId)).toMatchObject({ state: 'ACTIVE' });
  });

  test('twenty times at once opens one session', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => startSession(scene, start())));

    expect(new Set(results.map(({ transactionNumber }) => transactionNumber)).size).toBe(1);
    expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await allSessions(scene)).toHaveLength(1);
  });
});

describe('row 55: transaction numbers', () => {
  test.each([
    ['station', { stationId: 'CS-2' }],
    ['EVSE', { connector: { evseId: 2, connectorId: 1 } }],
    ['connector', { connector: { evseId: 1, connectorId: 2 } }],
    ['token', { token: { uid: 'OTHER', tokenType: 'RFID' } }],
    ['time', { startedAt: noon + 1 }],
    ['meter', { meterStartWh: 100_001 }],
  ] as const)('are not shared by starts that differ in their %s', async (_, difference) => {
    await givenToken(scene, { uid: 'OTHER' });

    const one = await startSession(scene, start());
    const other = await startSession(scene, start(difference));

    expect(other).toMatchObject({ repeated: false });
    expect(other.transactionNumber).not.toBe(one.transactionNumber);
    expect(await allSessions(scene)).toHaveLength(2);
  });

  test('are positive and fit 31 bits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{8}$/), fc.nat(8), (word, attempt) => {
        const number = transactionNumberOf(() => word, 'start', attempt);

        expect(Number.isInteger(number) && number >= 1 && number <= 0x7fff_ffff).toBe(true);
      }),
      {
        examples: [
          ['00000000', 0],
          ['ffffffff', 0],
          ['7fffffff', 0],
          ['7ffffffe', 0],
          ['80000000', 0],
        ],
      },
    );
  });

  test('of starts whose digests meet are probed, and a repeat finds its own again', async () => {
    /** The first number of every start is the same. */
    const meeting = {
      ...scene,
      digest: (text: string) => scene.digest(text.startsWith('number/0/') ? 'number/0/' : text),
    };

    const first = await startSession(meeting, start());
    const second = await startSession(meeting, start({ stationId: 'CS-2' }));
    const third = await startSession(meeting, start({ startedAt: noon + minuteMs }));
    const again = await startSession(meeting, start({ stationId: 'CS-2' }));

    const numbers = [first, second, third].map(({ transactionNumber }) => transactionNumber);
    expect(new Set(numbers).size).toBe(3);
    expect(third.repeated).toBe(false);
    expect(again).toMatchObject({ repeated: true, transactionNumber: second.transactionNumber });
    expect(await sessionOf(scene, first.sessionId)).toMatchObject({ stationId: 'CS-1', startedAt: noon });
  });

  test('are never shared even when every digest meets: the start fails instead', async () => {
    const alwaysMeeting = {
      ...scene,
      digest: (text: string) => scene.digest(text.startsWith('number/') ? 'number/' : text),
    };
    await startSession(alwaysMeeting, start());

    const second = startSession(alwaysMeeting, start({ stationId: 'CS-2' }));

    await expect(second).rejects.toThrow('no free transaction number');
    expect(await allSessions(scene)).toHaveLength(1);
  });

  test('of another tenant are its own', async () => {
    const theirs = await newScene(db);
    const ours = await startSession(scene, start());

    const their = await startSession(theirs, start());

    expect(their.repeated).toBe(false);
    expect(their.sessionId).not.toBe(ours.sessionId);
    expect(await theirs.sessions.findSession(ours.sessionId)).toBeUndefined();
  });
});
