import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { referencedSessionId } from '../../../functions/core/sessions/session-id.ts';
import { goodTag, noon, openRoom, type Room, type TestStation } from '../room-under-test.ts';

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
const at = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();

interface EventParts {
  readonly minutes?: number;
  readonly info?: object;
  readonly more?: object;
}

function event(eventType: string, seqNo: number, { minutes = seqNo, info = {}, more = {} }: EventParts = {}) {
  return {
    eventType,
    seqNo,
    timestamp: at(minutes),
    triggerReason: 'CablePluggedIn',
    transactionInfo: { transactionId: 'tx-1', ...info },
    ...more,
  };
}

const says = (...args: Parameters<typeof event>) => station.calls('TransactionEvent', event(...args));

function sessionIdOf(stationId: string): string {
  const { services } = room;
  return referencedSessionId(services.digest, services.tenantId, stationId, 'tx-1');
}
const session = () => room.services.sessions.findSession(sessionIdOf(station.stationId));
const samples = async () =>
  (await room.services.sessions.listEntries(sessionIdOf(station.stationId))).flatMap(
    (entry) => entry.samples,
  );

const reading = (minutes: number, ...sampledValue: object[]) => ({
  meterValue: [{ timestamp: at(minutes), sampledValue }],
});

describe('TransactionEvent', () => {
  test('a start with a token is answered with its status and group, and without a cost [E01.FR.11, E01.FR.12, C09]', async () => {
    const answer = await says('Started', 0, {
      info: { chargingState: 'Charging', remoteStartId: 77 },
      more: { evse: { id: 2 }, idToken: card, reservationId: 5 },
    });

    expect(answer).toEqual({
      idTokenInfo: { status: 'Accepted', groupIdToken: { idToken: 'GROUP-1', type: 'Central' } },
    });
    expect(await session()).toMatchObject({
      transactionRef: 'tx-1',
      connector: { evseId: 2, connectorId: 1 },
      token: { uid: goodTag, status: 'ACCEPTED' },
      remoteStartId: 77,
      reservationId: 5,
      startedAt: noon,
      state: 'ACTIVE',
    });
  });

  test('row 26: a token may come with a later event; without one nothing is said of any [E02]', async () => {
    const started = await says('Started', 0, { more: { evse: { id: 1 } } });
    const updated = await says('Updated', 1, { more: { idToken: card } });

    expect(started).toEqual({});
    expect(updated).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    expect((await session())?.token).toMatchObject({ uid: goodTag, status: 'ACCEPTED' });
  });

  test.each([
    ['DEADBEEF01', 'Blocked'],
    ['DEADBEEF02', 'Expired'],
    ['NOBODY', 'Unknown'],
  ])('row 30: the token %s is answered %s [E05]', async (idToken, status) => {
    const answer = await says('Started', 0, { more: { idToken: { idToken, type: 'ISO14443' } } });

    expect(answer).toMatchObject({ idTokenInfo: { status } });
  });

  test('who needs no authorization is accepted, and the session is nobody’s [C02]', async () => {
    const nobody = { idToken: '', type: 'NoAuthorization' };

    const answer = await says('Started', 0, { more: { idToken: nobody } });

    expect(answer).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect((await session())?.token).toBeUndefined();
  });

  test('row 22: an event that comes twice is one event', async () => {
    const more = reading(1, { value: 1_500 });
    await says('Started', 0);
    await says('Updated', 1, { more });
    await says('Updated', 1, { more });

    expect(await samples()).toEqual([{ at: noon + 60_000, context: 'PERIODIC', energyWh: 1_500 }]);
  });

  test('row 23: an update after the end is kept and opens nothing again', async () => {
    await says('Started', 0);
    await says('Ended', 2, { info: { stoppedReason: 'EVDisconnected' } });

    await says('Updated', 1, { more: reading(1, { value: 1_500 }) });

    expect(await session()).toMatchObject({ state: 'ENDED', stopReason: 'EV_DISCONNECTED' });
    expect(await samples()).toHaveLength(1);
  });

  test('row 24: an update without a start opens the session, and the late start fills it', async () => {
    await says('Updated', 1);
    const before = await session();
    await says('Started', 0, { more: { evse: { id: 1 }, idToken: card } });

    expect(before).toMatchObject({ state: 'ACTIVE', partial: true });
    expect(await session()).toMatchObject({ startedAt: noon, token: { uid: goodTag } });
  });

  test('row 28: an end without a reason is local, whatever triggered it [E06]', async () => {
    await says('Started', 0);
    await says('Ended', 1, { more: { triggerReason: 'StopAuthorized' } });

    expect((await session())?.stopReason).toBe('LOCAL');
  });

  test('row 56: the same transaction id at another station is another session', async () => {
    const first = station;
    await says('Started', 0);
    station = await room.givenStation(`${first.stationId}-twin`, 'ocpp2.0.1');
    await says('Started', 0);

    expect(sessionIdOf(first.stationId)).not.toBe(sessionIdOf(station.stationId));
    expect((await session())?.stationId).toBe(station.stationId);
  });
});

describe('readings', () => {
  test('row 18: the multiplier is a power of ten on the unit [J02]', async () => {
    const kilo = { value: 1.5, unitOfMeasure: { unit: 'Wh', multiplier: 3 } };
    const plain = { value: 2.25, context: 'Transaction.End', unitOfMeasure: { unit: 'kWh' } };

    await says('Started', 0, { more: reading(0, kilo, plain) });

    expect(await samples()).toMatchObject([{ energyWh: 1_500 }, { context: 'END', energyWh: 2_250 }]);
  });

  test('row 57: a signed value is kept word for word beside its number', async () => {
    const signed = {
      signedMeterData: 'T0NNRg==',
      signingMethod: 'ECDSA',
      encodingMethod: 'OCMF',
      publicKey: 'MFkw',
    };

    await says('Started', 0, { more: reading(0, { value: 1_500, signedMeterValue: signed }) });

    const { signedMeterData: data, ...rest } = signed;
    expect(await samples()).toMatchObject([{ energyWh: 1_500, signed: [{ data, ...rest }] }]);
  });

  test('that the vehicle has signed for in its charging loop are kept once, with their signature [J03]', async () => {
    const signedMeterValue = {
      ...{ signedMeterData: 'T0NNRg==', signingMethod: 'ECDSA', encodingMethod: 'OCMF', publicKey: 'MFkw' },
    };
    const more = { ...reading(1, { value: 1_500, signedMeterValue }), triggerReason: 'SignedDataReceived' };
    await says('Started', 0);

    await says('Updated', 1, { more });
    await says('Updated', 1, { more });

    expect(await samples()).toMatchObject([{ energyWh: 1_500, signed: [{ data: 'T0NNRg==' }] }]);
    const entries = await room.services.sessions.listEntries(sessionIdOf(station.stationId));
    expect(entries.map(({ trigger }) => trigger)).toEqual(['CablePluggedIn', 'SignedDataReceived']);
  });

  test('row 11: MeterValues are confirmed and belong to no session [J01]', async () => {
    const answer = await station.calls('MeterValues', { evseId: 0, ...reading(0, { value: 7_500 }) });

    expect(answer).toEqual({});
    expect(await session()).toBeUndefined();
  });
});

describe('the station', () => {
  test('BootNotification is accepted with our clock and interval, and opens the way for calls [B01.FR.02]', async () => {
    const chargingStation = { vendorName: 'Aurora', model: 'A22', serialNumber: 'A22-1' };

    const answer = await station.calls('BootNotification', { reason: 'PowerUp', chargingStation });

    expect(answer).toEqual({ status: 'Accepted', currentTime: at(0), interval: 300 });
    expect((await room.services.live.findLink(station.stationId))?.callsFrom).toBeGreaterThan(noon);
    expect(await room.services.stations.findStation(station.stationId)).toMatchObject({
      manufacturer: 'Aurora',
      serialNumber: 'A22-1',
    });
  });

  test('Heartbeat answers our clock [G02]', async () => {
    expect(await station.calls('Heartbeat', {})).toEqual({ currentTime: at(0) });
  });

  test('Authorize answers the status, the group and until when to cache it [C01, C09]', async () => {
    const idToken = { idToken: 'DEADBEEF02', type: 'ISO14443' };

    expect(await station.calls('Authorize', { idToken })).toEqual({
      idTokenInfo: { status: 'Expired', cacheExpiryDateTime: new Date(noon - 1_000).toISOString() },
    });
    expect(await station.calls('Authorize', { idToken: card })).toEqual({
      idTokenInfo: { status: 'Accepted', groupIdToken: { idToken: 'GROUP-1', type: 'Central' } },
    });
  });

  test('row 35: the latest status by the station’s time stays [G01]', async () => {
    const connector = { evseId: 2, connectorId: 1 };
    await station.calls('StatusNotification', {
      ...connector,
      timestamp: at(5),
      connectorStatus: 'Occupied',
    });
    await station.calls('StatusNotification', {
      ...connector,
      timestamp: at(1),
      connectorStatus: 'Available',
    });

    const { connectors } = await room.services.live.findLive(station.stationId);
    expect(connectors).toMatchObject([{ ...connector, status: 'OCCUPIED', statusAt: noon + 300_000 }]);
  });
});

describe('frames', () => {
  const answerTo = async (text: string) => {
    const { answer } = await station.sends(text);
    return answer === undefined ? undefined : JSON.parse(answer).slice(0, 3);
  };

  test.each(['nonsense', '{}', '[2]', '[2,7,"Heartbeat",{}]'])(
    'row 47: %s is answered under the id "-1"',
    async (text) => {
      expect(await answerTo(text)).toEqual([4, '-1', 'RpcFrameworkError']);
    },
  );

  test('an unknown message type is named as such', async () => {
    expect(await answerTo('[7,"id-1",{}]')).toEqual([4, 'id-1', 'MessageTypeNotSupported']);
  });

  test('row 48: answers are never answered, whatever is in them', async () => {
    expect(await answerTo('[3]')).toBeUndefined();
    expect(await answerTo('[3,"id-1",7]')).toBeUndefined();
    expect(await answerTo('[4,"id-1"]')).toBeUndefined();
  });

  test.each([
    ['SetVariables', 'NotSupported'],
    ['RequestStartTransaction', 'NotSupported'],
    ['StartTransaction', 'NotImplemented'],
  ])('%s is answered %s', async (action, code) => {
    expect(await answerTo(JSON.stringify([2, 'id-1', action, {}]))).toEqual([4, 'id-1', code]);
  });
});
