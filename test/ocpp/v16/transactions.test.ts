import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rateRecord } from '../../../functions/core/cdrs/rate-record.ts';
import { assembleSession } from '../../../functions/core/sessions/assemble-session.ts';
import { numberedSessionId } from '../../../functions/core/sessions/session-id.ts';
import { blockToken } from '../../../functions/core/tokens/provision-token.ts';
import { aTariff } from '../../adapters/dynamodb/samples.ts';
import { goodTag, noon, openRoom, type Room, type TestStation } from '../room-under-test.ts';

let room: Room;
let station: TestStation;
let stations = 0;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

async function givenStation(): Promise<TestStation> {
  stations += 1;
  station = await room.givenStation(`CP${stations}`, 'ocpp1.6');
  return station;
}

const at = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();

async function starts(idTag: string, meterStart = 1_000, minutes = 0, connectorId = 1) {
  const request = { connectorId, idTag, meterStart, timestamp: at(minutes) };
  const answer = await station.calls('StartTransaction', request);
  return answer as { transactionId: number; idTagInfo: Record<string, unknown> };
}

/** Two euros for an hour of charging, six for one of parking. */
const terms = {
  timeZone: 'UTC',
  tariff: aTariff({
    elements: [
      {
        priceComponents: [
          { type: 'TIME', price: '2', stepSize: 1 },
          { type: 'PARKING_TIME', price: '6', stepSize: 1 },
        ],
      },
    ],
  }),
};

function sessionOf(transactionId: number) {
  const { services } = room;
  return services.sessions.findSession(numberedSessionId(services.digest, services.tenantId, transactionId));
}

describe('StartTransaction', () => {
  test('row 31: an accepted start gets its number, the group and the true status', async () => {
    await givenStation();

    const { transactionId, idTagInfo } = await starts(goodTag);

    expect(idTagInfo).toEqual({ status: 'Accepted', parentIdTag: 'GROUP-1' });
    expect(await sessionOf(transactionId)).toMatchObject({
      stationId: station.stationId,
      transactionRef: String(transactionId),
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodTag, status: 'ACCEPTED', userId: 'user-1' },
      startedAt: noon,
      meterStartWh: 1_000,
      state: 'ACTIVE',
    });
  });

  test.each([
    ['Invalid', 'NOBODY'],
    ['Blocked', 'DEADBEEF01'],
    ['Expired', 'DEADBEEF02'],
  ])('rows 1 and 30: a refused tag gets the status %s and a number of its own', async (status, tag) => {
    await givenStation();

    const first = await starts(tag, 1_000);
    const second = await starts(tag, 2_000, 1);

    expect(first.idTagInfo.status).toBe(status);
    expect(first.transactionId).toBeGreaterThan(0);
    expect(second.transactionId).toBeGreaterThan(0);
    expect(second.transactionId).not.toBe(first.transactionId);
    const kept = status === 'Invalid' ? 'UNKNOWN' : status.toUpperCase();
    expect((await sessionOf(first.transactionId))?.token?.status).toBe(kept);
  });

  test('rows 2 and 3: a repeat under another message id gets the first number', async () => {
    await givenStation();

    const first = await starts(goodTag);
    const repeat = await starts(goodTag);

    expect(repeat).toEqual(first);
  });

  test('row 9: a refused start leaves the live session on its connector alone', async () => {
    await givenStation();
    const live = await starts(goodTag);

    await starts('NOBODY', 2_000, 1);

    expect((await sessionOf(live.transactionId))?.state).toBe('ACTIVE');
  });

  test('row 65: an accepted start ends the older session on its connector as superseded', async () => {
    await givenStation();
    const older = await starts(goodTag);

    await starts('04A1B2C3D4E5F7', 2_000, 5);

    expect(await sessionOf(older.transactionId)).toMatchObject({ state: 'ENDED', stopReason: 'SUPERSEDED' });
  });

  test('row 32: case and blanks make no other tag', async () => {
    await givenStation();

    const { idTagInfo } = await starts(` ${goodTag.toLowerCase()} `);

    expect(idTagInfo.status).toBe('Accepted');
  });

  test('a group too long for a parentIdTag stays out of the answer', async () => {
    await givenStation();

    const { idTagInfo } = await starts('LONGGROUP');

    expect(idTagInfo).toEqual({ status: 'Accepted' });
  });
});

describe('StatusNotification', () => {
  test('during a transaction tells since when its vehicle only parks, up to the very stop', async () => {
    const { stationId } = await givenStation();
    const { transactionId } = await starts(goodTag);
    const says = (status: string, minutes: number) =>
      station.calls('StatusNotification', {
        connectorId: 1,
        errorCode: 'NoError',
        status,
        timestamp: at(minutes),
      });

    await says('Charging', 0);
    await says('SuspendedEV', 60);
    await station.calls('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(540) });
    await says('Finishing', 540);

    const { services } = room;
    const sessionId = numberedSessionId(services.digest, services.tenantId, transactionId);
    const session = await sessionOf(transactionId);
    const entries = await services.sessions.listEntries(sessionId);
    const rating = session && rateRecord(assembleSession(session, entries), terms);
    expect(session?.stationId).toBe(stationId);
    expect(rating).toMatchObject({
      totalCost: { exclVat: '50' },
      periods: [
        { activity: 'CHARGING', energyWh: 10_000, endedAt: noon + 60 * 60_000 },
        { activity: 'PARKING', energyWh: 0, endedAt: noon + 540 * 60_000 },
      ],
    });
  });
});

describe('StopTransaction', () => {
  const stop = (transactionId: number, more: object = {}) =>
    station.calls('StopTransaction', { transactionId, meterStop: 9_000, timestamp: at(60), ...more });

  test('ends the session with its meter, time and reason [TC_005_1]', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);

    const answer = await stop(transactionId, { reason: 'EVDisconnected' });

    expect(answer).toEqual({});
    expect(await sessionOf(transactionId)).toMatchObject({
      state: 'ENDED',
      endedAt: noon + 3_600_000,
      meterStopWh: 9_000,
      stopReason: 'EV_DISCONNECTED',
    });
  });

  test('row 28: without a reason it is local', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);

    await stop(transactionId);

    expect((await sessionOf(transactionId))?.stopReason).toBe('LOCAL');
  });

  test.each([12_345, -1, 0, 9_007_199_254_740_991])(
    'rows 5 and 52: an unknown transaction %d is confirmed and kept for an operator',
    async (transactionId) => {
      await givenStation();

      const answer = await stop(transactionId);

      const { items } = await room.services.sessions.listOrphans(station.stationId, { limit: 10 });
      expect(answer).toEqual({});
      expect(items).toMatchObject([{ transactionRef: String(transactionId), meterStopWh: 9_000 }]);
    },
  );

  test('row 6: a repeat changes nothing', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);
    await stop(transactionId);
    const ended = await sessionOf(transactionId);

    await stop(transactionId, { meterStop: 9_999 });

    expect(await sessionOf(transactionId)).toEqual(ended);
  });

  test.each([
    ['row 7: another tag', 'NOBODY', 'Invalid'],
    ['row 8: a tag of the same group', '04A1B2C3D4E5F7', 'Accepted'],
  ])('%s ends the session too, is told its status, and is recorded', async (_, idTag, status) => {
    await givenStation();
    const { transactionId } = await starts(goodTag);

    const answer = await stop(transactionId, { idTag });

    expect(answer).toMatchObject({ idTagInfo: { status } });
    expect(await sessionOf(transactionId)).toMatchObject({ state: 'ENDED', stopTokenUid: idTag });
  });

  test('tells the tag that started it what it is worth at the end, for as long as it may be kept', async () => {
    await givenStation();
    const { tokens, policy } = room.services;
    Object.assign(room.services, { policy: { ...policy, cacheLifetimeS: 60 } });
    const at = { createdAt: noon, updatedAt: noon, revision: 1 };
    const card = { uid: 'FLEETING', visualId: 'FLEETING', tokenType: 'RFID', active: true } as const;
    await tokens.createToken({ ...card, ...at, blocked: false });
    const first = await starts('FLEETING');
    const atFirst = await stop(first.transactionId, { idTag: 'FLEETING' });
    const second = await starts('FLEETING', 9_000, 61);
    await blockToken(room.services, 'FLEETING');

    const atSecond = await stop(second.transactionId, { idTag: 'FLEETING' });
    Object.assign(room.services, { policy });

    const expiryDate = new Date(room.now + 60_000).toISOString();
    expect(atFirst).toEqual({ idTagInfo: { status: 'Accepted', expiryDate } });
    expect(atSecond).toEqual({ idTagInfo: { status: 'Blocked', expiryDate } });
    expect((await sessionOf(second.transactionId))?.stopTokenUid).toBeUndefined();
  });

  test('its readings become entries of the session', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);
    const values = [
      { value: '1.0', unit: 'kWh', context: 'Transaction.Begin' },
      { value: '9.0', unit: 'kWh', context: 'Transaction.End' },
    ];

    await stop(transactionId, { transactionData: [{ timestamp: at(60), sampledValue: values }] });

    const session = await sessionOf(transactionId);
    const entries = await room.services.sessions.listEntries(session?.sessionId ?? '');
    expect(entries.flatMap(({ samples }) => samples)).toMatchObject([
      { context: 'BEGIN', energyWh: 1_000 },
      { context: 'END', energyWh: 9_000 },
    ]);
  });
});

describe('MeterValues', () => {
  const meter = (transactionId: number | undefined, minutes: number, ...sampledValue: object[]) =>
    station.calls('MeterValues', {
      connectorId: 1,
      ...(transactionId === undefined ? {} : { transactionId }),
      meterValue: [{ timestamp: at(minutes), sampledValue }],
    });

  async function samplesOf(transactionId: number) {
    const { services } = room;
    const sessionId = numberedSessionId(services.digest, services.tenantId, transactionId);
    return (await services.sessions.listEntries(sessionId)).flatMap(({ samples }) => samples);
  }

  test('rows 15, 16 and 17: defaults fill in, and energy is whole Wh whatever its unit', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);

    await meter(transactionId, 1, { value: '1500' });
    await meter(transactionId, 2, { value: '1.75', unit: 'kWh', location: 'Outlet' });

    expect(await samplesOf(transactionId)).toEqual([
      { at: noon + 60_000, context: 'PERIODIC', energyWh: 1_500 },
      { at: noon + 120_000, context: 'PERIODIC', energyWh: 1_750 },
    ]);
  });

  test('row 13: power alone says nothing of energy', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);

    await meter(transactionId, 1, { value: '11', measurand: 'Power.Active.Import', unit: 'kW' });

    expect(await samplesOf(transactionId)).toEqual([
      { at: noon + 60_000, context: 'PERIODIC', powerW: 11_000 },
    ]);
  });

  test('row 57: a signed value is kept word for word', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);
    const data = 'OCMF|{"RD":[{"RV":1.5}]}|{"SD":"3045"}';

    await meter(transactionId, 1, { value: data, format: 'SignedData', context: 'Transaction.Begin' });

    expect(await samplesOf(transactionId)).toMatchObject([{ context: 'BEGIN', signed: [{ data }] }]);
  });

  test('row 10: readings that come after the end join their session', async () => {
    await givenStation();
    const { transactionId } = await starts(goodTag);
    await station.calls('StopTransaction', { transactionId, meterStop: 9_000, timestamp: at(60) });

    await meter(transactionId, 30, { value: '5000' });

    expect(await samplesOf(transactionId)).toMatchObject([{ energyWh: 5_000 }]);
  });

  test.each([undefined, -1, 0])('row 11: readings of transaction %s are the connector’s own', async (id) => {
    await givenStation();

    const answer = await meter(id, 1, { value: '5000', context: 'Sample.Clock' });

    expect(answer).toEqual({});
    if (id !== undefined) expect(await samplesOf(id)).toEqual([]);
  });
});
