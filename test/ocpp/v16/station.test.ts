import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
  room.now = noon;
  station = await room.givenStation(`CP${stations}`, 'ocpp1.6');
});

describe('BootNotification', () => {
  const boot = {
    chargePointVendor: 'Aurora',
    chargePointModel: 'A22',
    chargeBoxSerialNumber: 'BOX-9',
    firmwareVersion: '3.4.1',
  };

  test('is accepted with our clock and the station’s own heartbeat interval [TC_001]', async () => {
    expect(await station.calls('BootNotification', boot)).toEqual({
      status: 'Accepted',
      currentTime: '2030-03-01T12:00:00.000Z',
      interval: 300,
    });
  });

  test('row 39: calls to the station wait until the answer has had time to arrive', async () => {
    await station.calls('BootNotification', boot);

    const link = await room.services.live.findLink(station.stationId);
    expect(link?.callsFrom).toBeGreaterThan(noon);
  });

  test('keeps what the station says of its make', async () => {
    await station.calls('BootNotification', boot);

    expect(await room.services.stations.findStation(station.stationId)).toMatchObject({
      manufacturer: 'Aurora',
      model: 'A22',
      serialNumber: 'BOX-9',
      firmwareVersion: '3.4.1',
    });
  });
});

test('Heartbeat answers our clock [TC_001]', async () => {
  expect(await station.calls('Heartbeat', {})).toEqual({ currentTime: '2030-03-01T12:00:00.000Z' });
});

describe('Authorize', () => {
  test.each([
    [goodTag, { status: 'Accepted', parentIdTag: 'GROUP-1' }],
    ['DEADBEEF01', { status: 'Blocked' }],
    ['DEADBEEF02', { status: 'Expired', expiryDate: '2030-03-01T11:59:59.000Z' }],
    ['NOBODY', { status: 'Invalid' }],
  ])('rows 30 and 31: %s is answered %j [TC_023_1, TC_023_2, TC_023_3]', async (idTag, idTagInfo) => {
    expect(await station.calls('Authorize', { idTag })).toEqual({ idTagInfo });
  });

  test('row 29: a tag that charges already is accepted all the same', async () => {
    const start = { connectorId: 1, idTag: goodTag, meterStart: 0, timestamp: '2030-03-01T12:00:00Z' };
    await station.calls('StartTransaction', start);

    const answer = await station.calls('Authorize', { idTag: goodTag });

    expect(answer).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  });
});

describe('StatusNotification', () => {
  const says = (connectorId: number, status: string, timestamp?: string, more: object = {}) =>
    station.calls('StatusNotification', {
      connectorId,
      status,
      errorCode: 'NoError',
      ...(timestamp === undefined ? {} : { timestamp }),
      ...more,
    });
  const connectors = async () => (await room.services.live.findLive(station.stationId)).connectors;

  test('row 34: the station itself is not one of its connectors', async () => {
    await says(1, 'Charging', '2030-03-01T11:00:00Z');
    await says(0, 'Available', '2030-03-01T11:00:00Z');

    expect(await connectors()).toMatchObject([
      { evseId: 0, connectorId: 0, status: 'AVAILABLE' },
      { evseId: 1, connectorId: 1, status: 'CHARGING' },
    ]);
  });

  test('row 35: the latest by the station’s time stays, whatever arrives last', async () => {
    await says(1, 'Charging', '2030-03-01T11:05:00Z');
    await says(1, 'Preparing', '2030-03-01T11:00:00Z');

    expect(await connectors()).toMatchObject([{ status: 'CHARGING' }]);
  });

  test('row 36: first statuses that come at once are all kept', async () => {
    await Promise.all([0, 1, 2].map((connectorId) => says(connectorId, 'Available', '2030-03-01T11:00:00Z')));

    expect(await connectors()).toHaveLength(3);
  });

  test('without a time it counts from its arrival; an error is kept with it', async () => {
    await says(2, 'Faulted', undefined, { errorCode: 'GroundFailure', vendorErrorCode: 'E-17', info: 'RCD' });

    expect(await connectors()).toMatchObject([
      {
        status: 'FAULTED',
        statusAt: noon,
        errorCode: 'GroundFailure',
        vendorErrorCode: 'E-17',
        info: 'RCD',
      },
    ]);
  });
});

describe('frames', () => {
  test.each([
    ['Reset', 'NotSupported', 'an action that stations do not call'],
    ['TransactionEvent', 'NotImplemented', 'an action of another version'],
    ['constructor', 'NotImplemented', 'a word that is no action'],
  ])('%s is answered %s: %s', async (action, code) => {
    const { answer } = await station.sends(JSON.stringify([2, 'id-1', action, {}]));

    expect(JSON.parse(answer ?? '')).toMatchObject([4, 'id-1', code, expect.stringContaining(action), {}]);
  });

  test('row 47: what has no readable id gets no answer', async () => {
    for (const text of ['nonsense', '{}', '[2]', '[2,7,"Heartbeat",{}]', '', '\0']) {
      expect((await station.sends(text)).answer).toBeUndefined();
    }
  });

  test('row 47: a broken call with a readable id is a FormationViolation', async () => {
    const { answer } = await station.sends('[2,"id-1"]');

    expect(JSON.parse(answer ?? '').slice(0, 3)).toEqual([4, 'id-1', 'FormationViolation']);
  });

  test('an unknown message type is ignored', async () => {
    expect((await station.sends('[7,"id-1",{}]')).answer).toBeUndefined();
  });

  test('row 48: answers are never answered, whatever is in them', async () => {
    for (const text of ['[3,"id-1",{}]', '[3,"id-1",7]', '[4,"id-1","InternalError","",{}]', '[4]', '[3]']) {
      expect((await station.sends(text)).answer).toBeUndefined();
    }
  });
});
