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
  station = await room.givenStation(`CS${stations}`, 'ocpp2.0.1');
});

const accepted = { status: 'Accepted' };
const schedule = (limit: number, more: object = {}) => ({
  id: 1,
  startSchedule: '2020-01-01T00:00:00.000Z',
  chargingRateUnit: 'A',
  chargingSchedulePeriod: [{ startPeriod: 0, limit }],
  ...more,
});
const profile = (more: object = {}) => ({
  id: 7,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Absolute',
  chargingSchedule: [schedule(16.1)],
  ...more,
});
const set = (evseId: number, more: object = {}, answer: Record<string, unknown> = accepted) =>
  exchange(
    room,
    station,
    { name: 'SET_CHARGING_PROFILE', parameters: { evseId, chargingProfile: profile(more) } },
    answer,
  );
const charging = () => room.services.charging.findCharging(station.stationId);
const held = async () =>
  (await charging()).profiles.map((one) => `${one.profile.profileId} ${one.source} @${one.evseId}`);

async function givenTransaction(): Promise<void> {
  await station.calls('TransactionEvent', {
    eventType: 'Started',
    seqNo: 0,
    timestamp: new Date(room.now).toISOString(),
    triggerReason: 'CablePluggedIn',
    transactionInfo: { transactionId: 'tx-1' },
    evse: { id: 1 },
    idToken: { idToken: goodTag, type: 'ISO14443' },
  });
}

describe('SetChargingProfile', () => {
  test('that is accepted is known to be installed, and replaced by its id [K01]', async () => {
    const { payload } = await set(1);
    await set(2, { stackLevel: 1 });

    expect(payload).toEqual({ evseId: 1, chargingProfile: profile() });
    expect(await held()).toEqual(['7 CSO @2']);
  });

  test.each([
    [
      'limits from outside [K01.FR.22]',
      0,
      { chargingProfilePurpose: 'ChargingStationExternalConstraints' },
      'chargingProfile.chargingProfilePurpose',
    ],
    [
      'a profile of a transaction without it [K01.FR.03]',
      1,
      { chargingProfilePurpose: 'TxProfile' },
      'chargingProfile.transactionId',
    ],
    [
      'a relative limit of the station [K01.FR.38]',
      0,
      { chargingProfilePurpose: 'ChargingStationMaxProfile', chargingProfileKind: 'Relative' },
      'chargingProfile.chargingProfileKind',
    ],
    [
      'a chosen phase among three [K01.FR.19]',
      1,
      {
        chargingSchedule: [
          schedule(1, { chargingSchedulePeriod: [{ startPeriod: 0, limit: 1, phaseToUse: 1 }] }),
        ],
      },
      'chargingProfile.chargingSchedule.0.chargingSchedulePeriod.0.phaseToUse',
    ],
    [
      'row 50: a limit with two decimals',
      1,
      { chargingSchedule: [schedule(16.15)] },
      'chargingProfile.chargingSchedule.0.chargingSchedulePeriod.0.limit',
    ],
    [
      'an absolute one without a start [K01.FR.40]',
      1,
      {
        chargingSchedule: [
          { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 1 }] },
        ],
      },
      'chargingProfile.chargingSchedule.0.startSchedule',
    ],
    [
      'periods out of order [K01.FR.35]',
      1,
      {
        chargingSchedule: [
          schedule(1, {
            chargingSchedulePeriod: [0, 600, 300].map((startPeriod) => ({ startPeriod, limit: 6 })),
          }),
        ],
      },
      'chargingProfile.chargingSchedule.0.chargingSchedulePeriod.2.startPeriod',
    ],
  ])(
    '%s is refused before it is queued, naming the member [K01.FR.03, K01.FR.35, K01.FR.38]',
    async (_name, evseId, more, field) => {
      await expect(set(evseId, more)).rejects.toMatchObject({
        code: 'Validation',
        field: `parameters.${field}`,
      });
    },
  );

  test('beside one of its place, purpose and level is refused while both are valid [K01.FR.06]', async () => {
    await set(1);

    await expect(set(1, { id: 8 })).rejects.toMatchObject({ field: 'parameters.chargingProfile.stackLevel' });
    await expect(set(2, { id: 8 })).resolves.toMatchObject({ command: { state: 'ACCEPTED' } });
  });
});

describe('ClearChargingProfile', () => {
  const clear = (parameters: object) =>
    exchange(room, station, { name: 'CLEAR_CHARGING_PROFILE', parameters: { ...parameters } }, accepted);

  test('forgets by id or by criteria, and never limits from outside [K10]', async () => {
    await set(1);
    await set(2, { id: 8, stackLevel: 3 });
    await report({ requestId: 1, chargingLimitSource: 'EMS', evseId: 0 }, [
      profile({ id: 99, chargingProfilePurpose: 'ChargingStationExternalConstraints' }),
    ]);

    await clear({ chargingProfileId: 7 });
    const one = await held();
    await clear({ chargingProfileCriteria: { evseId: 0 } });
    const same = await held();
    await clear({ chargingProfileCriteria: { stackLevel: 3 } });

    expect([one, same, await held()]).toEqual([
      ['8 CSO @2', '99 EMS @0'],
      ['8 CSO @2', '99 EMS @0'],
      ['99 EMS @0'],
    ]);
  });
});

const report = (more: object, profiles: object[]) =>
  station.calls('ReportChargingProfiles', { chargingProfile: profiles, ...more });

describe('GetChargingProfiles', () => {
  const get = (parameters: object, status = 'Accepted') =>
    exchange(room, station, { name: 'GET_CHARGING_PROFILES', parameters: { ...parameters } }, { status });

  test('brings what the station holds, with who set it, and drops what it does not hold [K09]', async () => {
    await set(1);
    await set(2, { id: 8 });

    await get({ requestId: 5, chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile' } });
    room.now += 1000;
    await report({ requestId: 5, chargingLimitSource: 'CSO', evseId: 1, tbc: true }, [profile()]);
    const underWay = await held();
    await report({ requestId: 5, chargingLimitSource: 'SO', evseId: 0 }, [
      profile({ id: 70, stackLevel: 2 }),
    ]);

    expect([underWay, await held()]).toEqual([
      ['7 CSO @1', '8 CSO @2'],
      ['7 CSO @1', '70 SO @0'],
    ]);
  });

  test('drops what the station does not hold also when its report overtakes its answer [K09]', async () => {
    await set(1);
    await set(2, { id: 8 });
    const parameters = { requestId: 5, chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile' } };

    await exchange(room, station, { name: 'GET_CHARGING_PROFILES', parameters }, async () => {
      room.now += 1000;
      await report({ requestId: 5, chargingLimitSource: 'CSO', evseId: 1 }, [profile()]);
      return { status: 'Accepted' };
    });

    expect(await held()).toEqual(['7 CSO @1']);
  });

  test('waits for its own report where an older one had the same number [K09]', async () => {
    await report({ requestId: 5, chargingLimitSource: 'CSO', evseId: 1 }, [profile()]);
    await set(2, { id: 8 });
    room.now += 1000;

    await get({ requestId: 5, chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile' } });

    expect(await held()).toEqual(['7 CSO @1', '8 CSO @2']);
  });

  test('that finds none drops what it asked for [K09]', async () => {
    await set(1);
    await set(2, { id: 8, stackLevel: 4 });

    const { command } = await get({ requestId: 6, chargingProfile: { stackLevel: 4 } }, 'NoProfiles');

    expect(command.state).toBe('ACCEPTED');
    expect(await held()).toEqual(['7 CSO @1']);
  });

  test('must name something [K09.FR.03]', async () => {
    await expect(get({ requestId: 6, chargingProfile: {} })).rejects.toMatchObject({
      field: 'parameters.chargingProfile',
    });
  });
});

describe('limits from outside', () => {
  test('are kept by EVSE and source until they are cleared [K11, K12, K13]', async () => {
    const notify = (evseId: number, chargingLimitSource: string, limit: number) =>
      station.calls('NotifyChargingLimit', {
        evseId,
        chargingLimit: { chargingLimitSource, isGridCritical: true },
        chargingSchedule: [schedule(limit)],
      });
    const limits = async () =>
      (await charging()).limits.map(
        (one) => `${one.source} @${one.evseId} ${one.schedules[0]?.periods[0]?.limit}`,
      );

    await notify(1, 'EMS', 10);
    await notify(1, 'EMS', 8);
    await notify(1, 'Other', 6);
    await notify(2, 'EMS', 12);
    const before = await limits();
    room.now += 1000;
    await station.calls('ClearedChargingLimit', { chargingLimitSource: 'EMS', evseId: 1 });
    const between = await limits();
    await station.calls('ClearedChargingLimit', { chargingLimitSource: 'EMS' });

    expect(before).toEqual(['EMS @1 8', 'OTHER @1 6', 'EMS @2 12']);
    expect([between, await limits()]).toEqual([['OTHER @1 6', 'EMS @2 12'], ['OTHER @1 6']]);
  });
});

describe('NotifyEVChargingNeeds', () => {
  const notify = (more: object = {}) =>
    station.calls('NotifyEVChargingNeeds', {
      evseId: 1,
      maxScheduleTuples: 3,
      chargingNeeds: {
        requestedEnergyTransfer: 'AC_three_phase',
        departureTime: new Date(room.now + 3_600_000).toISOString(),
        acChargingParameters: { energyAmount: 9000, evMinCurrent: 6, evMaxCurrent: 16, evMaxVoltage: 400 },
        ...more,
      },
    });

  test('is refused where nobody wants plans made, and kept all the same [K15]', async () => {
    const answer = await notify();

    expect(answer).toEqual({ status: 'Rejected' });
    expect((await charging()).needs).toMatchObject([
      {
        evseId: 1,
        transfer: 'AC',
        phases: 3,
        energyWh: 9000,
        minCurrentA: 6,
        maxCurrentA: 16,
        maxPeriods: 3,
      },
    ]);
  });

  test('is accepted where a plan follows, and under way while the transaction is unknown [K15, K17]', async () => {
    const { chargingSettings } = room.services;
    await chargingSettings.setEvNeeds('FLAT', station.stationId);

    const before = await notify();
    await givenTransaction();
    const after = await notify();
    const nothing = await notify({ acChargingParameters: undefined });

    expect([before, after, nothing].map(({ status }) => status)).toEqual([
      'Processing',
      'Accepted',
      'Rejected',
    ]);
  });

  test('over direct current is read with what is missing to a full battery [K15]', async () => {
    await notify({
      requestedEnergyTransfer: 'DC',
      dcChargingParameters: {
        evMaxCurrent: 200,
        evMaxVoltage: 500,
        evMaxPower: 90_000,
        stateOfCharge: 20,
        evEnergyCapacity: 60_000,
        fullSoC: 90,
      },
    });

    expect((await charging()).needs).toMatchObject([{ transfer: 'DC', energyWh: 42_000, maxPowerW: 90_000 }]);
  });
});

describe('NotifyEVChargingSchedule', () => {
  const notify = (limit: number, evseId = 1) =>
    station.calls('NotifyEVChargingSchedule', {
      evseId,
      timeBase: new Date(room.now).toISOString(),
      chargingSchedule: { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    });

  test('is understood whether it keeps the limits or not; that it does not is told [K15, K17]', async () => {
    await givenTransaction();
    await set(1);

    const within = await notify(16.1);
    const fits = (await charging()).evSchedules;
    room.now += 1000;
    const above = await notify(16.2);

    const { items } = await room.services.alerts.listAlerts({ stationId: station.stationId }, { limit: 5 });
    expect([within, above]).toEqual([accepted, accepted]);
    expect(fits).toMatchObject([{ evseId: 1, fits: true }]);
    expect((await charging()).evSchedules).toMatchObject([{ evseId: 1, fits: false }]);
    expect(items).toMatchObject([{ kind: 'EV_SCHEDULE_EXCEEDS_LIMITS', severity: 'LOW' }]);
  });

  test('is refused where nothing charges, at an EVSE that nobody knows as well', async () => {
    expect(await notify(6)).toEqual({ status: 'Rejected' });
    expect(await notify(6, 2_002_821_830_462_459)).toEqual({ status: 'Rejected' });
  });
});

test('a limit for a transaction that runs leads to another plan of its vehicle [K16]', async () => {
  await givenTransaction();
  const { payload, command } = await set(1, { chargingProfilePurpose: 'TxProfile', transactionId: 'tx-1' });
  const renegotiated = await station.calls('NotifyEVChargingSchedule', {
    evseId: 1,
    timeBase: new Date(room.now).toISOString(),
    chargingSchedule: {
      id: 1,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }],
    },
  });

  expect(payload).toMatchObject({ evseId: 1, chargingProfile: { transactionId: 'tx-1' } });
  expect([command.state, renegotiated]).toEqual(['ACCEPTED', accepted]);
  expect((await charging()).evSchedules).toMatchObject([{ evseId: 1, fits: true }]);
});

describe('GetCompositeSchedule', () => {
  test('is compared with ours, in the unit of the answer [K08]', async () => {
    await set(1);
    await exchange(
      room,
      station,
      { name: 'GET_COMPOSITE_SCHEDULE', parameters: { evseId: 1, duration: 600, chargingRateUnit: 'W' } },
      {
        status: 'Accepted',
        schedule: {
          evseId: 1,
          duration: 600,
          scheduleStart: new Date(room.now).toISOString(),
          chargingRateUnit: 'W',
          chargingSchedulePeriod: [
            { startPeriod: 0, limit: 11_109 },
            { startPeriod: 60, limit: 4000 },
          ],
        },
      },
    );

    expect((await charging()).comparisons).toMatchObject([
      { unit: 'W', differences: [{ fromS: 60, toS: 600, ours: 11_109, theirs: 4000 }] },
    ]);
  });
});

describe('RequestStartTransaction', () => {
  test('takes a profile along, without a transaction: there is none yet [K05]', async () => {
    const { payload } = await exchange(
      room,
      station,
      {
        name: 'START_TRANSACTION',
        parameters: {
          connectorId: 1,
          idToken: goodTag,
          chargingProfile: {
            profileId: 3,
            purpose: 'TRANSACTION',
            stackLevel: 0,
            kind: 'RELATIVE',
            schedules: [{ unit: 'W', periods: [{ startS: 0, limit: 7000 }] }],
          },
        },
      },
      accepted,
    );

    expect(payload).toMatchObject({
      chargingProfile: {
        id: 3,
        chargingProfilePurpose: 'TxProfile',
        chargingSchedule: [
          { id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 7000 }] },
        ],
      },
    });
  });

  test.each([
    ['START_TRANSACTION', { profileId: 3, transactionRef: 'tx-1' }, 'transactionRef'],
    ['REQUEST_START_TRANSACTION', { id: 3, transactionId: 'tx-1' }, 'transactionId'],
  ])('%s with a profile that names a transaction is refused [F01.FR.11]', async (name, more, member) => {
    const neutral = {
      ...{ purpose: 'TRANSACTION', stackLevel: 0, kind: 'RELATIVE' },
      schedules: [{ unit: 'W', periods: [{ startS: 0, limit: 7000 }] }],
    };
    const own = {
      ...{ chargingProfilePurpose: 'TxProfile', stackLevel: 0, chargingProfileKind: 'Relative' },
      chargingSchedule: [
        { id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 7000 }] },
      ],
    };
    const chargingProfile = { ...(name === 'START_TRANSACTION' ? neutral : own), ...more };
    const idToken = name === 'START_TRANSACTION' ? goodTag : { idToken: goodTag, type: 'ISO14443' };
    const parameters = { evseId: 1, remoteStartId: 5, idToken, chargingProfile };

    await expect(exchange(room, station, { name, parameters }, accepted)).rejects.toMatchObject({
      code: 'Validation',
      field: `parameters.chargingProfile.${member}`,
    });
  });
});
