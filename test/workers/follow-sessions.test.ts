import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { readTimer } from '#adapters/sqs/timers.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import type { ConnectorLive } from '#core/stations/station.ts';
import { changeTariff } from '#core/tariffs/manage-tariffs.ts';
import { usualPolicy } from '#core/tenants/tenant-policy.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { goodUid, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { givenTariff, priced } from '../core/tariffs/tariff-scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let scene: Scene;
let follow: Door<SQSEvent, BatchResult>;
let tellCost: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  process.env.TIMERS_QUEUE_URL = process.env.RATING_QUEUE_URL;
  ({ handler: follow } = await import('../../functions/workers/follow-sessions.handler.ts'));
  ({ handler: tellCost } = await import('../../functions/workers/tell-cost.handler.ts'));
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterEach(() => {
  cloud.queued.length = 0;
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

const stationId = 'CS-1';

function record(type: string, detail: object): SQSRecord {
  const body = JSON.stringify({
    'detail-type': type,
    time: new Date().toISOString(),
    detail: { eventId: 'e-1', tenantId: scene.tenantId, stationId, at: Date.now(), ...detail },
  });
  return { messageId: 'm-1', body } as SQSRecord;
}
const happens = (type: string, detail: object) => follow({ Records: [record(type, detail)] }, lambdaContext);
const timers = () => cloud.queued.map(({ body }) => readTimer(body).timer);
const event = (phase: 'STARTED' | 'ENDED', seqNo: number) =>
  recordTransactionEvent(
    scene,
    {
      stationId,
      phase,
      transactionRef: 'tx',
      seqNo,
      at: noon + seqNo,
      connector: { evseId: 1, connectorId: 1 },
      samples: [],
      ...(phase === 'STARTED' ? { token: { uid: goodUid, tokenType: 'RFID' } } : {}),
    },
    scene.hints,
  );

async function reservation(): Promise<number> {
  await scene.reservations.addReservation({
    reservationId: 'CS-1-7',
    stationId,
    number: 7,
    state: 'RESERVED',
    place: { evseId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    expiresAt: noon + 3_600_000,
    createdAt: noon - 1,
    updatedAt: noon - 1,
    commandId: 'c-1',
  });
  return 7;
}
const reservationState = async () => (await scene.reservations.findReservation(stationId, 7))?.state;

describe('what follows from changes', () => {
  const changed = { reservationId: 'CS-1-7', number: 7, expiresAt: noon, place: {}, tokenUid: 'X' };

  test('a new reservation gets its end, others do not', async () => {
    await happens('ReservationChanged.v1', { ...changed, state: 'REQUESTED' });
    await happens('ReservationChanged.v1', { ...changed, state: 'RESERVED' });

    expect(timers()).toEqual([{ kind: 'EXPIRE_RESERVATION', stationId, number: 7 }]);
  });

  test('a start that named no reservation uses the one it was made for [H03]', async () => {
    await reservation();
    const { sessionId } = await event('STARTED', 0);

    await happens('SessionStarted.v1', { sessionId, authorised: true });

    expect(await reservationState()).toBe('USED');
  });

  describe('a reservation', () => {
    const tells = (connector: Pick<ConnectorLive, 'evseId' | 'connectorId' | 'status'>, statusAt = noon) =>
      scene.live.recordConnectorStatus(stationId, { ...connector, statusAt });
    const changes = (connector: object, at = noon) =>
      happens('StationStatusChanged.v1', { status: 'AVAILABLE', at, connector });

    test.each([
      ['broke down', { evseId: 1, connectorId: 1, status: 'FAULTED' }, 'REMOVED'],
      ['was taken out of service', { evseId: 1, connectorId: 1, status: 'UNAVAILABLE' }, 'REMOVED'],
      ['broke down with all of the station', { evseId: 0, connectorId: 0, status: 'FAULTED' }, 'REMOVED'],
      ['is free', { evseId: 1, connectorId: 1, status: 'AVAILABLE' }, 'RESERVED'],
      ['is beside one that broke down', { evseId: 2, connectorId: 1, status: 'FAULTED' }, 'RESERVED'],
    ] as const)('whose place %s: %j makes it %s [H01]', async (_, connector, state) => {
      await reservation();
      await tells(connector);

      await changes(connector);

      expect(await reservationState()).toBe(state);
    });

    test('keeps why its station gave it up, and another end that it came to before', async () => {
      await reservation();
      const faulted = { evseId: 1, connectorId: 1, status: 'FAULTED' } as const;
      await changes(faulted);
      await changes({ ...faulted, status: 'UNAVAILABLE' });

      const ended = await scene.reservations.findReservation(stationId, 7);

      expect(ended).toMatchObject({ state: 'REMOVED', refusal: 'FAULTED' });
    });

    test('is lost with the last connector of its EVSE', async () => {
      await reservation();
      const first = { evseId: 1, connectorId: 1, status: 'FAULTED' } as const;
      const second = { evseId: 1, connectorId: 2, status: 'UNAVAILABLE' } as const;
      await tells({ ...second, status: 'AVAILABLE' }, noon - 1);
      await changes(first);
      const before = await reservationState();
      await tells(first);
      await tells(second);

      await changes(second);

      expect([before, await reservationState()]).toEqual(['RESERVED', 'REMOVED']);
    });

    test('that was agreed to after an outage outlives being told of it late', async () => {
      await reservation();
      await tells({ evseId: 1, connectorId: 1, status: 'AVAILABLE' });

      await changes({ evseId: 1, connectorId: 1, status: 'FAULTED' }, noon - 60_000);

      expect(await reservationState()).toBe('RESERVED');
    });
  });

  test('row 22: an end with events missing has the session looked at again', async () => {
    const { sessionId } = await event('STARTED', 0);
    await event('ENDED', 2);

    await happens('SessionEnded.v1', { sessionId });

    expect(timers()).toEqual([{ kind: 'CHECK_SESSION', stationId, sessionId }]);
  });

  test('row 25: a boot has a session that cannot be asked about awaited in silence', async () => {
    const { sessionId } = await startSession(scene, {
      stationId,
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });
    const at = Date.now();

    await happens('StationBooted.v1', { registration: 'ACCEPTED', at });

    expect(timers()).toEqual([{ kind: 'END_IDLE_SESSION', stationId, sessionId, idleSince: at }]);
  });

  test.each([
    ['a boot', 'StationBooted.v1', { registration: 'ACCEPTED' }, 1],
    ['a boot that was not accepted', 'StationBooted.v1', { registration: 'PENDING' }, 0],
    ['a free EVSE', 'StationStatusChanged.v1', statusOf(1, 'AVAILABLE'), 1],
    ['another free EVSE', 'StationStatusChanged.v1', statusOf(2, 'AVAILABLE'), 0],
    ['an occupied EVSE', 'StationStatusChanged.v1', statusOf(1, 'OCCUPIED'), 0],
  ])('row 25: %s has open sessions looked at: %s', async (_, type, detail, times) => {
    await event('STARTED', 0);

    await happens(type, detail);

    expect(timers()).toHaveLength(times);
  });

  describe('a session', () => {
    const tenant = (defaultTariffId: string) =>
      tenantDirectory(db.client, db.tables).createTenant({
        tenantId: scene.tenantId,
        slug: scene.tenantId,
        name: 'Demo',
        status: 'ACTIVE',
        tenantType: 'CPO',
        countryCode: 'FR',
        partyId: 'DMO',
        currency: 'EUR',
        timeZone: 'Europe/Paris',
        defaultTariffId,
        createdAt: noon,
        updatedAt: noon,
      });

    test('has its tariff pinned when it starts, however often that is told', async () => {
      await tenant('usual');
      await givenTariff(scene, 'usual');
      const { sessionId } = await event('STARTED', 0);
      const started = { sessionId, authorised: true };

      await happens('SessionStarted.v1', started);
      await changeTariff(scene, { tariffId: 'usual' }, (before) => priced(before, '9'));
      await happens('SessionStarted.v1', started);

      expect(await scene.sessions.findSession(sessionId)).toMatchObject({
        tariffPin: { tariffId: 'usual', revision: 1, by: 'TENANT' },
      });
    });

    test('whose driver or connector became known later has it pinned then [E03]', async () => {
      await tenant('usual');
      await givenTariff(scene, 'usual');
      const { sessionId } = await event('STARTED', 0);

      await happens('SessionIdentified.v1', { sessionId, authorised: true });

      expect(await scene.sessions.findSession(sessionId)).toMatchObject({ tariffPin: { tariffId: 'usual' } });
    });

    test('whose start was told to nobody has it pinned when it ends', async () => {
      await tenant('usual');
      await givenTariff(scene, 'usual');
      const { sessionId } = await event('STARTED', 0);
      await event('ENDED', 1);

      await happens('SessionEnded.v1', { sessionId });

      expect(await scene.sessions.findSession(sessionId)).toMatchObject({
        tariffPin: { tariffId: 'usual', revision: 1 },
      });
    });
  });

  test('what cannot be read comes again', async () => {
    expect(await happens('SomethingElse.v1', {})).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
  });
});

function statusOf(evseId: number, status: string) {
  return { status: 'AVAILABLE', connector: { evseId, connectorId: 1, status } };
}

describe('readings of sessions', () => {
  beforeEach(async () => {
    scene.now = Date.now();
    await scene.stations.createStation(aStation({ stationId, protocol: 'ocpp2.0.1' }));
    await scene.live.connect({ stationId, connectionId: 'c', protocol: 'ocpp2.0.1', connectedAt: 1 });
    await scene.tariffs.saveTariff({
      tariffId: 'flat',
      name: 'Flat',
      currency: 'EUR',
      elements: [{ priceComponents: [{ type: 'FLAT', price: '2', stepSize: 1 }] }],
      status: 'ACTIVE',
      createdAt: 1,
      updatedAt: 1,
      revision: 1,
    });
  });

  test.each([
    [true, 1],
    [false, 0],
  ])('tell the station what they cost where the tenant wants it (%s) [I02]', async (wanted, times) => {
    await tenantDirectory(db.client, db.tables).createTenant({
      tenantId: scene.tenantId,
      slug: scene.tenantId,
      name: 'Demo',
      status: 'ACTIVE',
      tenantType: 'CPO',
      countryCode: 'FR',
      partyId: 'DMO',
      currency: 'EUR',
      timeZone: 'Europe/Paris',
      defaultTariffId: 'flat',
      policy: { ...usualPolicy, showRunningCost: wanted },
      createdAt: noon,
      updatedAt: noon,
    });
    const { sessionId } = await event('STARTED', 0);

    await tellCost({ Records: [record('SessionMetered.v1', { sessionId })] }, lambdaContext);

    const { items } = await scene.commands.listCommands(stationId, { limit: 5 });
    expect(items.map(({ request }) => request)).toEqual(
      Array(times).fill({ kind: 'TELL_COST', transactionRef: 'tx', amount: 2 }),
    );
  });
});
