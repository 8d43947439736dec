import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '#core/commands/command.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { recordStatus } from '#core/stations/record-status.ts';
import { aStation, aTariff } from '../adapters/dynamodb/samples.ts';
import { blockedUid, expiredUid, givenToken, goodUid } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
  asked.scene.now = Date.now();
  await given('ocpp1.6');
});
afterAll(() => db.close());

async function given(protocol: string, stationId = 'CS-1'): Promise<void> {
  const { stations, live } = asked.scene;
  await stations.createStation(aStation({ stationId, protocol }));
  await live.connect({ stationId, connectionId: 'c-1', protocol, connectedAt: asked.scene.now });
}

/** A station that deals with what comes into its queue as told. */
function station(deal: (command: Command) => Promise<void>): Command[] {
  const { commands } = asked.scene;
  const seen: Command[] = [];
  Object.assign(asked.services, {
    commands: {
      ...commands,
      addCommand: async (command: Command) => {
        await commands.addCommand(command);
        seen.push(command);
        await deal(command);
      },
    },
  });
  return seen;
}

const answer = (state: 'ACCEPTED' | 'REJECTED') => async (command: Command) => {
  await asked.scene.commands.settle(command.stationId, command.commandId, {
    state,
    settledAt: asked.scene.now,
    answer: { status: state === 'ACCEPTED' ? 'Accepted' : 'Rejected' },
  });
};

async function begins(uid = goodUid, stationId = 'CS-1') {
  const { scene } = asked;
  return startSession(scene, {
    stationId,
    connector: { evseId: 1, connectorId: 1 },
    token: { uid, tokenType: 'RFID' },
    startedAt: scene.now,
    meterStartWh: 100,
  });
}

const input = (more: View = {}) => ({ stationId: 'CS-1', connectorId: 1, authTokenId: goodUid, ...more });
const start = (more: View = {}, timeoutSeconds = 5) =>
  asked.ask('Mutation.startSession', { input: input(more), timeoutSeconds }) as Promise<View>;

describe('startSession', () => {
  test('asks the station and answers with the session that it begins', async () => {
    const seen = station(async (command) => {
      await answer('ACCEPTED')(command);
      await begins();
    });

    const session = await start();

    expect(session).toMatchObject({ stationId: 'CS-1', tokenUid: goodUid, status: 'ACTIVE' });
    expect(seen).toMatchObject([
      {
        request: { kind: 'START_SESSION', connector: { evseId: 1, connectorId: 1 }, token: { uid: goodUid } },
        requestedBy: 'alice',
      },
    ]);
  });

  test('knows the session of a 2.0.1 station by the number that it sent along', async () => {
    await given('ocpp2.0.1', 'CS-2');
    station(async (command) => {
      await answer('ACCEPTED')(command);
      const { request } = command;
      if (request.kind !== 'START_SESSION') throw new Error('another request');
      await recordTransactionEvent(
        asked.scene,
        {
          stationId: 'CS-2',
          transactionRef: 'tx-1',
          phase: 'STARTED',
          seqNo: 0,
          at: asked.scene.now,
          trigger: 'RemoteStart',
          connector: { evseId: 1, connectorId: 1 },
          token: { uid: goodUid, tokenType: 'RFID' },
          remoteStartId: request.remoteStartId,
          offline: false,
          samples: [],
        },
        asked.scene.hints,
      );
    });

    const session = await start({ stationId: 'CS-2' });

    expect(session).toMatchObject({ transactionId: 'tx-1', authMethod: 'REMOTE' });
  });

  describe('where the cable was plugged in first, and its session runs', () => {
    const tell = (phase: 'STARTED' | 'UPDATED', seqNo: number, more: object) =>
      recordTransactionEvent(
        asked.scene,
        {
          ...{ stationId: 'CS-2', transactionRef: 'tx-1', phase, seqNo, at: asked.scene.now, samples: [] },
          ...more,
        },
        asked.scene.hints,
      );
    const connector = { evseId: 1, connectorId: 1 };
    const token = { uid: goodUid, tokenType: 'RFID' };

    beforeEach(async () => {
      await given('ocpp2.0.1', 'CS-2');
      await tell('STARTED', 0, { trigger: 'CablePluggedIn', connector });
    });

    test.each([true, false])(
      'gives that session its driver, whether the station names the start (%s) or not [F01]',
      async (names) => {
        station(async (command) => {
          await answer('ACCEPTED')(command);
          const { request } = command;
          if (request.kind !== 'START_SESSION') throw new Error('another request');
          const { remoteStartId } = request;
          await tell('UPDATED', 1, { trigger: 'RemoteStart', token, ...(names ? { remoteStartId } : {}) });
        });

        const session = await start({ stationId: 'CS-2' });

        expect(session).toMatchObject({ transactionId: 'tx-1', tokenUid: goodUid });
      },
    );

    test('says Conflict once it has a driver', async () => {
      await tell('UPDATED', 1, { trigger: 'Authorized', token });

      await expect(start({ stationId: 'CS-2' })).rejects.toMatchObject({ code: 'Conflict' });
    });
  });

  test('agrees on the tariff that is named, for this driver at this connector', async () => {
    await asked.scene.tariffs.saveTariff(aTariff({ tariffId: 'GUEST' }));
    station(async (command) => {
      await answer('ACCEPTED')(command);
      await begins();
    });

    await start({ tariffId: 'GUEST' });

    const place = { stationId: 'CS-1', connector: { evseId: 1, connectorId: 1 }, tokenUid: goodUid };
    expect(await asked.scene.agreements.findAgreement(place)).toMatchObject({ tariffId: 'GUEST' });
  });

  test('asks nobody when a tariff is named that is not there', async () => {
    const seen = station(answer('ACCEPTED'));

    await expect(start({ tariffId: 'NONE' })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'input.tariffId',
    });
    expect(seen).toEqual([]);
  });

  test.each([
    ['NotFound', 'input.stationId', { stationId: 'CS-9' }],
    ['Validation', 'input.connectorId', { connectorId: 3 }],
    ['Validation', 'input.connectorId', { connectorId: 0 }],
    ['NotFound', 'input.authTokenId', { authTokenId: 'NOBODY' }],
    ['Validation', 'input.authTokenId', { authTokenId: blockedUid }],
    ['Validation', 'input.authTokenId', { authTokenId: expiredUid }],
    ['Validation', 'input.authTokenId', { authTokenId: '' }],
    ['Validation', 'input', { colour: 'red' }],
  ])('%s for %s', async (code, field, mistake) => {
    await expect(start(mistake)).rejects.toMatchObject({ code, field });
  });

  test('holds the token’s restrictions against the place', async () => {
    await givenToken(asked.scene, { uid: 'ELSEWHERE', restrictions: { stationIds: ['CS-7'] } });

    await expect(start({ authTokenId: 'ELSEWHERE' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'input.authTokenId',
    });
  });

  test('says StationOffline when nobody is there', async () => {
    await asked.scene.live.disconnect('CS-1', 'c-1', asked.scene.now);

    await expect(start()).rejects.toMatchObject({ code: 'StationOffline', field: 'input.stationId' });
  });

  test('says Conflict where somebody charges, and where the connector is out of order', async () => {
    const seen = station(answer('ACCEPTED'));
    const connector = { evseId: 2, connectorId: 1 };
    await recordStatus(asked.scene, { stationId: 'CS-1', connector, status: 'FAULTED', at: asked.scene.now });
    const { sessionId } = await begins();

    await expect(start()).rejects.toMatchObject({
      code: 'Conflict',
      field: 'input.connectorId',
      message: expect.stringContaining(sessionId),
    });
    await expect(start({ connectorId: 2 })).rejects.toMatchObject({
      code: 'Conflict',
      field: 'input.connectorId',
    });
    expect(seen).toEqual([]);
  });

  test('says StationRefused when the station refuses', async () => {
    station(answer('REJECTED'));

    await expect(start()).rejects.toMatchObject({ code: 'StationRefused' });
  });

  test('says Timeout with the command’s id when the station is silent, and when nobody plugs in', async () => {
    const silent = station(async () => undefined);
    const unanswered = start({}, 1);
    await expect(unanswered).rejects.toMatchObject({
      code: 'Timeout',
      message: expect.stringContaining('has not answered'),
    });
    const waiting = station(answer('ACCEPTED'));

    const failure = await start({}, 1).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'Timeout' });
    expect(String(failure)).toContain(waiting.at(-1)?.commandId);
    expect(silent.length).toBeGreaterThan(0);
  });

  test('does not take a session that ran there before for its own', async () => {
    await givenToken(asked.scene, { uid: 'OTHER' });
    station(async (command) => {
      await answer('ACCEPTED')(command);
      await begins('OTHER');
    });

    await expect(start({}, 1)).rejects.toMatchObject({ code: 'Timeout' });
  });

  test('knows nothing of another tenant’s stations and tokens', async () => {
    const theirs = await newAsked(db);

    await expect(theirs.ask('Mutation.startSession', { input: input() })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'input.stationId',
    });
  });
});

describe('stopSession', () => {
  const stop = (sessionId: string, timeoutSeconds = 5) =>
    asked.ask('Mutation.stopSession', { sessionId, timeoutSeconds }) as Promise<View>;
  const ends = (transactionNumber: number) =>
    endSession(asked.scene, {
      stationId: 'CS-1',
      transactionNumber,
      endedAt: asked.scene.now + 60_000,
      meterStopWh: 1_100,
      stopReason: 'REMOTE',
      readings: [],
    });

  test('asks the station and answers with the session as it ended', async () => {
    const { sessionId, transactionNumber } = await begins();
    const seen = station(async (command) => {
      await answer('ACCEPTED')(command);
      await ends(transactionNumber);
    });

    const session = await stop(sessionId);

    expect(session).toMatchObject({ sessionId, status: 'COMPLETED', stopReason: 'REMOTE', totalEnergy: 1 });
    expect(seen).toMatchObject([{ request: { kind: 'STOP_SESSION', sessionId } }]);
  });

  test('of a session that has ended asks nobody', async () => {
    const { sessionId, transactionNumber } = await begins();
    await ends(transactionNumber);
    const seen = station(answer('ACCEPTED'));

    expect(await stop(sessionId)).toMatchObject({ sessionId, status: 'COMPLETED' });
    expect(seen).toEqual([]);
  });

  test('gives the session as it is when the station agrees and takes its time', async () => {
    const { sessionId } = await begins();
    station(answer('ACCEPTED'));

    expect(await stop(sessionId, 1)).toMatchObject({ sessionId, status: 'ACTIVE' });
  });

  test('says StationRefused when the station refuses, Timeout when it is silent, StationOffline when it is away', async () => {
    const { sessionId } = await begins();

    station(answer('REJECTED'));
    await expect(stop(sessionId)).rejects.toMatchObject({ code: 'StationRefused' });
    await given('ocpp1.6', 'CS-2');
    await asked.scene.live.disconnect('CS-1', 'c-1', asked.scene.now);
    await expect(stop(sessionId)).rejects.toMatchObject({ code: 'StationOffline' });
  });

  test('of another tenant’s session is NotFound', async () => {
    const { sessionId } = await begins();
    const theirs = await newAsked(db);

    await expect(theirs.ask('Mutation.stopSession', { sessionId })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'sessionId',
    });
  });
});

describe('reservations', () => {
  const expiresAt = () => new Date(Math.ceil(asked.scene.now / 1000) * 1000 + 3_600_000).toISOString();
  const reserve = (more: View = {}) =>
    asked.ask('Mutation.reserveConnector', {
      input: input({ expiresAt: expiresAt(), ...more }),
      timeoutSeconds: 1,
    }) as Promise<View>;
  const settled = (state: 'RESERVED' | 'REJECTED', refusal?: 'OCCUPIED') => async (command: Command) => {
    const { request, stationId } = command;
    if (request.kind !== 'RESERVE') return;
    await asked.scene.reservations.takeStep(stationId, request.number, {
      state,
      at: asked.scene.now,
      from: ['REQUESTED'],
      ...(refusal === undefined ? {} : { refusal }),
    });
  };

  test('are accepted by the station, and the same again is the same', async () => {
    station(settled('RESERVED'));

    const made = await reserve();
    const again = await reserve();

    expect(made).toEqual({
      reservationId: expect.stringContaining('CS-1-'),
      status: 'ACCEPTED',
      expiresAt: expiresAt(),
    });
    expect(again).toEqual(made);
  });

  test('say why the station refused, and PENDING while it is silent', async () => {
    station(settled('REJECTED', 'OCCUPIED'));
    expect(await reserve()).toMatchObject({ status: 'OCCUPIED' });

    station(async () => undefined);
    expect(await reserve({ connectorId: 2 })).toMatchObject({ status: 'PENDING' });
  });

  test.each([
    ['NotFound', 'input.stationId', { stationId: 'CS-9' }],
    ['Validation', 'input.connectorId', { connectorId: 9 }],
    ['Validation', 'input.authTokenId', { authTokenId: blockedUid }],
    ['Validation', 'input.expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
  ])('%s for %s', async (code, field, mistake) => {
    await expect(reserve(mistake)).rejects.toMatchObject({ code, field });
  });

  test('are cancelled, as often as anybody likes, and by their own tenant alone', async () => {
    station(async () => undefined);
    const { reservationId } = await reserve();
    const cancel = (by: Asked) => by.ask('Mutation.cancelReservation', { reservationId, timeoutSeconds: 1 });
    const theirs = await newAsked(db);

    await expect(cancel(theirs)).rejects.toMatchObject({ code: 'NotFound', field: 'reservationId' });
    expect([await cancel(asked), await cancel(asked)]).toEqual([true, true]);
  });

  test('that the station holds are over with its word', async () => {
    station(settled('RESERVED'));
    const { reservationId } = await reserve();

    const over = await asked.ask('Mutation.cancelReservation', { reservationId, timeoutSeconds: 1 });

    expect(over).toBe(false);
  });
});

describe('triggerStationReset', () => {
  test.each([
    ['HARD', 'NOW'],
    ['IMMEDIATE', 'NOW'],
    ['SOFT', 'WHEN_IDLE'],
    ['ON_IDLE', 'WHEN_IDLE'],
  ])('%s resets the station %s', async (type, when) => {
    const seen = station(answer('ACCEPTED'));

    const view = await asked.ask('Mutation.triggerStationReset', { stationId: 'CS-1', type });

    expect(view).toMatchObject({ stationId: 'CS-1', command: 'RESET', status: 'ACCEPTED' });
    expect(seen).toMatchObject([{ request: { kind: 'RESET', when } }]);
  });

  test('says PENDING, NotFound and StationOffline', async () => {
    station(async () => undefined);
    const reset = (stationId: string) =>
      asked.ask('Mutation.triggerStationReset', { stationId, type: 'SOFT', timeoutSeconds: 1 });

    expect(await reset('CS-1')).toMatchObject({ status: 'PENDING' });
    await expect(reset('CS-9')).rejects.toMatchObject({ code: 'NotFound', field: 'stationId' });
    await asked.scene.live.disconnect('CS-1', 'c-1', asked.scene.now);
    await expect(reset('CS-1')).rejects.toMatchObject({ code: 'StationOffline' });
  });
});
