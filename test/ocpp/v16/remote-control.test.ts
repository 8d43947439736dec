import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchange } from '../command-exchange.ts';
import { goodTag, openRoom, type Room, type TestStation } from '../room-under-test.ts';

let room: Room;
let station: TestStation;
let stations = 0;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());
beforeEach(async () => {
  stations += 1;
  station = await room.givenStation(`CP${stations}`, 'ocpp1.6');
});

const now = () => new Date(room.now).toISOString();

async function start(idTag = goodTag): Promise<{ transactionId: number; idTagInfo: { status: string } }> {
  const request = { connectorId: 1, idTag, meterStart: 1_000, timestamp: now() };
  return (await station.calls('StartTransaction', request)) as never;
}

const openSessions = async () =>
  (await room.services.sessions.listOpenSessions({ stationId: station.stationId }, { limit: 10 })).items;

describe('a remote start', () => {
  test.each([
    ['blocked', 'DEADBEEF01'],
    ['unknown', 'NOBODY'],
  ])('row 41: in OCPP’s own words with a tag that is %s is refused too', async (_, idTag) => {
    const wish = { name: 'REMOTE_START_TRANSACTION', parameters: { connectorId: 1, idTag } };

    await expect(exchange(room, station, wish, { status: 'Accepted' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'parameters.idTag',
    });
  });

  const wish = { name: 'START_TRANSACTION', parameters: { idTag: goodTag, connectorId: 1 } };

  test('is accepted, and the transaction that follows belongs to its tag [TC_011_1]', async () => {
    const { action, payload, command } = await exchange(room, station, wish, { status: 'Accepted' });
    const { transactionId } = await start();

    expect([action, payload]).toEqual(['RemoteStartTransaction', { connectorId: 1, idTag: goodTag }]);
    expect(command.state).toBe('ACCEPTED');
    expect(await openSessions()).toMatchObject([{ transactionRef: String(transactionId) }]);
  });

  test('at a connector that has its cable in starts there [TC_010]', async () => {
    const status = { connectorId: 1, errorCode: 'NoError', timestamp: now() };
    await station.calls('StatusNotification', { ...status, status: 'Preparing' });

    const { command } = await exchange(room, station, wish, { status: 'Accepted' });
    const { idTagInfo } = await start();
    await station.calls('StatusNotification', { ...status, status: 'Charging', timestamp: now() });

    expect([command.state, idTagInfo.status]).toEqual(['ACCEPTED', 'Accepted']);
    expect(await openSessions()).toMatchObject([{ connector: { evseId: 1, connectorId: 1 } }]);
  });

  test('without a vehicle in time leaves a free connector and no session [TC_011_2]', async () => {
    await exchange(room, station, wish, { status: 'Accepted' });
    const status = { connectorId: 1, errorCode: 'NoError', timestamp: now() };
    await station.calls('StatusNotification', { ...status, status: 'Preparing' });
    await station.calls('StatusNotification', { ...status, status: 'Available' });

    const connector = { evseId: 1, connectorId: 1 };
    expect(await openSessions()).toEqual([]);
    expect(await room.services.live.findConnector(station.stationId, connector)).toMatchObject({
      status: 'AVAILABLE',
    });
  });

  test('that the station rejects ends the command as rejected [TC_026]', async () => {
    const { command } = await exchange(room, station, wish, { status: 'Rejected' });

    expect(command).toMatchObject({ state: 'REJECTED', answer: { status: 'Rejected' } });
  });
});

test('a remote stop ends the session by its number; the station tells the end itself [TC_012]', async () => {
  const { transactionId } = await start();

  const wish = { name: 'STOP_TRANSACTION', parameters: { transactionId } };
  const { action, payload, command } = await exchange(room, station, wish, { status: 'Accepted' });
  const stop = { transactionId, meterStop: 2_000, timestamp: now(), reason: 'Remote' };
  await station.calls('StopTransaction', stop);

  expect([action, payload, command.state]).toEqual(['RemoteStopTransaction', { transactionId }, 'ACCEPTED']);
  expect(await openSessions()).toEqual([]);
});

test('a tag that is shown without a vehicle in time leaves a free connector and no session [TC_004_2]', async () => {
  const status = { connectorId: 1, errorCode: 'NoError' };
  const { idTagInfo } = await station.calls('Authorize', { idTag: goodTag });
  await station.calls('StatusNotification', { ...status, status: 'Preparing', timestamp: now() });
  room.now += 60_000;
  await station.calls('StatusNotification', { ...status, status: 'Available', timestamp: now() });

  const connector = { evseId: 1, connectorId: 1 };
  expect(idTagInfo).toMatchObject({ status: 'Accepted' });
  expect(await openSessions()).toEqual([]);
  expect(await room.services.live.findConnector(station.stationId, connector)).toMatchObject({
    status: 'AVAILABLE',
  });
});

test('a cable that comes first, then a tag, then power: one session from start to stop [TC_003]', async () => {
  const tells = (status: string) =>
    station.calls('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp: now() });
  await tells('Preparing');
  const { idTagInfo } = await station.calls('Authorize', { idTag: goodTag });
  const { transactionId } = await start();
  await tells('Charging');
  room.now += 60_000;
  const stop = { transactionId, meterStop: 2_000, timestamp: now(), idTag: goodTag };
  const stopped = await station.calls('StopTransaction', stop);
  await tells('Finishing');

  const { items } = await room.services.sessions.listSessions({ stationId: station.stationId }, { limit: 5 });
  expect(idTagInfo).toMatchObject({ status: 'Accepted' });
  expect(stopped).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  expect(items).toMatchObject([{ state: 'ENDED', meterStartWh: 1_000, meterStopWh: 2_000 }]);
});

describe('a reset', () => {
  test.each(['Hard', 'Soft'])(
    '%s is agreed to, and the station boots anew [TC_013, TC_014]',
    async (type) => {
      const { action, payload, command } = await exchange(
        room,
        station,
        { name: 'RESET', parameters: { type } },
        { status: 'Accepted' },
      );
      const make = { chargePointVendor: 'Acme', chargePointModel: 'One' };

      expect([action, payload, command.state]).toEqual(['Reset', { type }, 'ACCEPTED']);
      expect(await station.calls('BootNotification', make)).toMatchObject({ status: 'Accepted' });
    },
  );

  test.each([
    ['Hard', 'HardReset'],
    ['Soft', 'SoftReset'],
  ])('%s ends what runs with its own reason [TC_015, TC_016]', async (type, reason) => {
    const { transactionId } = await start();

    const { payload, command } = await exchange(
      room,
      station,
      { name: 'RESET', parameters: { type } },
      { status: 'Accepted' },
    );
    await station.calls('StopTransaction', { transactionId, meterStop: 2_000, timestamp: now(), reason });
    await station.calls('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' });

    expect(payload).toEqual({ type });
    expect(command.state).toBe('ACCEPTED');
    expect(await openSessions()).toEqual([]);
  });
});

describe('what 1.6 has no words for', () => {
  const schedule = { unit: 'A', periods: [{ startS: 0, limit: 16 }] };
  const chargingProfile = {
    profileId: 1,
    purpose: 'TRANSACTION',
    stackLevel: 0,
    kind: 'RELATIVE',
    schedules: [schedule, schedule],
  };

  test.each([
    ['RESET', { type: 'Hard', evseId: 1 }, 'evseId'],
    [
      'UPDATE_FIRMWARE',
      { location: 'https://x.example/f', installDate: '2030-04-01T00:00:00Z' },
      'installDate',
    ],
    ['START_TRANSACTION', { idToken: goodTag, connectorId: 1, chargingProfile }, 'chargingProfile.schedules'],
  ])('in %s is refused: %j', async (name, parameters, parameter) => {
    const wish = exchange(room, station, { name, parameters }, { status: 'Accepted' });

    await expect(wish).rejects.toMatchObject({ code: 'Validation', field: `parameters.${parameter}` });
  });
});

describe('unlocking a connector', () => {
  const wish = { name: 'UNLOCK_CONNECTOR', parameters: { connectorId: 1 } };

  test('is told as done [TC_017_1, TC_017_2]', async () => {
    const { action, payload, command } = await exchange(room, station, wish, { status: 'Unlocked' });

    expect([action, payload, command.state]).toEqual(['UnlockConnector', { connectorId: 1 }, 'ACCEPTED']);
  });

  test('during a session ends it with that reason [TC_018_1]', async () => {
    const { transactionId } = await start();
    await exchange(room, station, wish, { status: 'Unlocked' });
    const stop = { transactionId, meterStop: 2_000, timestamp: now(), reason: 'UnlockCommand' };
    await station.calls('StopTransaction', stop);

    const [session] = (
      await room.services.sessions.listSessions({ stationId: station.stationId }, { limit: 1 })
    ).items;
    expect(session).toMatchObject({ state: 'ENDED', stopReason: 'UNLOCK' });
  });

  test.each(['UnlockFailed', 'NotSupported'])(
    'that ends as %s is rejected [TC_030, TC_031]',
    async (status) => {
      const { command } = await exchange(room, station, wish, { status });

      expect(command).toMatchObject({ state: 'REJECTED', answer: { status } });
    },
  );
});

test('a lock that fails is a fault of the connector, and the start does not come [TC_024]', async () => {
  const failure = { connectorId: 1, status: 'Faulted', errorCode: 'ConnectorLockFailure', timestamp: now() };
  await station.calls('StatusNotification', failure);

  const connector = { evseId: 1, connectorId: 1 };
  expect(await room.services.live.findConnector(station.stationId, connector)).toMatchObject({
    status: 'FAULTED',
    errorCode: 'ConnectorLockFailure',
  });
  expect(await openSessions()).toEqual([]);
});

describe('a trigger', () => {
  const wish = {
    name: 'TRIGGER_MESSAGE',
    parameters: { requestedMessage: 'StatusNotification', connectorId: 1 },
  };

  test('is followed by the message it asks for [TC_054]', async () => {
    const { payload, command } = await exchange(room, station, wish, { status: 'Accepted' });
    const status = { connectorId: 1, status: 'Available', errorCode: 'NoError', timestamp: now() };

    expect(await station.calls('StatusNotification', status)).toEqual({});
    expect([payload, command.state]).toEqual([wish.parameters, 'ACCEPTED']);
  });

  test('may be rejected [TC_055]', async () => {
    expect((await exchange(room, station, wish, { status: 'Rejected' })).command.state).toBe('REJECTED');
  });
});

test('transactions that a power failure ended are told after the boot, and end once [TC_032_1]', async () => {
  const { transactionId } = await start();
  await station.calls('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' });
  const stop = { transactionId, meterStop: 1_500, timestamp: now(), reason: 'PowerLoss' };
  await station.calls('StopTransaction', stop);
  await station.calls('StopTransaction', stop);

  const { items } = await room.services.sessions.listSessions(
    { stationId: station.stationId },
    { limit: 10 },
  );
  expect(items).toMatchObject([{ state: 'ENDED', stopReason: 'POWER_LOSS', meterStopWh: 1_500 }]);
});

test('a start that was made offline with an invalid tag is kept, and the answer says to stop it [TC_037_3]', async () => {
  const { transactionId, idTagInfo } = await start('NOBODY');
  const stop = { transactionId, meterStop: 1_010, timestamp: now(), reason: 'DeAuthorized' };

  expect(idTagInfo.status).toBe('Invalid');
  expect(await station.calls('StopTransaction', stop)).toEqual({});
});

test('a start with a tag from the station’s cache needs no Authorize before it [TC_007]', async () => {
  const { idTagInfo } = await start();

  expect(idTagInfo).toMatchObject({ status: 'Accepted', parentIdTag: 'GROUP-1' });
});
