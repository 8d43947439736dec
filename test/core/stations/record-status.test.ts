import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { recordStatus, type StatusReport } from '#core/stations/record-status.ts';
import type { ConnectorStatus } from '#core/stations/station.ts';
import { stationStatus } from '#core/stations/station-status.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { goodUid, minuteMs, newScene, noon, type Scene, sessionOf } from '../sessions/scene.ts';

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

function report(status: ConnectorStatus, more: Partial<StatusReport> = {}): StatusReport {
  return { stationId: 'CS-1', connector, status, at: noon, ...more };
}

describe('a status', () => {
  test('is kept with all the station said of it', async () => {
    const said = { errorCode: 'GroundFailure', vendorErrorCode: 'E7', info: 'relay' };

    await recordStatus(scene, report('FAULTED', said));

    expect(await scene.live.findConnector('CS-1', connector)).toEqual({
      ...connector,
      status: 'FAULTED',
      statusAt: noon,
      ...said,
    });
  });

  test('without a time counts as of now', async () => {
    const { at: _, ...timeless } = report('AVAILABLE');

    await recordStatus(scene, timeless);

    expect(await scene.live.findConnector('CS-1', connector)).toMatchObject({ statusAt: noon });
  });

  test('row 34: of the station itself is no connector’s', async () => {
    await recordStatus(scene, report('CHARGING'));

    await recordStatus(scene, report('UNAVAILABLE', { connector: { evseId: 0, connectorId: 0 } }));

    expect(await scene.live.findConnector('CS-1', connector)).toMatchObject({ status: 'CHARGING' });
    expect((await scene.live.findLive('CS-1')).connectors).toHaveLength(2);
  });

  test('row 36: of each connector is kept when all come at once', async () => {
    const places = Array.from({ length: 12 }, (_, index) => ({ evseId: index + 1, connectorId: 1 }));

    await Promise.all(places.map((place) => recordStatus(scene, report('AVAILABLE', { connector: place }))));

    expect((await scene.live.findLive('CS-1')).connectors).toHaveLength(12);
  });

  test('row 35: is the latest by the station’s time, in whatever order they come', async () => {
    const trace = (['AVAILABLE', 'PREPARING', 'CHARGING', 'FINISHING'] as const).map((status, index) =>
      report(status, { at: noon - (4 - index) * minuteMs }),
    );
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(trace, { minLength: 4 }), fc.uuid(), async (order, stationId) => {
        for (const one of order) await recordStatus(scene, { ...one, stationId });

        expect(await scene.live.findConnector(stationId, connector)).toMatchObject({ status: 'FINISHING' });
      }),
      { numRuns: 12 },
    );
  });

  test('tells when it is older than the one that is kept', async () => {
    await recordStatus(scene, report('CHARGING'));

    expect(await recordStatus(scene, report('PREPARING', { at: noon - 1 }))).toBe('stale');
  });

  test('row 21: from the far future does not shut out the ones that follow', async () => {
    await recordStatus(scene, report('FAULTED', { at: Date.UTC(2099, 0, 1) }));
    scene.now += 1_000;

    expect(await recordStatus(scene, report('AVAILABLE', { at: scene.now }))).toBe('recorded');

    expect(await scene.live.findConnector('CS-1', connector)).toMatchObject({ status: 'AVAILABLE' });
  });

  test('rows 21 and 35: of a clock that was never set is the latest when it is told last', async () => {
    await recordStatus(scene, report('CHARGING'));
    for (const status of ['FINISHING', 'AVAILABLE'] as const) {
      scene.now += 1_000;

      expect(await recordStatus(scene, report(status, { at: Date.UTC(2000, 0, 1) }))).toBe('recorded');
    }

    expect(await scene.live.findConnector('CS-1', connector)).toMatchObject({
      status: 'AVAILABLE',
      statusAt: scene.now,
    });
  });

  describe('rows 21 and 35: from an hour before the one that is kept', () => {
    const hourMs = 60 * minuteMs;
    const connects = (connectedAt: number) =>
      scene.live.connect({ stationId: 'CS-1', connectionId: 'c', protocol: 'ocpp1.6', connectedAt });
    const boots = (bootedAt: number) =>
      scene.live.recordBoot({
        stationId: 'CS-1',
        connectionId: 'c',
        bootedAt,
        callsFrom: bootedAt,
        registration: 'ACCEPTED',
      });
    const comes = () => recordStatus(scene, report('AVAILABLE', { at: noon - hourMs }));
    beforeEach(() => recordStatus(scene, report('CHARGING')));

    test('counts as of now where its station was connected then, and kept nothing back', async () => {
      await connects(noon - 2 * hourMs);

      expect(await comes()).toBe('recorded');
      expect(await scene.live.findConnector('CS-1', connector)).toMatchObject({
        status: 'AVAILABLE',
        statusAt: noon,
      });
    });

    test('counts as of now where its station has booted since', async () => {
      await connects(noon - minuteMs);
      await boots(noon - minuteMs);

      expect(await comes()).toBe('recorded');
    });

    test('is older where its station was away and may have kept it', async () => {
      await connects(noon - minuteMs);

      expect(await comes()).toBe('stale');
    });

    test('is older where it is no more than overtaken', async () => {
      await connects(noon - 2 * hourMs);
      await boots(noon);

      expect(await recordStatus(scene, report('AVAILABLE', { at: noon - minuteMs }))).toBe('stale');
    });
  });

  test('of a clock that is a little fast keeps its own order', async () => {
    await recordStatus(scene, report('CHARGING', { at: noon + 5_000 }));

    expect(await recordStatus(scene, report('PREPARING', { at: noon + 4_000 }))).toBe('stale');
  });
});

describe('a status of a connector that a session has', () => {
  const started = async () =>
    startSession(scene, {
      stationId: 'CS-1',
      connector,
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 100_000,
    });
  const statesOf = async (sessionId: string) =>
    assembleSession(await sessionOf(scene, sessionId), await scene.sessions.listEntries(sessionId))
      .chargingStates;
  const minutes = (count: number) => noon + count * minuteMs;

  test('is what its vehicle did, by the station’s time, in whatever order they come and however often', async () => {
    const { sessionId } = await started();

    for (const [status, minute] of [
      ['SUSPENDED_EV', 60],
      ['CHARGING', 1],
      ['SUSPENDED_EVSE', 30],
      ['CHARGING', 1],
      ['CHARGING', 40],
    ] as const) {
      await recordStatus(scene, report(status, { at: minutes(minute) }));
    }

    expect(await statesOf(sessionId)).toEqual([
      { at: minutes(0), state: 'CHARGING' },
      { at: minutes(30), state: 'SUSPENDED_EVSE' },
      { at: minutes(40), state: 'CHARGING' },
      { at: minutes(60), state: 'SUSPENDED_EV' },
    ]);
  });

  test('of before its start is none of it', async () => {
    const { sessionId } = await started();

    await recordStatus(scene, report('FINISHING', { at: minutes(-5) }));

    expect(await statesOf(sessionId)).toEqual([]);
  });

  test.each(['AVAILABLE', 'PREPARING', 'OCCUPIED', 'FAULTED', 'UNAVAILABLE'] as const)(
    'that is %s says nothing of its vehicle',
    async (status) => {
      const { sessionId } = await started();

      await recordStatus(scene, report(status, { at: minutes(5) }));

      expect(await statesOf(sessionId)).toEqual([]);
    },
  );

  test('is no longer the session’s once it has ended', async () => {
    const { sessionId, transactionNumber } = await started();
    const stop = { stationId: 'CS-1', transactionNumber, stopReason: 'LOCAL', readings: [] } as const;
    await endSession(scene, { ...stop, endedAt: minutes(60), meterStopWh: 110_000 });

    await recordStatus(scene, report('FINISHING', { at: minutes(60) }));

    expect(await statesOf(sessionId)).toEqual([]);
  });
});

describe('the status of a whole station', () => {
  const said = (...statuses: ConnectorStatus[]) =>
    statuses.map((status, index) => ({ evseId: index + 1, connectorId: 1, status, statusAt: noon }));
  const own = (status: ConnectorStatus) => ({ evseId: 0, connectorId: 0, status, statusAt: noon });

  test.each([
    ['OFFLINE', said('AVAILABLE'), false],
    ['AVAILABLE', said('CHARGING', 'AVAILABLE', 'FAULTED'), true],
    ['OCCUPIED', said('RESERVED', 'SUSPENDED_EV', 'FAULTED'), true],
    ['RESERVED', said('RESERVED', 'UNAVAILABLE'), true],
    ['UNAVAILABLE', said('UNAVAILABLE', 'FAULTED'), true],
    ['FAULTED', said('FAULTED', 'UNKNOWN'), true],
    ['UNKNOWN', said('UNKNOWN'), true],
    ['UNKNOWN', [], true],
    ['AVAILABLE', [own('AVAILABLE')], true],
    ['FAULTED', [own('FAULTED'), ...said('AVAILABLE')], true],
    ['UNAVAILABLE', [own('UNAVAILABLE'), ...said('AVAILABLE')], true],
    ['OCCUPIED', [own('AVAILABLE'), ...said('CHARGING')], true],
  ])('is %s', (expected, connectors, online) => {
    expect(stationStatus(connectors, online)).toBe(expected);
  });
});
