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
  room.now = Date.now();
  station = await room.givenStation(`CS${stations}`, 'ocpp1.6');
});

const accepted = { status: 'Accepted' };
const profile = (more: object = {}) => ({
  chargingProfileId: 7,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Absolute',
  chargingSchedule: {
    startSchedule: '2020-01-01T00:00:00Z',
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 16.1, numberPhases: 3 }],
  },
  ...more,
});
const set = (connectorId: number, more: object = {}, answer: Record<string, unknown> = accepted) =>
  exchange(
    room,
    station,
    { name: 'SET_CHARGING_PROFILE', parameters: { connectorId, csChargingProfiles: profile(more) } },
    answer,
  );
const charging = () => room.services.charging.findCharging(station.stationId);
const heldIds = async () => (await charging()).profiles.map((one) => one.profile.profileId);

describe('SetChargingProfile', () => {
  test('that is accepted is known to be installed [TC_056]', async () => {
    const { payload, command } = await set(1);

    expect(payload).toEqual({ connectorId: 1, csChargingProfiles: profile() });
    expect(command.state).toBe('ACCEPTED');
    expect((await charging()).profiles).toMatchObject([
      {
        evseId: 1,
        source: 'CSO',
        profile: {
          profileId: 7,
          purpose: 'EVSE_DEFAULT',
          kind: 'ABSOLUTE',
          schedules: [
            { unit: 'A', startAt: Date.UTC(2020, 0, 1), periods: [{ startS: 0, limit: 16.1, phases: 3 }] },
          ],
        },
      },
    ]);
  });

  test('that is refused is not, and one that is not supported says that nobody limits this station [TC_058]', async () => {
    await set(1, {}, { status: 'Rejected' });
    const refused = await charging();
    await set(1, {}, { status: 'NotSupported' });

    expect(refused).toMatchObject({ profiles: [] });
    expect(refused.controllable).toBeUndefined();
    expect(await charging()).toMatchObject({ profiles: [], controllable: false });
  });

  test('drives out the one of its id, and that of its connector, purpose and level [TC_072]', async () => {
    await set(1);
    await set(1, { chargingProfileId: 8 });
    await set(1, { chargingProfileId: 9, stackLevel: 1 });
    await set(2, { chargingProfileId: 10 });

    expect(await heldIds()).toEqual([10, 8, 9]);
  });

  test('for a transaction names it [TC_057]', async () => {
    const start = await station.calls('StartTransaction', {
      connectorId: 1,
      idTag: goodTag,
      meterStart: 0,
      timestamp: new Date(room.now).toISOString(),
    });
    const { transactionId } = start;
    const { command } = await set(1, {
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Relative',
      transactionId,
      chargingSchedule: {
        chargingRateUnit: 'W',
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 7000 }],
      },
    });

    expect(command.state).toBe('ACCEPTED');
    expect((await charging()).profiles).toMatchObject([
      { profile: { purpose: 'TRANSACTION', transactionRef: String(transactionId) } },
    ]);
  });

  test.each([
    [
      'a profile of a transaction on no connector',
      0,
      { chargingProfilePurpose: 'TxProfile', transactionId: 1 },
      'connectorId',
    ],
    [
      'a profile of a transaction without it',
      1,
      { chargingProfilePurpose: 'TxProfile' },
      'csChargingProfiles.transactionId',
    ],
    [
      'a limit of the charge point on a connector',
      1,
      { chargingProfilePurpose: 'ChargePointMaxProfile' },
      'connectorId',
    ],
    [
      'a recurring profile without its recurrence',
      1,
      { chargingProfileKind: 'Recurring' },
      'csChargingProfiles.recurrencyKind',
    ],
    [
      'row 50: a limit with two decimals',
      1,
      {
        chargingSchedule: {
          chargingRateUnit: 'A',
          chargingSchedulePeriod: [{ startPeriod: 0, limit: 16.15 }],
        },
      },
      'csChargingProfiles.chargingSchedule.chargingSchedulePeriod.0.limit',
    ],
    [
      'a first period that is late',
      1,
      {
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 9, limit: 16 }] },
      },
      'csChargingProfiles.chargingSchedule.chargingSchedulePeriod.0.startPeriod',
    ],
  ])('%s is refused before it is queued, naming the member', async (_name, connectorId, more, field) => {
    await expect(set(connectorId, more)).rejects.toMatchObject({
      code: 'Validation',
      field: `parameters.${field}`,
    });
  });

  test('above the levels or periods of the station is refused', async () => {
    await room.services.limits.noteLimits(station.stationId, { profileStackLevel: 1 });

    await expect(set(1, { stackLevel: 2 })).rejects.toMatchObject({
      field: 'parameters.csChargingProfiles.stackLevel',
    });
  });

  test('in a unit that the station does not know is refused', async () => {
    await room.services.limits.noteLimits(station.stationId, { rateUnits: ['W'] });

    await expect(set(1, {})).rejects.toMatchObject({
      field: 'parameters.csChargingProfiles.chargingSchedule.chargingRateUnit',
    });
    await room.services.limits.noteLimits(station.stationId, { rateUnits: ['A', 'W'] });
  });

  test('row 50: passes for every limit with one decimal', async () => {
    for (const limit of [0.1, 0.3, 6.1, 16.1, 22_080.1, 1_000_000.7]) {
      const { command } = await set(1, {
        chargingSchedule: {
          chargingRateUnit: 'W',
          chargingSchedulePeriod: [{ startPeriod: 0, limit }],
        },
      });

      expect(command.state).toBe('ACCEPTED');
    }
  });
});

describe('ClearChargingProfile', () => {
  const clear = (parameters: object, status = 'Accepted') =>
    exchange(room, station, { name: 'CLEAR_CHARGING_PROFILE', parameters: { ...parameters } }, { status });

  test('forgets what fits all that it names, whether the station knew of it or not [TC_067]', async () => {
    await set(1);
    await set(2, { chargingProfileId: 8 });
    await set(0, { chargingProfileId: 9, chargingProfilePurpose: 'ChargePointMaxProfile' });

    await clear({ connectorId: 2, chargingProfilePurpose: 'ChargePointMaxProfile' }, 'Unknown');
    const none = await heldIds();
    await clear({ connectorId: 2, stackLevel: 0 });
    const one = await heldIds();
    await clear({ id: 9 }, 'Unknown');
    const two = await heldIds();
    await clear({});

    expect([none, one, two, await heldIds()]).toEqual([[7, 8, 9], [7, 9], [7], []]);
  });

  test('that is answered late does not undo what was set after it', async () => {
    await set(1);
    const { profiles } = await charging();
    const [before] = profiles;

    await room.services.charging.clearProfiles(station.stationId, [7], (before?.installedAt ?? 0) - 1);

    expect(await heldIds()).toEqual([7]);
  });
});

describe('GetCompositeSchedule', () => {
  test('is compared with what we think limits the connector [TC_066]', async () => {
    await set(1);
    const scheduleStart = new Date(room.now).toISOString();
    const schedule = (limit: number) => ({
      status: 'Accepted',
      connectorId: 1,
      scheduleStart,
      chargingSchedule: {
        duration: 300,
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [{ startPeriod: 0, limit }],
      },
    });
    const ask = (limit: number) =>
      exchange(
        room,
        station,
        { name: 'GET_COMPOSITE_SCHEDULE', parameters: { connectorId: 1, duration: 300 } },
        schedule(limit),
      );

    await ask(16.1);
    const same = (await charging()).comparisons;
    await ask(32);

    expect(same).toMatchObject([{ evseId: 1, unit: 'A', durationS: 300, differences: [] }]);
    expect((await charging()).comparisons).toMatchObject([
      { differences: [{ fromS: 0, toS: 300, ours: 16.1, theirs: 32 }] },
    ]);
  });
});

describe('RemoteStartTransaction', () => {
  const start = (chargingProfile: object) =>
    exchange(
      room,
      station,
      { name: 'START_TRANSACTION', parameters: { connectorId: 1, idToken: goodTag, chargingProfile } },
      accepted,
    );
  const neutral = {
    profileId: 3,
    purpose: 'TRANSACTION',
    stackLevel: 0,
    kind: 'RELATIVE',
    schedules: [{ unit: 'A', periods: [{ startS: 0, limit: 10 }] }],
  };

  test('takes a profile along, without a transaction: there is none yet [TC_059]', async () => {
    const { action, payload } = await start(neutral);

    expect([action, payload]).toEqual([
      'RemoteStartTransaction',
      {
        idTag: goodTag,
        connectorId: 1,
        chargingProfile: {
          chargingProfileId: 3,
          stackLevel: 0,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Relative',
          chargingSchedule: {
            chargingRateUnit: 'A',
            chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }],
          },
        },
      },
    ]);
  });

  test('in OCPP’s own words is held to the same [TC_059]', async () => {
    const words = { chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Relative' };
    const chargingSchedule = {
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }],
    };
    const remoteStart = (more: object) => {
      const chargingProfile = { ...profile({ ...words, chargingSchedule }), ...more };
      const parameters = { connectorId: 1, idTag: goodTag, chargingProfile };
      return exchange(room, station, { name: 'REMOTE_START_TRANSACTION', parameters }, accepted);
    };

    expect((await remoteStart({})).command.state).toBe('ACCEPTED');
    await expect(remoteStart({ transactionId: 7 })).rejects.toMatchObject({
      field: 'parameters.chargingProfile.transactionId',
    });
    await expect(remoteStart({ chargingProfilePurpose: 'TxDefaultProfile' })).rejects.toMatchObject({
      field: 'parameters.chargingProfile.chargingProfilePurpose',
    });
  });

  test('with a profile that is none of a transaction is refused [TC_059]', async () => {
    await expect(start({ ...neutral, purpose: 'EVSE_DEFAULT' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'parameters.chargingProfile.purpose',
    });
  });
});
