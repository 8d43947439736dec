import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MeterSample } from '#core/metering/sample.ts';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import {
  askAboutSession,
  checkSession,
  followEnd,
  followIdle,
  recordSessionCheck,
} from '#core/sessions/check-session.ts';
import { endIdleSession } from '#core/sessions/end-idle-session.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { recordReadings } from '#core/sessions/record-readings.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import type { Timer } from '#core/timers.ts';
import { newId } from '#platform/clock.ts';
import { aCdr } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { givenToken, goodUid, minuteMs, newScene, noon, type Scene, sessionOf } from './scene.ts';

let db: TestDatabase;
let scene: Scene;
let timers: { timer: Timer; at: number }[];
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
  timers = [];
});
afterAll(() => db.close());

const stationId = 'CS-1';
const connector = { evseId: 1, connectorId: 1 };
const ports = () => ({
  ...scene,
  newId,
  setTimer: async (timer: Timer, at: number) => void timers.push({ timer, at }),
});
const sample = (minutes: number, energyWh: number): MeterSample => ({
  at: noon + minutes * minuteMs,
  context: 'PERIODIC',
  energyWh,
});

/** Events of a transaction by their numbers: 0 starts, 9 ends, each a minute and 100 Wh apart. */
async function told(...seqNos: readonly number[]): Promise<string> {
  let sessionId = '';
  for (const seqNo of seqNos) {
    const phase = seqNo === 0 ? 'STARTED' : seqNo === 9 ? 'ENDED' : 'UPDATED';
    const recorded = await recordTransactionEvent(
      scene,
      {
        stationId,
        phase,
        transactionRef: 'tx-1',
        seqNo,
        at: noon + seqNo * minuteMs,
        connector,
        samples: [sample(seqNo, seqNo * 100)],
        ...(phase === 'STARTED' ? { token: { uid: goodUid, tokenType: 'RFID' } } : {}),
      },
      scene.hints,
    );
    sessionId = recorded.sessionId;
  }
  return sessionId;
}
const questions = async () =>
  (await scene.commands.listCommands(stationId, { limit: 10 })).items.map(({ request }) => request);
const alerts = async () =>
  (await scene.alerts.listAlerts({ stationId }, { limit: 10 })).items.map(({ kind }) => kind);
const recordOf = async (sessionId: string) =>
  assembleSession(await sessionOf(scene, sessionId), await scene.sessions.listEntries(sessionId));
const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('row 22: a session that ended with events missing', () => {
  test('is marked and looked at again in a minute', async () => {
    const sessionId = await told(0, 1, 9);

    await followEnd(ports(), { sessionId });

    expect((await sessionOf(scene, sessionId)).missingEvents).toBe('AWAITED');
    expect(timers).toEqual([
      { timer: { kind: 'CHECK_SESSION', stationId, sessionId }, at: scene.now + minuteMs },
    ]);
  });

  test('is not asked about when they arrived meanwhile', async () => {
    const sessionId = await told(0, 1, 9);
    await followEnd(ports(), { sessionId });
    await told(2, 3, 4, 5, 6, 7, 8);

    await checkSession(ports(), { stationId, sessionId });

    expect(await questions()).toEqual([]);
    expect((await sessionOf(scene, sessionId)).missingEvents).toBeUndefined();
  });

  test('is asked about, and marked as lost when the station has nothing left [E14]', async () => {
    // Commands are kept for a month of real time.
    scene.now = Date.now();
    const sessionId = await told(0, 1, 9);
    await checkSession(ports(), { stationId, sessionId });

    await recordSessionCheck(ports(), { stationId, sessionId, ongoing: false, messagesQueued: false });
    await checkSession(ports(), { stationId, sessionId });

    expect(await questions()).toEqual([{ kind: 'CHECK_SESSION', sessionId, transactionRef: 'tx-1' }]);
    expect(await sessionOf(scene, sessionId)).toMatchObject({ state: 'ENDED', missingEvents: 'LOST' });
    expect((await recordOf(sessionId)).missingSeqNos).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(await alerts()).toEqual(['EVENTS_LOST']);
  });

  test('is left alone when nothing is missing', async () => {
    const sessionId = await told(...all);

    await followEnd(ports(), { sessionId });
    await recordSessionCheck(ports(), { stationId, sessionId, ongoing: false, messagesQueued: false });

    expect(timers).toEqual([]);
    expect((await sessionOf(scene, sessionId)).missingEvents).toBeUndefined();
    expect(await alerts()).toEqual([]);
  });
});

describe('row 25: a session whose end was never told', () => {
  test('stays open while the station has messages to send, and is asked about again [E14]', async () => {
    const sessionId = await told(0, 1, 2);

    await recordSessionCheck(ports(), { stationId, sessionId, ongoing: false, messagesQueued: true });

    expect((await sessionOf(scene, sessionId)).state).toBe('ACTIVE');
    expect(timers).toEqual([
      { timer: { kind: 'CHECK_SESSION', stationId, sessionId }, at: scene.now + 15 * minuteMs },
    ]);
  });

  test('is not pursued for ever', async () => {
    const sessionId = await told(0);
    scene.now = noon + 8 * 24 * 60 * minuteMs;

    await recordSessionCheck(ports(), { stationId, sessionId, messagesQueued: true });

    expect(timers).toEqual([]);
  });

  test('row 27: ends at the last sample when the station has nothing left, for a person to look at [E14]', async () => {
    const sessionId = await told(0, 1, 2);

    await recordSessionCheck(ports(), { stationId, sessionId, ongoing: false, messagesQueued: false });
    await recordSessionCheck(ports(), { stationId, sessionId, ongoing: false, messagesQueued: false });

    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ENDED',
      endedAt: noon + 2 * minuteMs,
      stopReason: 'OTHER',
      endedByCheck: true,
      missingEvents: 'LOST',
    });
    const record = await recordOf(sessionId);
    expect(record.energyWh).toBe(200);
    expect(record.reviewReasons).toContain(
      'The station never told the end; the session ends at the last that is known of it.',
    );
    expect(await alerts()).toContain('END_NOT_TOLD');
    expect((await scene.live.findConnector(stationId, connector))?.sessionId).toBeUndefined();
  });

  test('row 23: takes events that come later, and stays ended', async () => {
    const sessionId = await told(0, 1, 2);
    await recordSessionCheck(ports(), { stationId, sessionId, ongoing: false, messagesQueued: false });

    await told(5, 9);

    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ENDED',
      endedAt: noon + 2 * minuteMs,
    });
    expect((await scene.sessions.listEntries(sessionId)).map(({ seqNo }) => seqNo)).toEqual([0, 1, 2, 5, 9]);
  });

  test.each([
    ['still runs', { ongoing: true, messagesQueued: false }],
    ['is not spoken of', { messagesQueued: false }],
  ])('stays open when it %s', async (_, answer) => {
    const sessionId = await told(0);

    await recordSessionCheck(ports(), { stationId, sessionId, ...answer });

    expect((await sessionOf(scene, sessionId)).state).toBe('ACTIVE');
  });

  test('is no other station’s to end', async () => {
    const sessionId = await told(0);

    await recordSessionCheck(ports(), {
      stationId: 'CS-2',
      sessionId,
      ongoing: false,
      messagesQueued: false,
    });

    expect((await sessionOf(scene, sessionId)).state).toBe('ACTIVE');
  });

  test('is looked at when its station starts anew, or says that its EVSE is free', async () => {
    const sessionId = await told(0, 1);
    const timer = { kind: 'CHECK_SESSION', stationId, sessionId };

    await followIdle(ports(), { stationId, before: noon - 1 });
    await followIdle(ports(), { stationId, before: noon + 1, evseId: 2 });
    const unconcerned = [...timers];
    await followIdle(ports(), { stationId, before: noon + 1 });
    await followIdle(ports(), { stationId, before: noon + 1, evseId: 1 });

    expect(unconcerned).toEqual([]);
    expect(timers.map((set) => set.timer)).toEqual([timer, timer]);
  });
});

describe('a session that the system numbered', () => {
  const startedAt = noon - 60 * minuteMs;
  const quarterMs = 15 * minuteMs;
  const starts = async (more: { token?: { uid: string; tokenType: 'RFID' } } = {}) => {
    scene.now = startedAt;
    const token = { uid: goodUid, tokenType: 'RFID' } as const;
    const start = { stationId, connector, token, startedAt, meterStartWh: 0, ...more };
    const started = await startSession(scene, start);
    scene.now = noon;
    return started;
  };
  const reads = async (transactionNumber: number, minutes: number, energyWh: number) =>
    recordReadings(scene, {
      stationId,
      connector,
      transactionNumber,
      samples: [sample(minutes, energyWh)],
    });
  const stop = (transactionNumber: number, minutes: number) => ({
    stationId,
    transactionNumber,
    endedAt: noon + minutes * minuteMs,
    meterStopWh: 900,
    stopReason: 'LOCAL' as const,
    readings: [],
  });
  const silent = async (sessionId: string, laterMs = quarterMs) => {
    scene.now += laterMs;
    await endIdleSession(ports(), { stationId, sessionId, idleSince: noon });
  };

  test.each([
    ['boots', {}],
    ['says that its connector is free', { evseId: 1 }],
  ])('is awaited in silence after its station %s, and cannot be asked about', async (_, place) => {
    const { sessionId } = await starts();

    await followIdle(ports(), { stationId, before: noon, ...place });
    await checkSession(ports(), { stationId, sessionId });

    const timer = { kind: 'END_IDLE_SESSION', stationId, sessionId, idleSince: noon };
    expect(timers).toEqual([{ timer, at: noon + quarterMs }]);
    expect(await questions()).toEqual([]);
    await expect(askAboutSession(ports(), await sessionOf(scene, sessionId))).rejects.toMatchObject({
      code: 'NotSupported',
    });
  });

  test('row 27: ends at its last reading when nothing more comes, for a person to look at', async () => {
    const { sessionId, transactionNumber } = await starts();
    await reads(transactionNumber, -20, 500);

    await silent(sessionId);

    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ENDED',
      endedAt: noon - 20 * minuteMs,
      endedByCheck: true,
    });
    expect(await recordOf(sessionId)).toMatchObject({
      energyWh: 500,
      complete: false,
      reviewReasons: ['The station never told the end; the session ends at the last that is known of it.'],
    });
    expect(await alerts()).toEqual(['END_NOT_TOLD']);
    expect((await scene.live.findConnector(stationId, connector))?.sessionId).toBeUndefined();
  });

  test('runs on when readings of later come', async () => {
    const { sessionId, transactionNumber } = await starts();
    await reads(transactionNumber, 2, 500);

    await silent(sessionId);

    expect([(await sessionOf(scene, sessionId)).state, timers]).toEqual(['ACTIVE', []]);
  });

  test('runs on when its connector says that a vehicle is there', async () => {
    const { sessionId } = await starts();
    const statusAt = noon + minuteMs;
    await scene.live.recordConnectorStatus(stationId, { ...connector, status: 'CHARGING', statusAt });

    await silent(sessionId);

    expect((await sessionOf(scene, sessionId)).state).toBe('ACTIVE');
  });

  test('is waited for while its station still tells of what was before', async () => {
    const { sessionId, transactionNumber } = await starts();
    scene.now = noon + 10 * minuteMs;
    await reads(transactionNumber, -20, 500);

    await silent(sessionId, 5 * minuteMs);
    const before = (await sessionOf(scene, sessionId)).state;
    await silent(sessionId);

    expect(before).toBe('ACTIVE');
    expect(timers).toMatchObject([{ timer: { kind: 'END_IDLE_SESSION', idleSince: noon } }]);
    expect((await sessionOf(scene, sessionId)).state).toBe('ENDED');
  });

  test('ends by its own stop when that comes before the bill', async () => {
    const { sessionId, transactionNumber } = await starts();
    await silent(sessionId);

    await endSession(scene, stop(transactionNumber, -5));

    const session = await sessionOf(scene, sessionId);
    expect(session).toMatchObject({ endedAt: noon - 5 * minuteMs, meterStopWh: 900, stopReason: 'LOCAL' });
    expect(session).not.toHaveProperty('endedByCheck');
    expect(await recordOf(sessionId)).toMatchObject({ energyWh: 900, complete: true, reviewReasons: [] });
  });

  test('counts the register of a stop that comes after the bill', async () => {
    const { sessionId, transactionNumber } = await starts();
    await silent(sessionId);
    await scene.cdrs.issueCdr(aCdr(await sessionOf(scene, sessionId)));

    await endSession(scene, stop(transactionNumber, -5));

    expect(await sessionOf(scene, sessionId)).toMatchObject({ endedByCheck: true });
    expect(await recordOf(sessionId)).toMatchObject({ endedAt: noon - 5 * minuteMs, energyWh: 900 });
  });

  test('that was refused and drew nothing ends without a word to operators', async () => {
    const { sessionId } = await starts({ token: { uid: 'NOBODY', tokenType: 'RFID' } });

    await silent(sessionId);

    expect([(await sessionOf(scene, sessionId)).state, await alerts()]).toEqual(['ENDED', []]);
  });

  test('is no other station’s to end, and ended once', async () => {
    const { sessionId, transactionNumber } = await starts();
    await endIdleSession(ports(), { stationId: 'CS-2', sessionId, idleSince: noon });
    const before = (await sessionOf(scene, sessionId)).state;
    await endSession(scene, stop(transactionNumber, 5));

    await silent(sessionId);

    expect(before).toBe('ACTIVE');
    expect(await sessionOf(scene, sessionId)).toMatchObject({ stopReason: 'LOCAL', meterStopWh: 900 });
  });

  test('gives its token back', async () => {
    await givenToken(scene, { uid: 'ONE', maxOpenSessions: 1 });
    const token = { uid: 'ONE', tokenType: 'RFID' } as const;
    const { sessionId } = await starts({ token });
    const elsewhere = { stationId: 'CS-2', connector, token, meterStartWh: 0 };
    await silent(sessionId);

    const { authorization } = await startSession(scene, { ...elsewhere, startedAt: scene.now });

    expect(authorization.status).toBe('ACCEPTED');
  });
});
