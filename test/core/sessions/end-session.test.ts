import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MeterSample } from '#core/metering/sample.ts';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import { endSession, type SessionStop } from '#core/sessions/end-session.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import {
  blockedUid,
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
let running: { sessionId: string; transactionNumber: number };
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
  running = await startAt(noon);
});
afterAll(() => db.close());

function startAt(startedAt: number) {
  return startSession(scene, {
    stationId: 'CS-1',
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    startedAt,
    meterStartWh: 100_000,
  });
}

function stop(more: Partial<SessionStop> = {}): SessionStop {
  return {
    stationId: 'CS-1',
    transactionNumber: running.transactionNumber,
    endedAt: noon + 60 * minuteMs,
    meterStopWh: 110_000,
    stopReason: 'EV_DISCONNECTED',
    readings: [],
    ...more,
  };
}

function reading(
  minutes: number,
  energyWh: number,
  context: MeterSample['context'] = 'PERIODIC',
): MeterSample {
  return { at: noon + minutes * minuteMs, context, energyWh };
}

async function orphans(stationId = 'CS-1') {
  return (await scene.sessions.listOrphans(stationId, { limit: 10 })).items;
}

describe('the end of a session', () => {
  test('is recorded with its register, its readings and the freedom of the connector', async () => {
    const readings = [reading(30, 105_000), reading(60, 110_000, 'END')];

    const answer = await endSession(scene, stop({ readings }));

    expect(answer).toEqual({});
    expect(await sessionOf(scene, running.sessionId)).toMatchObject({
      state: 'ENDED',
      endedAt: noon + 60 * minuteMs,
      meterStopWh: 110_000,
      stopReason: 'EV_DISCONNECTED',
    });
    const entries = await scene.sessions.listEntries(running.sessionId);
    expect(entries.flatMap(({ samples }) => samples)).toEqual(readings);
    expect(await occupantOf(scene, 'CS-1')).toBeUndefined();
    expect(await orphans()).toEqual([]);
  });

  test('row 6: is the first one, however often and differently it is repeated', async () => {
    await endSession(scene, stop());
    const first = await sessionOf(scene, running.sessionId);

    await endSession(scene, stop());
    await endSession(
      scene,
      stop({ meterStopWh: 999_000, endedAt: noon + 90 * minuteMs, stopReason: 'OTHER' }),
    );

    expect(await sessionOf(scene, running.sessionId)).toEqual(first);
    expect(await scene.sessions.listEntries(running.sessionId)).toEqual([]);
    expect(await orphans()).toEqual([]);
  });

  test('is never before the start', async () => {
    await endSession(scene, stop({ endedAt: noon - minuteMs }));

    expect(await sessionOf(scene, running.sessionId)).toMatchObject({ startedAt: noon, endedAt: noon });
  });

  test('row 21: keeps when it came: one that came before it happened is for a person to judge', async () => {
    await endSession(scene, stop({ endedAt: Date.UTC(2035, 0, 1) }));

    const session = await sessionOf(scene, running.sessionId);
    expect(session).toMatchObject({ startReceivedAt: noon, endReceivedAt: noon });
    expect(assembleSession(session, []).reviewReasons).toContain(
      "The station's clock cannot have been right.",
    );
  });

  test('does not free the connector of the session that has it by now', async () => {
    const newer = await startAt(noon + minuteMs);

    await endSession(scene, stop());

    expect(await occupantOf(scene, 'CS-1')).toBe(newer.sessionId);
    expect(await sessionOf(scene, newer.sessionId)).toMatchObject({ state: 'ACTIVE' });
  });

  test('row 65: of a superseded session replaces the end we gave it', async () => {
    await startAt(noon + 10 * minuteMs);

    await endSession(scene, stop({ endedAt: noon + 9 * minuteMs, meterStopWh: 101_500 }));

    const session = await sessionOf(scene, running.sessionId);
    const record = assembleSession(session, await scene.sessions.listEntries(running.sessionId));
    expect(session).toMatchObject({ stopReason: 'EV_DISCONNECTED', endedAt: noon + 9 * minuteMs });
    expect(record).toMatchObject({ energyWh: 1_500, end: { energyWh: 101_500 } });
  });
});

describe('row 5: the end of a transaction nobody knows', () => {
  test('is kept for an operator, with what it brought', async () => {
    const readings = [reading(30, 105_000)];

    const answer = await endSession(
      scene,
      stop({ transactionNumber: 4711, readings, token: { uid: goodUid, tokenType: 'RFID' } }),
    );

    expect(answer.authorization).toMatchObject({ status: 'ACCEPTED' });
    expect(await orphans()).toMatchObject([
      {
        transactionRef: '4711',
        at: noon + 60 * minuteMs,
        meterStopWh: 110_000,
        entries: [{ samples: readings }],
      },
    ]);
  });

  test('is kept once when it is repeated', async () => {
    await endSession(scene, stop({ transactionNumber: 4711 }));
    scene.now += minuteMs;

    await endSession(scene, stop({ transactionNumber: 4711 }));

    expect(await orphans()).toHaveLength(1);
  });

  test.each([-1, 0, 2 ** 40])('row 52: is taken in also under the number %d', async (transactionNumber) => {
    await endSession(scene, stop({ transactionNumber }));

    expect(await orphans()).toMatchObject([{ transactionRef: String(transactionNumber) }]);
  });

  test('is no end of the session that another station has under that number', async () => {
    await endSession(scene, stop({ stationId: 'CS-2' }));

    expect(await sessionOf(scene, running.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await orphans('CS-2')).toMatchObject([{ transactionRef: String(running.transactionNumber) }]);
    expect(await orphans('CS-1')).toEqual([]);
  });

  test('is no end of the session that another tenant has under that number', async () => {
    const theirs = await newScene(db);

    await endSession(theirs, stop());

    expect(await sessionOf(scene, running.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(await orphans()).toEqual([]);
  });
});

describe('row 7: who ends a session', () => {
  test('is not noted when it is the token that started it', async () => {
    const token = { uid: goodUid.toLowerCase(), tokenType: 'RFID' } as const;

    const answer = await endSession(scene, stop({ token }));

    expect(answer.authorization).toMatchObject({ status: 'ACCEPTED' });
    expect((await sessionOf(scene, running.sessionId)).stopTokenUid).toBeUndefined();
  });

  test('row 8: may be another one of the group, and is noted', async () => {
    await givenToken(scene, { uid: 'SPOUSE', groupId: 'FAMILY' });

    const answer = await endSession(scene, stop({ token: { uid: 'SPOUSE', tokenType: 'RFID' } }));

    expect(answer.authorization).toMatchObject({ status: 'ACCEPTED', groupId: 'FAMILY' });
    expect(await sessionOf(scene, running.sessionId)).toMatchObject({
      state: 'ENDED',
      stopTokenUid: 'SPOUSE',
      token: { uid: goodUid, status: 'ACCEPTED' },
    });
  });

  test('informs and never prevents the end', async () => {
    const answer = await endSession(scene, stop({ token: { uid: blockedUid, tokenType: 'RFID' } }));

    expect(answer.authorization).toMatchObject({ status: 'BLOCKED' });
    expect(await sessionOf(scene, running.sessionId)).toMatchObject({
      state: 'ENDED',
      stopTokenUid: blockedUid,
    });
  });
});
