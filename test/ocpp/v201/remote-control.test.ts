import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createToken } from '../../../functions/core/tokens/provision-token.ts';
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
  station = await room.givenStation(`CP${stations}`, 'ocpp2.0.1');
});

const card = { idToken: goodTag, type: 'ISO14443' };
const now = () => new Date(room.now).toISOString();
let seqNo = 0;

function tell(
  eventType: 'Started' | 'Updated' | 'Ended',
  triggerReason: string,
  info: object = {},
  more: object = {},
) {
  seqNo += 1;
  return station.calls('TransactionEvent', {
    eventType,
    triggerReason,
    seqNo,
    timestamp: now(),
    transactionInfo: { transactionId: `tx-${station.stationId}`, ...info },
    ...more,
  });
}

const lastSession = async () =>
  (await room.services.sessions.listSessions({ stationId: station.stationId }, { limit: 1 })).items[0];

describe('a reset', () => {
  test.each([
    ['Immediate', { type: 'Immediate' }, { status: 'Accepted' }],
    ['OnIdle', { type: 'OnIdle' }, { status: 'Scheduled' }],
  ])('%s is agreed to [B11, B12]', async (type, expected, answer) => {
    const { payload, command } = await exchange(
      room,
      station,
      { name: 'RESET', parameters: { type } },
      answer,
    );

    expect(payload).toEqual(expected);
    expect(command.state).toBe('ACCEPTED');
  });

  test('of one EVSE names it, and a transaction that it ends says so [B12]', async () => {
    await tell('Started', 'Authorized', {}, { evse: { id: 1, connectorId: 1 }, idToken: card });

    const { payload } = await exchange(
      room,
      station,
      { name: 'RESET', parameters: { type: 'Immediate', evseId: 1 } },
      { status: 'Accepted' },
    );
    await tell('Ended', 'ResetCommand', { stoppedReason: 'ImmediateReset' });

    expect(payload).toEqual({ type: 'Immediate', evseId: 1 });
    expect(await lastSession()).toMatchObject({ state: 'ENDED', stopReason: 'REBOOT' });
  });
});

describe('unlocking a connector', () => {
  const wish = { name: 'UNLOCK_CONNECTOR', parameters: { evseId: 2, connectorId: 1 } };

  test.each([
    ['Unlocked', 'ACCEPTED'],
    ['UnlockFailed', 'REJECTED'],
    ['OngoingAuthorizedTransaction', 'REJECTED'],
    ['UnknownConnector', 'REJECTED'],
  ])('that ends as %s is %s [F05]', async (status, state) => {
    const { payload, command } = await exchange(room, station, wish, { status });

    expect(payload).toEqual({ evseId: 2, connectorId: 1 });
    expect(command.state).toBe(state);
  });
});

test('a trigger is followed by the message it asks for [F06]', async () => {
  const parameters = { requestedMessage: 'Heartbeat' };
  const { payload, command } = await exchange(
    room,
    station,
    { name: 'TRIGGER_MESSAGE', parameters },
    { status: 'Accepted' },
  );

  expect([payload, command.state]).toEqual([parameters, 'ACCEPTED']);
  expect(await station.calls('Heartbeat', {})).toHaveProperty('currentTime');
});

test('a start that the system makes names a token of its own, and its event refers to it [C05, F01, F02]', async () => {
  const { payload } = await exchange(
    room,
    station,
    { name: 'START_TRANSACTION', parameters: { idToken: goodTag, evseId: 1 } },
    { status: 'Accepted' },
  );
  const { remoteStartId } = payload as { remoteStartId: number };
  await tell('Started', 'RemoteStart', { remoteStartId }, { evse: { id: 1 }, idToken: card });

  expect(await lastSession()).toMatchObject({ remoteStartId, token: { status: 'ACCEPTED' } });
});

test('who pays by card at a terminal charges on a token that the operator made for it [C03]', async () => {
  const uid = `CARD-${station.stationId}`;
  const nobody = {
    users: { findUser: async () => undefined },
    partners: { findPartner: async () => undefined },
  };
  await createToken({ ...room.services, ...nobody }, { uid, tokenType: 'AD_HOC_USER' });

  const { payload, command } = await exchange(
    room,
    station,
    { name: 'START_TRANSACTION', parameters: { idToken: uid, evseId: 1 } },
    { status: 'Accepted' },
  );
  const { idToken, remoteStartId } = payload as { idToken: object; remoteStartId: number };
  const answer = await tell('Started', 'RemoteStart', { remoteStartId }, { evse: { id: 1 }, idToken });

  expect([command.state, idToken]).toEqual(['ACCEPTED', { idToken: uid, type: 'Central' }]);
  expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
  expect(await lastSession()).toMatchObject({ remoteStartId, token: { uid, tokenType: 'AD_HOC_USER' } });
});

test('a station moves to another system by a profile, its place in the order, and a reset [B09, B10]', async () => {
  const connectionData = {
    ...{ ocppVersion: 'OCPP20', ocppTransport: 'JSON', ocppCsmsUrl: 'wss://other.example/ocpp' },
    ...{ messageTimeout: 30, securityProfile: 2, ocppInterface: 'Wired0' },
  };
  const priority = {
    component: { name: 'OCPPCommCtrlr' },
    variable: { name: 'NetworkConfigurationPriority' },
  };
  const profile = { configurationSlot: 2, connectionData };
  const order = { setVariableData: [{ ...priority, attributeValue: '2,1' }] };
  const agreed = { status: 'Accepted' };

  const done = [
    await exchange(room, station, { name: 'SET_NETWORK_PROFILE', parameters: profile }, agreed),
    await exchange(
      room,
      station,
      { name: 'SET_VARIABLES', parameters: order },
      { setVariableResult: [{ ...priority, attributeStatus: 'Accepted' }] },
    ),
    await exchange(room, station, { name: 'RESET', parameters: { type: 'OnIdle' } }, agreed),
  ];

  expect(done.map(({ action, payload }) => [action, payload])).toEqual([
    ['SetNetworkProfile', profile],
    ['SetVariables', order],
    ['Reset', { type: 'OnIdle' }],
  ]);
  expect(done.map(({ command }) => command.state)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
});

describe('a remote start in OCPP’s own words', () => {
  const wish = (idToken: object) => ({
    name: 'REQUEST_START_TRANSACTION',
    parameters: { evseId: 1, remoteStartId: 5, idToken },
  });

  test('row 41: with a token that may not start is refused', async () => {
    const blocked = { idToken: 'DEADBEEF01', type: 'ISO14443' };

    await expect(exchange(room, station, wish(blocked), { status: 'Accepted' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'parameters.idToken',
    });
  });

  test('goes out with one that may, and where nobody needs one [F02]', async () => {
    const nobody = { idToken: '', type: 'NoAuthorization' };

    for (const idToken of [card, nobody]) {
      const { command } = await exchange(room, station, wish(idToken), { status: 'Accepted' });
      expect(command.state).toBe('ACCEPTED');
    }
  });
});

describe('a token', () => {
  test.each(['Central', 'KeyCode', 'Local', 'eMAID'])(
    'of type %s is judged by its own record [C04, C06, C08]',
    async (type) => {
      const known = await station.calls('Authorize', { idToken: { idToken: goodTag, type } });
      const unknown = await station.calls('Authorize', { idToken: { idToken: 'NOBODY', type } });

      expect(known).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
      expect(unknown).not.toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    },
  );

  test('that the station had in its cache or local list comes with the start and is judged then [C12, C14]', async () => {
    const answer = await tell('Started', 'Authorized', {}, { evse: { id: 1 }, idToken: card });

    expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
  });

  test('that nobody knows, accepted while offline, is told as such, and its energy is kept [C13, C15]', async () => {
    const stranger = { idToken: 'NOBODY', type: 'ISO14443' };
    const answer = await tell(
      'Started',
      'Authorized',
      {},
      { offline: true, evse: { id: 1 }, idToken: stranger },
    );
    await tell('Ended', 'Deauthorized', { stoppedReason: 'DeAuthorized' }, { offline: true });

    expect(answer).not.toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    expect(await lastSession()).toMatchObject({ state: 'ENDED', stopReason: 'DEAUTHORIZED' });
    expect((await lastSession())?.token?.status).not.toBe('ACCEPTED');
  });
});

describe('a transaction', () => {
  beforeEach(() => tell('Started', 'Authorized', {}, { evse: { id: 1 }, idToken: card }));

  test('ends where its token is shown again [E07]', async () => {
    const answer = await tell('Ended', 'StopAuthorized', { stoppedReason: 'Local' }, { idToken: card });

    expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    expect(await lastSession()).toMatchObject({ state: 'ENDED', stopReason: 'LOCAL' });
  });

  test('that a vehicle negotiated over ISO 15118 ends when it is asked for [F03, F04]', async () => {
    await tell('Updated', 'ChargingStateChanged', { chargingState: 'Charging' });
    const transactionId = `tx-${station.stationId}`;

    const { action, payload, command } = await exchange(
      room,
      station,
      { name: 'STOP_TRANSACTION', parameters: { transactionId } },
      { status: 'Accepted' },
    );
    await tell('Updated', 'RemoteStop', { chargingState: 'EVConnected' });
    const during = await lastSession();
    await tell('Ended', 'RemoteStop', { stoppedReason: 'Remote' });

    expect([action, payload, command.state]).toEqual([
      'RequestStopTransaction',
      { transactionId },
      'ACCEPTED',
    ]);
    expect(during).toMatchObject({ state: 'ACTIVE' });
    expect(await lastSession()).toMatchObject({ state: 'ENDED', stopReason: 'REMOTE' });
  });

  test('ends when the cable leaves the vehicle, where that ends it [E09]', async () => {
    await tell('Ended', 'EVCommunicationLost', { stoppedReason: 'EVDisconnected' });

    expect(await lastSession()).toMatchObject({ state: 'ENDED', stopReason: 'EV_DISCONNECTED' });
  });

  test('waits for the cable to come back, where that suspends it [E10]', async () => {
    await tell('Updated', 'EVCommunicationLost', { chargingState: 'Idle' });
    await tell('Updated', 'CablePluggedIn', { chargingState: 'Charging' });

    expect(await lastSession()).toMatchObject({ state: 'ACTIVE' });
  });

  test('that the vehicle is done with ends when it leaves [E15]', async () => {
    await tell('Updated', 'ChargingStateChanged', { chargingState: 'SuspendedEV' });
    await tell('Ended', 'EVDeparted', { stoppedReason: 'EVDisconnected' });

    expect(await lastSession()).toMatchObject({ state: 'ENDED' });
  });
});

test('what happened while the station was away and idle is told after it is back [B04]', async () => {
  const earlier = new Date(room.now - 600_000).toISOString();
  const status = { evseId: 1, connectorId: 1, connectorStatus: 'Unavailable', timestamp: earlier };

  expect(await station.calls('StatusNotification', status)).toEqual({});
  expect(
    await room.services.live.findConnector(station.stationId, { evseId: 1, connectorId: 1 }),
  ).toMatchObject({ status: 'UNAVAILABLE', statusAt: Date.parse(earlier) });
});
