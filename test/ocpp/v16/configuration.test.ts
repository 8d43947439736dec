import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actualOf } from '../../../functions/core/device-model/device-model.ts';
import { type AskedCall, ask } from '../asked-station.ts';
import { noon, openRoom, type Room, type TestStation } from '../room-under-test.ts';

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

const wish = (name: string, parameters: Record<string, unknown> = {}) =>
  ({ name, parameters, protocol: 'ocpp1.6' }) as const;

async function keys() {
  const { items } = await room.services.deviceModel.listComponents(station.stationId, {}, { limit: 10 });
  return Object.fromEntries(
    items.flatMap(({ variables }) => variables.map((one) => [one.name, { ...one, actual: actualOf(one) }])),
  );
}

describe('GetConfiguration', () => {
  const all = {
    configurationKey: [
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
      { key: 'GetConfigurationMaxKeys', readonly: true, value: '2' },
      { key: 'LocalAuthListMaxLength', readonly: true, value: '500' },
      { key: 'SendLocalListMaxLength', readonly: true, value: '50' },
      { key: 'ChargeProfileMaxStackLevel', readonly: true, value: '8' },
      { key: 'ChargingScheduleMaxPeriods', readonly: true, value: '24' },
      { key: 'ChargingScheduleAllowedChargingRateUnit', readonly: true, value: 'Current, Power' },
    ],
  };

  test('asks for everything when no keys are named, and keeps what it is told [TC_019_1]', async () => {
    const { calls, commands } = await ask(room, station, wish('GET_CONFIGURATION'), () => all);

    expect(calls).toEqual([{ action: 'GetConfiguration', payload: {} }]);
    expect(commands).toMatchObject([{ state: 'ACCEPTED' }]);
    expect(await keys()).toMatchObject({
      HeartbeatInterval: { actual: { value: '300', mutability: 'READ_WRITE', reportedAt: noon } },
      LocalAuthListMaxLength: { actual: { value: '500', mutability: 'READ_ONLY' } },
    });
  });

  test('asks for the keys that are named, one or several [TC_019_2]', async () => {
    const one = await ask(room, station, wish('GET_CONFIGURATION', { key: 'HeartbeatInterval' }));
    const two = await ask(room, station, wish('GET_CONFIGURATION', { keys: ['A', 'B'] }));

    expect(one.calls).toEqual([{ action: 'GetConfiguration', payload: { key: ['HeartbeatInterval'] } }]);
    expect(two.calls).toEqual([{ action: 'GetConfiguration', payload: { key: ['A', 'B'] } }]);
  });

  test('row 59: learns what the station takes at once, and asks for no more keys than that', async () => {
    await ask(room, station, wish('GET_CONFIGURATION'), () => all);
    const answer = ({ payload }: AskedCall) => ({
      configurationKey: payload.key.map((key: string) => ({ key, readonly: true, value: key.toLowerCase() })),
    });
    const { calls, commands } = await ask(
      room,
      station,
      wish('GET_CONFIGURATION', { keys: ['A', 'B', 'C'] }),
      answer,
    );

    expect(await room.services.limits.findLimits(station.stationId)).toEqual({
      keysPerRead: 2,
      localListEntries: 500,
      localListEntriesPerMessage: 50,
      profileStackLevel: 8,
      periodsPerSchedule: 24,
      rateUnits: ['A', 'W'],
    });
    expect(calls.map(({ payload }) => payload.key)).toEqual([['A', 'B'], ['C']]);
    expect(commands[0]?.partIds).toHaveLength(2);
    expect(await keys()).toMatchObject({ A: { actual: { value: 'a' } }, C: { actual: { value: 'c' } } });
  });

  test('learns which keys the station does not have, until it has them', async () => {
    const unknown = await ask(room, station, wish('GET_CONFIGURATION', { key: 'CpoName' }), () => ({
      unknownKey: ['CpoName'],
    }));
    const gone = (await keys()).CpoName?.goneAt;
    room.now += 1_000;
    await ask(room, station, wish('GET_CONFIGURATION', { key: 'CpoName' }), () => ({
      configurationKey: [{ key: 'CpoName', readonly: false, value: 'Acme' }],
    }));

    expect(unknown.commands).toMatchObject([{ state: 'ACCEPTED' }]);
    expect(gone).toBe(noon);
    expect(await keys()).toMatchObject({ CpoName: { actual: { value: 'Acme' } } });
    expect((await keys()).CpoName).not.toHaveProperty('goneAt');
  });

  test('keeps no password, whatever the station tells', async () => {
    const { commands } = await ask(room, station, wish('GET_CONFIGURATION'), () => ({
      configurationKey: [
        { key: 'AuthorizationKey', readonly: false, value: 'secret-1' },
        { key: 'VendorWifiPassword', readonly: false, value: 'secret-2' },
        { key: 'CpoName', readonly: false },
      ],
    }));

    expect(Object.keys(await keys())).toEqual(['CpoName']);
    expect(commands).toMatchObject([{ state: 'ACCEPTED', answer: { configurationKey: { length: 3 } } }]);
    expect(JSON.stringify(commands)).not.toContain('secret');
  });
});

describe('ChangeConfiguration', () => {
  const change = (status: string, value: unknown = 60) =>
    ask(room, station, wish('CHANGE_CONFIGURATION', { key: 'HeartbeatInterval', value }), () => ({ status }));

  test('sends the value as text, and knows it once the station has it [TC_021]', async () => {
    const { calls, commands } = await change('Accepted');

    expect(calls).toEqual([
      { action: 'ChangeConfiguration', payload: { key: 'HeartbeatInterval', value: '60' } },
    ]);
    expect(commands).toMatchObject([{ state: 'ACCEPTED', requestedBy: 'alice' }]);
    expect(await keys()).toMatchObject({ HeartbeatInterval: { actual: { value: '60' } } });
  });

  test('leaves a value pending that takes a restart, until the station tells it', async () => {
    await change('Accepted', '60');
    await change('RebootRequired', '120');
    const before = (await keys()).HeartbeatInterval?.actual;
    await ask(room, station, wish('GET_CONFIGURATION'), () => ({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '120' }],
    }));

    expect(before).toMatchObject({ value: '60', pending: { value: '120', at: noon } });
    expect((await keys()).HeartbeatInterval?.actual).toEqual({
      type: 'ACTUAL',
      value: '120',
      mutability: 'READ_WRITE',
      reportedAt: noon,
    });
  });

  test('is refused as the station refuses it, and changes nothing [TC_040_1, TC_040_2]', async () => {
    await change('Accepted', '60');
    const rejected = await change('Rejected', '-1');
    const unsupported = await ask(
      room,
      station,
      wish('CHANGE_CONFIGURATION', { key: 'NoSuchKey', value: true }),
      () => ({ status: 'NotSupported' }),
    );

    expect(rejected.commands).toMatchObject([{ state: 'REJECTED' }]);
    expect(unsupported.commands).toMatchObject([{ state: 'REJECTED' }]);
    expect(await keys()).toMatchObject({
      HeartbeatInterval: { actual: { value: '60' } },
      NoSuchKey: { goneAt: noon },
    });
  });

  test.each([
    [{ value: '1' }, 'parameters.key'],
    [{ key: 'AuthorizationKey', value: 'secret' }, 'parameters.key'],
    [{ key: 'HeartbeatInterval' }, 'parameters.value'],
    [{ key: 'K'.repeat(51), value: '1' }, 'parameters.key'],
    [{ key: 'HeartbeatInterval', value: 'v'.repeat(501) }, 'parameters.value'],
  ])('%j is refused before it is queued', async (parameters, field) => {
    const asking = ask(room, station, wish('CHANGE_CONFIGURATION', parameters));

    await expect(asking).rejects.toMatchObject({ code: 'Validation', field });
  });
});

describe('ChangeAvailability', () => {
  test.each([
    ['Accepted', 'ACCEPTED', 'ACCEPTED'],
    ['Scheduled', 'SCHEDULED', 'ACCEPTED'],
    ['Rejected', 'REJECTED', 'REJECTED'],
  ])('answered %s is kept for the place it was asked for', async (status, answer, state) => {
    const { commands } = await ask(
      room,
      station,
      wish('CHANGE_AVAILABILITY', { connectorId: 2, type: 'Inoperative' }),
      () => ({ status }),
    );

    expect(commands).toMatchObject([{ state }]);
    expect(await room.services.words.listAvailability(station.stationId)).toMatchObject([
      { place: { evseId: 2, connectorId: 1 }, wanted: 'INOPERATIVE', answer, askedBy: 'alice' },
    ]);
  });

  test('keeps the last word on each place, the whole station among them', async () => {
    for (const [connectorId, type] of [
      [0, 'Inoperative'],
      [1, 'Inoperative'],
      [0, 'Operative'],
    ] as const) {
      await ask(room, station, wish('CHANGE_AVAILABILITY', { connectorId, type }), () => ({
        status: 'Accepted',
      }));
    }

    expect(await room.services.words.listAvailability(station.stationId)).toMatchObject([
      { place: { evseId: 0, connectorId: 0 }, wanted: 'OPERATIVE' },
      { place: { evseId: 1, connectorId: 1 }, wanted: 'INOPERATIVE' },
    ]);
  });
});

test('ClearCache ends as the station answers [TC_061]', async () => {
  const accepted = await ask(room, station, wish('CLEAR_CACHE'), () => ({ status: 'Accepted' }));
  const rejected = await ask(room, station, wish('CLEAR_CACHE'), () => ({ status: 'Rejected' }));

  expect([accepted.commands[0]?.state, rejected.commands[0]?.state]).toEqual(['ACCEPTED', 'REJECTED']);
});
