import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { raiseAlert } from '#core/alerts/raise-alert.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { anEntry, aSession, aStation } from '../adapters/dynamodb/samples.ts';
import { givenToken, goodUid, minuteMs, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

async function given(stationId: string, isConnected = true): Promise<void> {
  const { stations, live } = asked.scene;
  await stations.createStation(aStation({ stationId }));
  const connectionId = `c-${stationId}`;
  if (isConnected) await live.connect({ stationId, connectionId, protocol: 'ocpp1.6', connectedAt: noon });
}

const start = (stationId: string, uid = goodUid, startedAt = noon) =>
  startSession(asked.scene, {
    stationId,
    connector: { evseId: 1, connectorId: 1 },
    token: { uid, tokenType: 'RFID' },
    startedAt,
    meterStartWh: 0,
  });

describe('systemHealth', () => {
  const health = () => asked.ask('Query.systemHealth') as Promise<View>;

  test('of a tenant without stations is OK', async () => {
    expect(await health()).toMatchObject({
      status: 'OK',
      stationsTotal: 0,
      stationsConnected: 0,
      activeSessions: 0,
      openAlerts: 0,
    });
  });

  test('counts stations, connections, sessions and alerts', async () => {
    await given('CS-1');
    await given('CS-2', false);
    await start('CS-1');

    expect(await health()).toMatchObject({
      status: 'DEGRADED',
      stationsTotal: 2,
      stationsConnected: 1,
      activeSessions: 1,
      checks: [
        { name: 'stations', status: 'DEGRADED', message: '1 of 2 stations are connected' },
        { name: 'alerts', status: 'OK' },
      ],
      timestamp: new Date(noon).toISOString(),
    });
  });

  test('is DOWN when no station is connected, DEGRADED by a grave alert alone', async () => {
    await given('CS-1');
    const alert = { category: 'SYSTEM_ERROR', kind: 'test', message: 'something' } as const;
    await raiseAlert(asked.scene, { ...alert, severity: 'LOW', subject: 'low' });
    expect(await health()).toMatchObject({ status: 'OK', openAlerts: 1 });

    await raiseAlert(asked.scene, { ...alert, severity: 'CRITICAL', subject: 'critical' });
    expect(await health()).toMatchObject({ status: 'DEGRADED', openAlerts: 2 });

    await asked.scene.live.disconnect('CS-1', 'c-CS-1', noon);
    expect(await health()).toMatchObject({ status: 'DOWN', stationsConnected: 0 });
  });

  test('is of one tenant alone', async () => {
    await given('CS-1');
    const theirs = await newAsked(db);

    expect(await theirs.ask('Query.systemHealth')).toMatchObject({ stationsTotal: 0, stationsConnected: 0 });
  });
});

describe('ocppConnections', () => {
  const idsOf = (page: unknown) => ((page as View).items as View[]).map(({ stationId }) => stationId);

  test('are those of stations that are connected now', async () => {
    await given('CS-1');
    await given('CS-2');
    await asked.scene.live.disconnect('CS-2', 'c-CS-2', noon);

    expect(await asked.ask('Query.ocppConnections')).toEqual([
      {
        stationId: 'CS-1',
        status: 'CONNECTED',
        ocppVersion: 'OCPP_1_6',
        connectedAt: new Date(noon).toISOString(),
        lastSeenAt: undefined,
      },
    ]);
  });

  test('come in pages that hold each once, across reconnects', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `CS-${index}`);
    for (const id of ids) await given(id);
    await asked.scene.live.connect({
      stationId: 'CS-3',
      connectionId: 'again',
      protocol: 'ocpp1.6',
      connectedAt: noon + 1,
    });
    const seen: unknown[] = [];
    let nextToken: unknown = null;
    do {
      const page = (await asked.ask('Query.ocppConnectionsPage', { limit: 5, nextToken })) as View;
      seen.push(...idsOf(page));
      nextToken = page.nextToken;
    } while (nextToken !== null);

    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  test('can be asked for the stations that are away', async () => {
    await given('CS-1');
    await given('CS-2', false);
    await given('CS-3');
    await asked.scene.live.disconnect('CS-3', 'c-CS-3', noon);

    const page = await asked.ask('Query.ocppConnectionsPage', { status: 'DISCONNECTED' });

    expect(page).toMatchObject({
      items: [
        { stationId: 'CS-2', status: 'DISCONNECTED' },
        { stationId: 'CS-3', status: 'DISCONNECTED', connectedAt: new Date(noon).toISOString() },
      ],
      nextToken: null,
    });
  });

  test('are nobody else’s', async () => {
    await given('CS-1');
    const theirs = await newAsked(db);

    expect(await theirs.ask('Query.ocppConnections')).toEqual([]);
    await expect(theirs.ask('Query.ocppConnectionsPage', { status: 'AWAY' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'status',
    });
  });
});

describe('a session that is told in hundreds of words', () => {
  test('is told whole, and in a list of a hundred sessions by the latest of them', async () => {
    const { sessions } = asked.scene;
    const session = aSession();
    const moments = Array.from({ length: 220 }, (_, index) => noon + index * minuteMs);
    await sessions.openSession(session, { occupies: false });
    await sessions.addEntries(
      session.sessionId,
      moments.map((moment) => anEntry(moment, { chargingState: 'CHARGING' })),
    );
    const source = { sessionId: session.sessionId, stationId: session.stationId };
    const list = Array.from({ length: 100 }, () => source);
    const timesOf = (told: unknown) => (told as View[]).map(({ timestamp }) => Date.parse(String(timestamp)));

    const [readings] = await asked.askMany('ChargingSession.meterValues', [source]);
    const listed = await asked.askMany('ChargingSession.meterValues', list);
    const [events] = await asked.askMany('ChargingSession.events', list);

    expect(timesOf(readings)).toEqual(moments);
    expect(listed.map((one) => timesOf(one))).toEqual(list.map(() => moments.slice(-40)));
    expect(timesOf(events)).toEqual([session.startedAt, ...moments.slice(-39)]);
  });
});

describe('what happened in a session', () => {
  const at = (minutes: number) => new Date(noon + minutes * minuteMs).toISOString();

  test('is its start, what the station said, and its end', async () => {
    const stationId = 'CS-2';
    const event = (seqNo: number, more: object) =>
      recordTransactionEvent(
        asked.scene,
        {
          stationId,
          transactionRef: 'tx-1',
          phase: 'UPDATED',
          seqNo,
          at: noon + seqNo * minuteMs,
          offline: false,
          samples: [],
          connector: { evseId: 1, connectorId: 1 },
          ...more,
        } as Parameters<typeof recordTransactionEvent>[1],
        asked.scene.hints,
      );
    await event(0, { phase: 'STARTED', trigger: 'CablePluggedIn', chargingState: 'EV_CONNECTED' });
    await event(1, {
      trigger: 'Authorized',
      chargingState: 'CHARGING',
      token: { uid: goodUid, tokenType: 'RFID' },
    });
    await event(2, { trigger: 'MeterValuePeriodic', chargingState: 'CHARGING' });
    await event(3, {
      phase: 'ENDED',
      trigger: 'StopAuthorized',
      stopReason: 'OTHER',
      kept: { stoppedReason: 'StoppedByEV', phasesUsed: 3 },
    });
    const [session] = (await asked.ask('Query.sessions', {})) as View[];

    const [events] = (await asked.askMany('ChargingSession.events', [session ?? {}])) as View[][];

    expect(events).toMatchObject([
      { type: 'STARTED', timestamp: at(0) },
      { type: 'CHARGING_STATE', timestamp: at(0), details: { chargingState: 'EV_CONNECTED' } },
      { type: 'CHARGING_STATE', timestamp: at(1), details: { trigger: 'Authorized' } },
      { type: 'STATION_UPDATED', timestamp: at(2), details: { seqNo: 2 } },
      { type: 'STATION_ENDED', timestamp: at(3), details: { stoppedReason: 'StoppedByEV', phasesUsed: 3 } },
      { type: 'ENDED', timestamp: at(3), details: { stopReason: 'OTHER' } },
    ]);
  });

  test('is nobody else’s', async () => {
    const { sessionId } = await start('CS-1');
    const theirs = await newAsked(db);

    expect(await theirs.askMany('ChargingSession.events', [{ sessionId }])).toEqual([[]]);
  });
});

describe('sessionsByUser', () => {
  const startsOf = (views: unknown) => (views as View[]).map(({ startTimestamp }) => startTimestamp);

  beforeEach(async () => {
    for (let index = 0; index < 5; index += 1) {
      const { transactionNumber } = await start('CS-1', goodUid, noon + index * minuteMs);
      await endSession(asked.scene, {
        stationId: 'CS-1',
        transactionNumber,
        endedAt: noon + index * minuteMs + 1,
        meterStopWh: 0,
        stopReason: 'LOCAL',
        readings: [],
      });
    }
  });

  test('gives a part of them, newest first', async () => {
    const part = await asked.ask('Query.sessionsByUser', { userId: 'user-1', limit: 2, offset: 1 });
    const rest = await asked.ask('Query.sessionsByUser', { userId: 'user-1', offset: 3 });

    const minute = (index: number) => new Date(noon + index * minuteMs).toISOString();
    expect(startsOf(part)).toEqual([minute(3), minute(2)]);
    expect(startsOf(rest)).toEqual([minute(1), minute(0)]);
  });

  test.each([
    ['limit', { limit: 201 }],
    ['offset', { offset: -1 }],
    ['offset', { offset: 1_001 }],
    ['userId', { userId: '' }],
  ])('names what is wrong: %s', async (field, mistake) => {
    const args = { userId: 'user-1', ...mistake };

    await expect(asked.ask('Query.sessionsByUser', args)).rejects.toMatchObject({
      code: 'Validation',
      field,
    });
  });

  test('knows no user of another tenant', async () => {
    const theirs = await newAsked(db);

    expect(await theirs.ask('Query.sessionsByUser', { userId: 'user-1' })).toEqual([]);
  });
});

describe('the filter of sessions', () => {
  const idsOf = async (filter: View) =>
    ((await asked.ask('Query.sessions', { filter })) as View[]).map(({ stationId }) => stationId).toSorted();

  beforeEach(async () => {
    await givenToken(asked.scene, { uid: 'CONTRACT', tokenType: 'EMAID', userId: 'user-2' });
    const first = await start('CS-1');
    await endSession(asked.scene, {
      stationId: 'CS-1',
      transactionNumber: first.transactionNumber,
      endedAt: noon + 30 * minuteMs,
      meterStopWh: 5_000,
      stopReason: 'LOCAL',
      readings: [],
    });
    await startSession(asked.scene, {
      stationId: 'CS-2',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: 'CONTRACT', tokenType: 'EMAID' },
      startedAt: noon + 60 * minuteMs,
      meterStartWh: 0,
    });
    await start('CS-3', goodUid, noon + 90 * minuteMs);
  });

  const at = (minutes: number) => new Date(noon + minutes * minuteMs).toISOString();

  test.each<[string, View, readonly string[]]>([
    ['stationIds', { stationIds: ['CS-1', 'CS-3'] }, ['CS-1', 'CS-3']],
    ['userIds', { userIds: ['user-2'] }, ['CS-2']],
    ['several userIds', { userIds: ['user-1', 'user-2'] }, ['CS-1', 'CS-2', 'CS-3']],
    ['stationIds and userIds', { stationIds: ['CS-1', 'CS-2'], userIds: ['user-1', 'user-3'] }, ['CS-1']],
    ['status', { status: ['COMPLETED'] }, ['CS-1']],
    ['status of running ones', { status: ['ACTIVE'], stationIds: ['CS-2', 'CS-3'] }, ['CS-2', 'CS-3']],
    ['startAfter', { startAfter: at(60) }, ['CS-2', 'CS-3']],
    ['startBefore', { startBefore: at(60) }, ['CS-1']],
    ['endAfter', { endAfter: at(30) }, ['CS-1']],
    ['endAfter, later', { endAfter: at(31) }, []],
    ['endBefore', { endBefore: at(31) }, ['CS-1']],
    ['minEnergy', { minEnergy: 5 }, ['CS-1']],
    ['maxEnergy', { maxEnergy: 4.9 }, []],
    ['authMethods', { authMethods: ['PLUG_AND_CHARGE'] }, ['CS-2']],
    ['several authMethods', { authMethods: ['RFID', 'REMOTE'] }, ['CS-1', 'CS-3']],
    [
      'more stations than have indexes read',
      { stationIds: Array.from({ length: 30 }, (_, i) => `CS-${i}`) },
      ['CS-1', 'CS-2', 'CS-3'],
    ],
  ])('means what it says: %s', async (_, filter, expected) => {
    expect(await idsOf(filter)).toEqual(expected);
  });
});

describe('maintenance', () => {
  test('is begun, and begun once; its steps are handed on', async () => {
    const type = 'RECONCILE_STATIONS';

    expect(await asked.ask('Query.latestMaintenance', { type })).toBeNull();
    const run = await asked.ask('Mutation.triggerSystemMaintenance', { type });

    expect(run).toMatchObject({ type, stationsReached: 0, startedAt: new Date(noon).toISOString() });
    expect(await asked.ask('Query.latestMaintenance', { type })).toEqual(run);
    expect(await asked.ask('Mutation.triggerSystemMaintenance', { type })).toEqual(run);
    expect(asked.steps).toMatchObject([
      { task: type, requestedBy: 'alice' },
      { task: type, requestedBy: 'alice' },
    ]);
  });

  test('has stations forget what they remember of tokens', async () => {
    expect(await asked.ask('Mutation.clearCache', { cacheType: 'STATION_AUTHORIZATION' })).toBe(true);

    expect(asked.steps).toMatchObject([{ task: 'CLEAR_CACHES' }]);
  });

  test.each([
    ['Mutation.triggerSystemMaintenance', 'type', { type: 'DEFRAGMENT' }],
    ['Mutation.clearCache', 'cacheType', { cacheType: 'EVERYTHING' }],
  ])('%s names what is wrong', async (field, name, args) => {
    await expect(asked.ask(field, args)).rejects.toMatchObject({ code: 'Validation', field: name });
    expect(asked.steps).toEqual([]);
  });
});
