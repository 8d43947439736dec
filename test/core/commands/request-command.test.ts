import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CommandWish, requestCommand } from '#core/commands/request-command.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { newId } from '#platform/clock.ts';
import { callDesk } from '../../../functions/ocpp/call-desk.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { sealingOf } from '../../support/sealing.ts';
import { blockedUid, expiredUid, givenToken, goodUid, newScene, type Scene } from '../sessions/scene.ts';
import { type CommandScene, newCommandScene, stationId } from './command-scene.ts';

let db: TestDatabase;
let scene: CommandScene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newCommandScene(db);
  await scene.stations.createStation(aStation({ stationId }));
  await scene.connect('c-1');
});
afterAll(() => db.close());

function request(more: Partial<CommandWish> = {}, on: Scene = scene) {
  return requestCommand(
    { ...on, newId, calls: callDesk, sealSecret: sealingOf(on.tenantId).sealSecret },
    {
      stationId,
      name: 'START_TRANSACTION',
      parameters: { idToken: goodUid, connectorId: 2 },
      timeoutMs: 30_000,
      whenOffline: 'FAIL',
      requestedBy: 'alice',
      ...more,
    },
  );
}

function stopRequest(parameters: CommandWish['parameters'], more: Partial<CommandWish> = {}) {
  return request({ name: 'STOP_TRANSACTION', parameters, ...more });
}

function sessionRunning(at = stationId) {
  return startSession(scene, {
    stationId: at,
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    startedAt: scene.now,
    meterStartWh: 0,
  });
}

describe('a wish', () => {
  test('becomes a command in the station’s queue, with a deadline', async () => {
    const command = await request();

    expect(command).toMatchObject({
      stationId,
      name: 'START_TRANSACTION',
      state: 'QUEUED',
      createdAt: scene.now,
      deadlineAt: scene.now + 30_000,
      requestedBy: 'alice',
    });
    expect(command.commandId.length).toBeLessThanOrEqual(36);
    expect(await scene.command(command.commandId)).toEqual(command);
    expect(await scene.commands.listQueued(stationId, 5)).toEqual([command]);
  });

  test('for a station nobody knows is refused', async () => {
    await expect(request({ stationId: 'CS-9' })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'stationId',
    });
  });

  test('for another tenant’s station is refused', async () => {
    const theirs = await newScene(db);

    await expect(request({}, theirs)).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('for a station that is offline is refused, or waits if asked to', async () => {
    await scene.live.disconnect(stationId, 'c-1', scene.now);

    await expect(request()).rejects.toMatchObject({ code: 'StationOffline', field: 'stationId' });
    await expect(request({ whenOffline: 'WAIT' })).resolves.toMatchObject({ state: 'QUEUED' });
    expect(await scene.commands.listQueued(stationId, 5)).toHaveLength(1);
  });

  test('for what is not built is refused', async () => {
    await expect(request({ name: 'FLY' })).rejects.toMatchObject({ code: 'NotSupported', field: 'command' });
  });
});

describe('a wish to start', () => {
  test('names the connector by its station-wide number, and the token with its group', async () => {
    const { request: made } = await request();

    expect(made).toEqual({
      kind: 'START_SESSION',
      connector: { evseId: 2, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID', groupId: 'FAMILY' },
      remoteStartId: expect.any(Number),
    });
  });

  test('row 42: has a remote start id of its own, positive and of 31 bits', async () => {
    const commands = await Promise.all(Array.from({ length: 12 }, () => request()));

    const ids = commands.flatMap((one) =>
      one.request.kind === 'START_SESSION' ? [one.request.remoteStartId] : [],
    );
    expect(new Set(ids).size).toBe(12);
    for (const id of ids) expect(Number.isInteger(id) && id > 0 && id <= 0x7fff_ffff).toBe(true);
  });

  test.each([
    ['idToken', { idToken: ` ${goodUid.toLowerCase()}` }],
    ['authTokenId', { authTokenId: goodUid }],
    ['idTag', { idTag: goodUid }],
  ])('takes the token as %s', async (_, token) => {
    const { request: made } = await request({ parameters: { ...token, connectorId: 1 } });

    expect(made).toMatchObject({ token: { uid: goodUid } });
  });

  test.each([
    ['by EVSE', { evseId: 2 }, { evseId: 2, connectorId: 2 }],
    ['by EVSE and the number within it', { evseId: 2, connectorId: 3 }, { evseId: 2, connectorId: 3 }],
    ['by station-wide number', { connectorId: 1 }, { evseId: 1, connectorId: 1 }],
  ])('finds the connector %s', async (_, place, connector) => {
    const places = [
      { evseId: 1, connectorId: 1 },
      { evseId: 2, connectorId: 2 },
      { evseId: 2, connectorId: 3 },
    ];
    const connectors = places.map((one) => ({ ...one, connectorType: 'CCS' }));
    await scene.stations.replaceStation(aStation({ stationId, connectors, revision: 2 }));

    const { request: made } = await request({ parameters: { idToken: goodUid, ...place } });

    expect(made).toMatchObject({ connector });
  });

  test('needs no connector where there is only one', async () => {
    const connectors = [{ evseId: 1, connectorId: 1, connectorType: 'CCS' }];
    await scene.stations.replaceStation(aStation({ stationId, connectors, revision: 2 }));

    const { request: made } = await request({ parameters: { idToken: goodUid } });

    expect(made).toMatchObject({ connector: { evseId: 1, connectorId: 1 } });
  });

  test.each([
    ['blocked', blockedUid],
    ['expired', expiredUid],
    ['retired', 'RETIRED'],
  ])(
    'row 41: with a token that is %s is refused, and the station hears nothing of it',
    async (_, idToken) => {
      await givenToken(scene, { uid: 'RETIRED', active: false });

      const wish = request({ parameters: { idToken, connectorId: 1 } });

      await expect(wish).rejects.toMatchObject({ code: 'Validation', field: 'parameters.idToken' });
      expect(await scene.commands.listQueued(stationId, 5)).toEqual([]);
    },
  );

  test.each([
    ['without a token', 'idToken', { connectorId: 1 }],
    ['with an empty token', 'idToken', { idToken: '', connectorId: 1 }],
    ['with a token that is no text', 'idToken', { idToken: {}, connectorId: 1 }],
    ['with a token nobody knows', 'idToken', { idToken: 'NOBODY', connectorId: 1 }],
    ['without a connector where there are two', 'connectorId', { idToken: goodUid }],
    ['for a connector that is not there', 'connectorId', { idToken: goodUid, connectorId: 3 }],
    ['for connector 0', 'connectorId', { idToken: goodUid, connectorId: 0 }],
    ['for a connector that is no number', 'connectorId', { idToken: goodUid, connectorId: '1' }],
    ['for an EVSE that is not there', 'evseId', { idToken: goodUid, evseId: 9 }],
  ])('%s is refused, naming the parameter', async (_, parameter, parameters) => {
    const wish = request({ parameters });

    await expect(wish).rejects.toMatchObject({ code: 'Validation', field: `parameters.${parameter}` });
    expect(await scene.commands.listQueued(stationId, 5)).toEqual([]);
  });
});

describe('a wish to stop', () => {
  test('names the session, or the transaction as text or number', async () => {
    const { sessionId, transactionNumber } = await sessionRunning();
    const expected = { kind: 'STOP_SESSION', sessionId, transactionRef: String(transactionNumber) };

    for (const parameters of [
      { sessionId },
      { transactionId: String(transactionNumber) },
      { transactionId: transactionNumber },
    ]) {
      expect((await stopRequest(parameters)).request).toEqual(expected);
    }
  });

  test('for another station’s session is refused', async () => {
    const { sessionId, transactionNumber } = await sessionRunning('CS-2');

    await expect(stopRequest({ sessionId })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'parameters.sessionId',
    });
    await expect(stopRequest({ transactionId: transactionNumber })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'parameters.transactionId',
    });
  });

  test('for nothing is refused', async () => {
    await expect(stopRequest({})).rejects.toMatchObject({
      code: 'Validation',
      field: 'parameters.transactionId',
    });
  });
});
