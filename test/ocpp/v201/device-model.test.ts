import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enqueueCommand } from '../../../functions/core/commands/request-command.ts';
import { giveUpReport } from '../../../functions/core/device-model/assemble-report.ts';
import { actualOf, type Component } from '../../../functions/core/device-model/device-model.ts';
import { callOf } from '../../../functions/ocpp/calls.ts';
import { loadVersion } from '../../../functions/ocpp/versions.ts';
import { ask } from '../asked-station.ts';
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
  room.timers.length = 0;
  station = await room.givenStation(`CS${stations}`, 'ocpp2.0.1');
});

const wish = (name: string, parameters: Record<string, unknown> = {}) =>
  ({ name, parameters, protocol: 'ocpp2.0.1' }) as const;
const accept = () => ({ status: 'Accepted' });
const heartbeat = {
  component: { name: 'OCPPCommCtrlr' },
  variable: { name: 'HeartbeatInterval' },
} as const;

function variable(component: object | string, name: string, value?: string, more: object = {}) {
  return {
    component: typeof component === 'string' ? { name: component } : component,
    variable: { name },
    variableAttribute: [{ ...(value === undefined ? {} : { value }), mutability: 'ReadWrite', ...more }],
    variableCharacteristics: { dataType: 'integer', unit: 's', maxLimit: 900, supportsMonitoring: true },
  };
}

const page = (requestId: number, seqNo: number, tbc: boolean, ...reportData: unknown[]) =>
  station.calls('NotifyReport', {
    requestId,
    seqNo,
    tbc,
    generatedAt: '2030-03-01T12:00:00Z',
    ...(reportData.length > 0 ? { reportData } : {}),
  });

async function components(name?: string): Promise<readonly Component[]> {
  const query = name === undefined ? {} : { name };
  const { items } = await room.services.deviceModel.listComponents(station.stationId, query, { limit: 50 });
  return items;
}

async function variableOf(component: string, name: string) {
  const found = (await components(component)).flatMap(({ variables }) => variables);
  return found.find((one) => one.name === name);
}

async function reports() {
  return (await room.services.reports.listReports(station.stationId, { limit: 10 })).items;
}

/** Asks for a report that the station agrees to, and gives its number. */
async function reportAsked(
  parameters: object = { reportBase: 'FullInventory' },
  name = 'GET_BASE_REPORT',
  answer = 'Accepted',
): Promise<number> {
  const { calls } = await ask(room, station, wish(name, { ...parameters }), () => ({ status: answer }));
  return calls[0]?.payload.requestId;
}

describe('a report', () => {
  test('row 61: is complete when every page up to the last is there, in any order, twice or not [B07]', async () => {
    const requestId = await reportAsked();

    await page(requestId, 2, false, variable('AuthCtrlr', 'Enabled', 'true'));
    await page(requestId, 0, true, variable('OCPPCommCtrlr', 'HeartbeatInterval', '300'));
    await page(requestId, 0, true, variable('OCPPCommCtrlr', 'HeartbeatInterval', '300'));
    const before = await reports();
    await page(requestId, 1, true);

    expect(before).toMatchObject([{ requestId, state: 'RUNNING', scope: 'FULL' }]);
    expect(await reports()).toMatchObject([{ requestId, state: 'COMPLETE', endedAt: noon }]);
    expect((await components()).map(({ name }) => name)).toEqual(['AuthCtrlr', 'OCPPCommCtrlr']);
    expect(await variableOf('OCPPCommCtrlr', 'HeartbeatInterval')).toEqual({
      name: 'HeartbeatInterval',
      attributes: [
        {
          type: 'ACTUAL',
          value: '300',
          mutability: 'READ_WRITE',
          persistent: false,
          constant: false,
          reportedAt: noon,
        },
      ],
      characteristics: { dataType: 'integer', unit: 's', maxLimit: 900, supportsMonitoring: true },
      reportedAt: noon,
    });
  });

  test('row 61: has a number of its own, whoever asks, and may be asked for by a number again', async () => {
    const numbers = [await reportAsked(), await reportAsked()];
    const named = () => reportAsked({ requestId: 42, reportBase: 'FullInventory' });
    await named();
    await page(42, 0, false, variable('AuthCtrlr', 'Enabled', 'true'));
    room.now += 60_000;
    await named();
    const again = (await reports())[0];
    await page(42, 0, false, variable('AuthCtrlr', 'Enabled', 'true'));

    expect(new Set([...numbers, 42]).size).toBe(3);
    expect(again).toMatchObject({ requestId: 42, state: 'RUNNING' });
    expect((await reports())[0]).toMatchObject({ requestId: 42, state: 'COMPLETE' });
  });

  test('that starts before its own answer is put together all the same', async () => {
    const requestId = 7;
    const { calls } = await ask(
      room,
      station,
      wish('GET_BASE_REPORT', { requestId, reportBase: 'FullInventory' }),
    );
    await page(requestId, 0, false, variable('AuthCtrlr', 'Enabled', 'true'));

    const { items } = await room.services.commands.listCommands(station.stationId, { limit: 1 });
    await station.sends(JSON.stringify([3, items[0]?.commandId, { status: 'Accepted' }]));

    expect(calls[0]?.action).toBe('GetBaseReport');
    expect(await reports()).toMatchObject([
      { requestId, state: 'COMPLETE', scope: 'FULL', commandId: items[0]?.commandId },
    ]);
  });

  test('row 61: that stops half-way is given up after two minutes without a page, and somebody hears of it', async () => {
    const requestId = await reportAsked();
    const { stationId } = station;
    expect(room.timers).toEqual([
      { timer: { kind: 'GIVE_UP_REPORT', stationId, topic: 'VARIABLES', requestId }, at: noon + 120_000 },
    ]);
    room.now += 90_000;
    await page(requestId, 0, true);

    room.now = noon + 120_000;
    await giveUpReport(room.services, { stationId, topic: 'VARIABLES', requestId });
    const waiting = await reports();
    room.now = noon + 210_000;
    await giveUpReport(room.services, { stationId, topic: 'VARIABLES', requestId });

    expect(waiting).toMatchObject([{ state: 'RUNNING' }]);
    expect(room.timers.at(-1)?.at).toBe(noon + 210_000);
    expect(await reports()).toMatchObject([{ state: 'INCOMPLETE' }]);
    const { items } = await room.services.alerts.listAlerts({ stationId }, { limit: 10 });
    expect(items).toMatchObject([{ kind: 'REPORT_INCOMPLETE', count: 1 }]);
  });

  test('marks what a full inventory leaves out as gone, and nothing else does [B07]', async () => {
    const first = await reportAsked();
    await page(
      first,
      0,
      false,
      variable('AuthCtrlr', 'Enabled', 'true'),
      variable('AuthCtrlr', 'Old', '1'),
      variable('OldCtrlr', 'Enabled', '1'),
    );
    room.now += 60_000;
    const summary = await reportAsked({ reportBase: 'SummaryInventory' });
    await page(summary, 0, false, variable('AuthCtrlr', 'Enabled', 'true'));
    const untouched = await variableOf('AuthCtrlr', 'Old');
    const second = await reportAsked();
    await page(second, 0, false, variable('AuthCtrlr', 'Enabled', 'true'));

    expect(untouched).not.toHaveProperty('goneAt');
    expect(await variableOf('AuthCtrlr', 'Enabled')).not.toHaveProperty('goneAt');
    expect(await variableOf('AuthCtrlr', 'Old')).toMatchObject({ goneAt: room.now });
    expect(await variableOf('OldCtrlr', 'Enabled')).toMatchObject({ goneAt: room.now });
  });

  test('of the configuration marks only what can be set as gone', async () => {
    const first = await reportAsked();
    await page(
      first,
      0,
      false,
      variable('AuthCtrlr', 'Settable', '1'),
      variable('AuthCtrlr', 'Fixed', '1', { mutability: 'ReadOnly' }),
    );
    room.now += 60_000;
    const second = await reportAsked({ reportBase: 'ConfigurationInventory' });
    await page(second, 0, false, variable('AuthCtrlr', 'Other', '1'));

    expect(await variableOf('AuthCtrlr', 'Settable')).toHaveProperty('goneAt');
    expect(await variableOf('AuthCtrlr', 'Fixed')).not.toHaveProperty('goneAt');
  });

  test.each([
    ['EmptyResultSet', 'EMPTY'],
    ['NotSupported', 'REFUSED'],
    ['Rejected', 'REFUSED'],
  ])('answered %s has ended as %s [B08]', async (status, state) => {
    const { commands } = await ask(
      room,
      station,
      wish('GET_REPORT', { componentCriteria: ['Problem'] }),
      () => ({ status }),
    );

    expect(commands).toMatchObject([{ state: 'REJECTED' }]);
    expect(await reports()).toMatchObject([{ state, scope: 'CHOICE' }]);
  });

  test('nobody asked for is taken and put together as well', async () => {
    await page(99, 0, true, variable('AuthCtrlr', 'Enabled', 'true'));
    await page(99, 1, false);

    expect(await reports()).toMatchObject([{ requestId: 99, state: 'COMPLETE' }]);
    expect(room.timers).toHaveLength(1);
  });

  test('keeps places and instances apart, and no password', async () => {
    const evse = (id: number) => ({ name: 'EVSE', evse: { id } });
    const connector = { name: 'Connector', evse: { id: 1, connectorId: 2 } };
    await page(
      1,
      0,
      false,
      variable(evse(1), 'Power', '11000'),
      variable(evse(2), 'Power', '22000'),
      variable(connector, 'Available', 'true'),
      variable('SecurityCtrlr', 'BasicAuthPassword', 'secret', { mutability: 'WriteOnly' }),
      variable('SecurityCtrlr', 'Pin', 'secret', { mutability: 'WriteOnly' }),
    );

    expect(await components('EVSE')).toMatchObject([{ evseId: 1 }, { evseId: 2 }]);
    expect(await components('Connector')).toMatchObject([{ evseId: 1, connectorId: 2 }]);
    expect(JSON.stringify(await components())).not.toContain('secret');
    expect(await variableOf('SecurityCtrlr', 'Pin')).toMatchObject({
      attributes: [{ mutability: 'WRITE_ONLY' }],
    });
    expect(await variableOf('SecurityCtrlr', 'BasicAuthPassword')).toBeUndefined();
  });

  test('on a component larger than can be kept leaves it as it was, and somebody hears of it', async () => {
    const long = 'x'.repeat(2_500);
    for (let seqNo = 0; seqNo < 12; seqNo += 1) {
      const many = Array.from({ length: 5 }, (_, index) => variable('BigCtrlr', `V${seqNo}-${index}`, long));
      await page(5, seqNo, seqNo < 11, ...many);
    }

    const [big] = await components('BigCtrlr');
    const { items } = await room.services.alerts.listAlerts({ stationId: station.stationId }, { limit: 5 });
    expect(big?.variables).toHaveLength(40);
    expect(items).toMatchObject([{ kind: 'DEVICE_MODEL_TOO_LARGE' }]);
    expect(await reports()).toMatchObject([{ state: 'COMPLETE' }]);
  });
});

describe('GetVariables and SetVariables', () => {
  const results = (status: string, value?: string) => () => ({
    getVariableResult: [
      { ...heartbeat, attributeStatus: status, ...(value === undefined ? {} : { attributeValue: value }) },
    ],
  });

  test('GetVariables keeps what it is told, and what there is not [B06]', async () => {
    const { commands } = await ask(
      room,
      station,
      wish('GET_VARIABLES', { getVariableData: [heartbeat] }),
      results('Accepted', '300'),
    );
    const known = await variableOf('OCPPCommCtrlr', 'HeartbeatInterval');
    await ask(
      room,
      station,
      wish('GET_VARIABLES', { getVariableData: [heartbeat] }),
      results('UnknownVariable'),
    );

    expect(commands).toMatchObject([{ state: 'ACCEPTED' }]);
    expect(actualOf(known)).toEqual({ type: 'ACTUAL', value: '300', reportedAt: noon });
    expect(await variableOf('OCPPCommCtrlr', 'HeartbeatInterval')).toMatchObject({ goneAt: noon });
  });

  test.each([
    ['Accepted', { value: '60' }, 'ACCEPTED'],
    ['RebootRequired', { value: '300', pending: { value: '60', at: noon } }, 'ACCEPTED'],
    ['Rejected', { value: '300' }, 'REJECTED'],
  ])('SetVariables answered %s leaves %j [B05]', async (attributeStatus, expected, state) => {
    await page(1, 0, false, variable('OCPPCommCtrlr', 'HeartbeatInterval', '300'));
    const data = [{ ...heartbeat, attributeValue: '60' }];

    const { commands } = await ask(room, station, wish('SET_VARIABLES', { setVariableData: data }), () => ({
      setVariableResult: [{ ...heartbeat, attributeStatus }],
    }));

    expect(commands).toMatchObject([{ state }]);
    expect(actualOf(await variableOf('OCPPCommCtrlr', 'HeartbeatInterval'))).toMatchObject(expected);
  });

  test('SetVariables with one variable twice is refused, each attribute of it counting for itself [B05.FR.13]', async () => {
    const set = (...setVariableData: object[]) =>
      ask(room, station, wish('SET_VARIABLES', { setVariableData }));
    const one = { ...heartbeat, attributeValue: '60' };

    await expect(set(one, { ...one, attributeType: 'Actual', attributeValue: '90' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'parameters.setVariableData.1.variable',
    });
    const { calls } = await set(one, { ...one, attributeType: 'Target' });
    expect(calls).toHaveLength(1);
  });

  test('row 59: reports teach what the station takes at once, and requests are cut to it [B05.FR.11, B06, N04]', async () => {
    const limit = (component: string, name: string, instance: string, value: string) => ({
      ...variable(component, name, value),
      variable: { name, instance },
    });
    await page(
      1,
      0,
      false,
      limit('DeviceDataCtrlr', 'ItemsPerMessage', 'GetReport', '3'),
      limit('DeviceDataCtrlr', 'ItemsPerMessage', 'GetVariables', '2'),
      limit('DeviceDataCtrlr', 'ItemsPerMessage', 'SetVariables', '1'),
      limit('DeviceDataCtrlr', 'BytesPerMessage', 'GetVariables', '9000'),
      variable('MonitoringCtrlr', 'ItemsPerMessageSetVariableMonitoring', '2'),
      variable('LocalAuthListCtrlr', 'ItemsPerMessage', '25'),
      variable('LocalAuthListCtrlr', 'Entries', '3'),
      variable('SmartChargingCtrlr', 'ProfileStackLevel', '10'),
      variable('SmartChargingCtrlr', 'PeriodsPerSchedule', '48'),
      variable('SmartChargingCtrlr', 'RateUnit', 'A,W'),
      limit('TariffCostCtrlr', 'Available', 'Cost', 'true'),
      limit('TariffCostCtrlr', 'Enabled', 'Cost', 'false'),
      limit('TariffCostCtrlr', 'Enabled', 'Tariff', 'true'),
    );
    const three = [1, 2, 3].map((id) => ({ ...heartbeat, component: { name: 'EVSE', evse: { id } } }));
    const read = await ask(room, station, wish('GET_VARIABLES', { getVariableData: three }));
    const write = await ask(
      room,
      station,
      wish('SET_VARIABLES', { setVariableData: three.map((one) => ({ ...one, attributeValue: '1' })) }),
    );
    const monitor = { value: 1, type: 'Delta', severity: 9 };
    const watch = await ask(
      room,
      station,
      wish('SET_VARIABLE_MONITORING', { setMonitoringData: three.map((one) => ({ ...one, ...monitor })) }),
    );
    const report = await ask(
      room,
      station,
      wish('GET_REPORT', { requestId: 5, componentVariable: [...three, ...three] }),
    );

    expect(await room.services.limits.findLimits(station.stationId)).toEqual({
      componentsPerReport: 3,
      variablesPerRead: 2,
      variablesPerWrite: 1,
      variablesReadBytes: 9_000,
      monitorsPerWrite: 2,
      localListEntriesPerMessage: 25,
      localListEntries: 900,
      profileStackLevel: 10,
      periodsPerSchedule: 48,
      rateUnits: ['A', 'W'],
      costAvailable: true,
      costEnabled: false,
    });
    expect(read.calls.map(({ payload }) => payload.getVariableData.length)).toEqual([2, 1]);
    expect(write.calls.map(({ payload }) => payload.setVariableData.length)).toEqual([1, 1, 1]);
    expect(watch.calls.map(({ payload }) => payload.setMonitoringData.length)).toEqual([2, 1]);
    expect(report.calls.map(({ payload }) => payload.componentVariable.length)).toEqual([3, 3]);
    const numbers = report.calls.map(({ payload }) => payload.requestId);
    expect(numbers[0]).toBe(5);
    expect(numbers[1]).not.toBe(5);
  });

  test('row 59: requests are cut to the bytes that the station takes', async () => {
    await room.services.limits.noteLimits(station.stationId, { variablesReadBytes: 500 });
    const many = Array.from({ length: 10 }, (_, id) => ({
      ...heartbeat,
      component: { name: 'EVSE', evse: { id } },
    }));

    const { calls } = await ask(room, station, wish('GET_VARIABLES', { getVariableData: many }));

    expect(calls.length).toBeGreaterThan(1);
    for (const { payload } of calls) expect(JSON.stringify(payload).length).toBeLessThanOrEqual(500);
    expect(calls.flatMap(({ payload }) => payload.getVariableData)).toEqual(many);
  });
});

describe('neutral settings', () => {
  test.each([
    ['OCPPCommCtrlr.HeartbeatInterval', heartbeat],
    ['HeartbeatInterval', heartbeat],
    [
      'DeviceDataCtrlr.ItemsPerMessage[GetReport]',
      {
        component: { name: 'DeviceDataCtrlr' },
        variable: { name: 'ItemsPerMessage', instance: 'GetReport' },
      },
    ],
    [
      'Connector[left]@1/2.Enabled',
      {
        component: { name: 'Connector', instance: 'left', evse: { id: 1, connectorId: 2 } },
        variable: { name: 'Enabled' },
      },
    ],
  ])('%s is read and written where the station keeps it', async (key, place) => {
    const read = await ask(room, station, wish('GET_CONFIGURATION', { key }));
    const write = await ask(room, station, wish('CHANGE_CONFIGURATION', { key, value: 7 }));

    expect(read.calls).toEqual([{ action: 'GetVariables', payload: { getVariableData: [place] } }]);
    expect(write.calls).toEqual([
      { action: 'SetVariables', payload: { setVariableData: [{ ...place, attributeValue: '7' }] } },
    ]);
  });

  test.each([
    ['TariffFallbackMessage', 'see the notice beside the station'],
    ['TotalCostFallbackMessage', 'the price is on your bill'],
  ])('put %s on displays that cannot ask [I04, I05]', async (name, value) => {
    const place = { component: { name: 'TariffCostCtrlr' }, variable: { name } };

    const { calls, commands } = await ask(
      room,
      station,
      wish('CHANGE_CONFIGURATION', { key: `TariffCostCtrlr.${name}`, value }),
      () => ({ setVariableResult: [{ ...place, attributeStatus: 'Accepted' }] }),
    );

    const setVariableData = [{ ...place, attributeValue: value }];
    expect(calls).toEqual([{ action: 'SetVariables', payload: { setVariableData } }]);
    expect(commands).toMatchObject([{ state: 'ACCEPTED' }]);
    expect(actualOf(await variableOf('TariffCostCtrlr', name))).toMatchObject({ value });
  });

  test('without a name ask for the full inventory, by a number of its own', async () => {
    const { calls } = await ask(room, station, wish('GET_CONFIGURATION'), accept);

    expect(calls).toEqual([
      {
        action: 'GetBaseReport',
        payload: { requestId: expect.any(Number), reportBase: 'FullInventory' },
      },
    ]);
    expect(await reports()).toMatchObject([{ requestId: calls[0]?.payload.requestId, state: 'RUNNING' }]);
  });

  test.each(['NoDot', 'SecurityCtrlr.BasicAuthPassword', 'A.B.C', '.X', 'X.'])(
    '%s is no setting of such a station',
    async (key) => {
      await expect(ask(room, station, wish('GET_CONFIGURATION', { keys: [key] }))).rejects.toMatchObject({
        code: 'Validation',
      });
    },
  );
});

describe('availability and network', () => {
  test.each([
    [{}, { evseId: 0, connectorId: 0 }, 'Scheduled', 'SCHEDULED'],
    [{ evse: { id: 1 } }, { evseId: 1, connectorId: 0 }, 'Accepted', 'ACCEPTED'],
    [{ evse: { id: 1, connectorId: 2 } }, { evseId: 1, connectorId: 2 }, 'Rejected', 'REJECTED'],
  ])('ChangeAvailability of %j is kept with the answer [G03, G04]', async (where, place, status, answer) => {
    await ask(
      room,
      station,
      wish('CHANGE_AVAILABILITY', { ...where, operationalStatus: 'Inoperative' }),
      () => ({ status }),
    );

    expect(await room.services.words.listAvailability(station.stationId)).toMatchObject([
      { place, wanted: 'INOPERATIVE', answer },
    ]);
  });

  test('SetNetworkProfile is kept by slot, without its passwords [B09]', async () => {
    const connectionData = {
      ocppVersion: 'OCPP20',
      ocppTransport: 'JSON',
      ocppCsmsUrl: 'wss://csms.example/ocpp/demo',
      messageTimeout: 30,
      securityProfile: 2,
      ocppInterface: 'Wireless0',
      apn: { apn: 'internet', apnUserName: 'u', apnPassword: 'secret', apnAuthentication: 'CHAP' },
    };
    const set = (slot: number, status: string) =>
      ask(room, station, wish('SET_NETWORK_PROFILE', { configurationSlot: slot, connectionData }), () => ({
        status,
      }));
    const { calls } = await set(2, 'Accepted');
    await set(1, 'Accepted');
    await set(1, 'Failed');

    const profiles = await room.services.words.listNetworkProfiles(station.stationId);
    expect(profiles).toMatchObject([
      { slot: 1, status: 'FAILED', securityProfile: 2 },
      { slot: 2, status: 'ACCEPTED', url: 'wss://csms.example/ocpp/demo' },
    ]);
    expect(JSON.stringify(profiles)).not.toContain('secret');
    expect(calls).toMatchObject([{ payload: { connectionData } }]);
  });

  test('a password is set as the variable that 2.0.1 has for it, and kept nowhere [A01.FR.02]', async () => {
    const { commandId } = await enqueueCommand(room.services, {
      stationId: station.stationId,
      name: 'SET_VARIABLES',
      request: { kind: 'SET_PASSWORD', password: 'a-new-password-of-40' },
      timeoutMs: 60_000,
      whenOffline: 'WAIT',
    });
    const command = await room.services.commands.findCommand(station.stationId, commandId);
    if (!command) throw new Error('no command');
    const place = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };
    const setVariableResult = [{ ...place, attributeStatus: 'Accepted' }];

    const call = callOf(await loadVersion('ocpp2.0.1'), command.request);
    const { settled } = await station.sends(JSON.stringify([3, commandId, { setVariableResult }]));

    const setVariableData = [{ ...place, attributeValue: 'a-new-password-of-40' }];
    expect(call).toEqual({ action: 'SetVariables', payload: { setVariableData } });
    expect(settled).toBe('settled');
    expect(await variableOf('SecurityCtrlr', 'BasicAuthPassword')).toBeUndefined();
  });

  test('ClearCache ends as the station answers [C11]', async () => {
    expect((await ask(room, station, wish('CLEAR_CACHE'), accept)).commands).toMatchObject([
      { state: 'ACCEPTED' },
    ]);
  });
});

describe('monitors', () => {
  const place = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Temperature' } };
  const monitors = async () =>
    (await room.services.monitors.listMonitors(station.stationId, { limit: 50 })).items;
  const install = (id: number, severity: number, more: object = {}) =>
    ask(
      room,
      station,
      wish('SET_VARIABLE_MONITORING', {
        setMonitoringData: [{ ...place, type: 'UpperThreshold', value: 75.5, severity, ...more }],
      }),
      () => ({
        setMonitoringResult: [{ ...place, id, type: 'UpperThreshold', severity, status: 'Accepted' }],
      }),
    );
  const monitorPage = (requestId: number, ...ids: number[]) =>
    station.calls('NotifyMonitoringReport', {
      requestId,
      seqNo: 0,
      generatedAt: '2030-03-01T12:00:00Z',
      monitor: ids.map((id) => ({
        ...place,
        variableMonitoring: [{ id, transaction: false, value: 80, type: 'UpperThreshold', severity: id }],
      })),
    });

  test('that the station installed are known by their numbers [N04]', async () => {
    await install(7, 4);
    await ask(
      room,
      station,
      wish('SET_VARIABLE_MONITORING', {
        setMonitoringData: [{ ...place, type: 'Delta', value: 1, severity: 9 }],
      }),
      () => ({
        setMonitoringResult: [{ ...place, type: 'Delta', severity: 9, status: 'UnsupportedMonitorType' }],
      }),
    );

    expect(await monitors()).toEqual([
      {
        monitorId: 7,
        component: { name: 'EVSE', evseId: 1 },
        variable: { name: 'Temperature' },
        type: 'UPPER_THRESHOLD',
        value: 75.5,
        severity: 4,
        transaction: false,
        custom: true,
        reportedAt: noon,
      },
    ]);
  });

  test('are reported, and those that a full report leaves out are gone [N02]', async () => {
    await install(7, 4);
    room.now += 60_000;
    const some = await reportAsked({ monitoringCriteria: ['DeltaMonitoring'] }, 'GET_MONITORING_REPORT');
    await monitorPage(some, 1);
    const after = await monitors();
    room.now += 60_000;
    const all = await reportAsked({}, 'GET_MONITORING_REPORT');
    await monitorPage(all, 1, 2);

    expect(after.map(({ monitorId }) => monitorId)).toEqual([1, 7]);
    expect((await monitors()).map(({ monitorId }) => monitorId)).toEqual([1, 2]);
    expect(await reports()).toMatchObject([
      { topic: 'MONITORS', state: 'COMPLETE', scope: 'FULL' },
      { topic: 'MONITORS', state: 'COMPLETE', scope: 'CHOICE' },
    ]);
  });

  test('are all gone when the station has none to report, of what was asked for in full [N02]', async () => {
    await install(7, 4);
    room.now += 60_000;
    await reportAsked({ monitoringCriteria: ['DeltaMonitoring'] }, 'GET_MONITORING_REPORT', 'EmptyResultSet');
    const after = await monitors();
    await reportAsked({}, 'GET_MONITORING_REPORT', 'EmptyResultSet');

    expect(after.map(({ monitorId }) => monitorId)).toEqual([7]);
    expect(await monitors()).toEqual([]);
  });

  test('that are cleared are gone, unless the station keeps them [N06]', async () => {
    await install(7, 4);
    await install(8, 5);
    const { commands } = await ask(
      room,
      station,
      wish('CLEAR_VARIABLE_MONITORING', { id: [7, 8, 9] }),
      () => ({
        clearMonitoringResult: [
          { id: 7, status: 'Accepted' },
          { id: 8, status: 'Rejected' },
          { id: 9, status: 'NotFound' },
        ],
      }),
    );

    expect(commands).toMatchObject([{ state: 'REJECTED' }]);
    expect((await monitors()).map(({ monitorId }) => monitorId)).toEqual([8]);
  });

  test('that we asked for go with another base, and base and level are known [N03, N05]', async () => {
    await monitorPage(1, 1);
    await install(7, 4);
    await ask(room, station, wish('SET_MONITORING_BASE', { monitoringBase: 'FactoryDefault' }), accept);
    await ask(room, station, wish('SET_MONITORING_LEVEL', { severity: 5 }), accept);

    expect((await monitors()).map(({ monitorId }) => monitorId)).toEqual([1]);
    const level = await variableOf('MonitoringCtrlr', 'ActiveMonitoringLevel');
    const base = await variableOf('MonitoringCtrlr', 'ActiveMonitoringBase');
    expect([actualOf(level)?.value, actualOf(base)?.value]).toEqual(['5', 'FactoryDefault']);
  });

  const event = (eventId: number, minutes: number, more: object = {}) => ({
    eventId,
    timestamp: new Date(noon + minutes * 60_000).toISOString(),
    trigger: 'Alerting',
    actualValue: '81.5',
    ...place,
    variableMonitoringId: 7,
    eventNotificationType: 'CustomMonitor',
    ...more,
  });
  const tell = (...eventData: object[]) =>
    station.calls('NotifyEvent', { generatedAt: '2030-03-01T12:00:00Z', seqNo: 0, eventData });
  const alerts = async () =>
    (await room.services.alerts.listAlerts({ stationId: station.stationId }, { limit: 10 })).items;

  test.each([
    [0, 'CRITICAL'],
    [3, 'CRITICAL'],
    [4, 'HIGH'],
    [5, 'HIGH'],
    [6, 'MEDIUM'],
    [7, 'LOW'],
    [9, 'LOW'],
  ])('of severity %i raise alerts that are %s [N07]', async (severity, loud) => {
    await install(7, severity);
    await tell(event(1, 0, { transactionId: 'tx-1' }));

    expect(await alerts()).toMatchObject([
      {
        kind: 'STATION_EVENT',
        severity: loud,
        sessionId: expect.any(String),
        details: { transactionId: 'tx-1', monitorId: 7, value: '81.5' },
      },
    ]);
    const { items } = await room.services.monitors.listEvents(station.stationId, { limit: 5 });
    expect(items).toMatchObject([{ eventId: 1, severity, transactionRef: 'tx-1' }]);
  });

  test('that fall silent resolve their alert, in whatever order they are heard, once or twice [N07]', async () => {
    await install(7, 2);
    const [raised, cleared] = [event(1, 0), event(2, 1, { cleared: true, actualValue: '60' })];

    await tell(raised);
    await tell(raised);
    const open = await alerts();
    await tell(cleared);
    await tell(raised);
    const resolved = await alerts();
    await tell(event(3, 2));

    expect(open).toMatchObject([{ count: 1 }]);
    expect(open[0]).not.toHaveProperty('resolvedAt');
    expect(resolved).toMatchObject([{ count: 1, resolvedAt: noon }]);
    expect((await alerts())[0]).not.toHaveProperty('resolvedAt');
  });

  test('a lock that fails is an alert, and no session starts for it [G05]', async () => {
    await tell({
      ...event(1, 0, { eventNotificationType: 'HardWiredNotification', actualValue: 'true' }),
      component: { name: 'ConnectorPlugRetentionLock', evse: { id: 1, connectorId: 1 } },
      variable: { name: 'Problem' },
      variableMonitoringId: undefined,
    });

    expect(await alerts()).toMatchObject([
      { kind: 'STATION_EVENT', severity: 'HIGH', message: /ConnectorPlugRetentionLock.Problem of EVSE 1/ },
    ]);
    const { stationId } = station;
    expect((await room.services.sessions.listSessions({ stationId }, { limit: 1 })).items).toEqual([]);
  });

  describe('that something is available, or not', () => {
    const change = (component: object, actualValue: string, minutes = 0): object => ({
      ...event(minutes, minutes, {
        eventNotificationType: 'HardWiredNotification',
        trigger: 'Delta',
        actualValue,
      }),
      component,
      variable: { name: 'AvailabilityState' },
      variableMonitoringId: undefined,
    });
    const connectorTwo = { name: 'Connector', evse: { id: 2, connectorId: 1 } };
    const words = async () =>
      (await room.services.live.findLive(station.stationId)).connectors.map(
        ({ evseId, connectorId, status }) => [evseId, connectorId, status],
      );

    test('are statuses as StatusNotification tells them, and no alerts [G01]', async () => {
      await tell(
        change({ name: 'ChargingStation' }, 'Available'),
        change({ name: 'EVSE', evse: { id: 2 } }, 'Occupied'),
        change(connectorTwo, 'Occupied'),
      );

      expect(await words()).toEqual([
        [0, 0, 'AVAILABLE'],
        [2, 1, 'OCCUPIED'],
      ]);
      expect(await alerts()).toEqual([]);
    });

    test('count by the station’s time, whatever tells them [G01]', async () => {
      await tell(change(connectorTwo, 'Faulted', 5));
      const status = { evseId: 2, connectorId: 1, connectorStatus: 'Available' };
      await station.calls('StatusNotification', { ...status, timestamp: new Date(noon).toISOString() });

      expect(await words()).toEqual([[2, 1, 'FAULTED']]);
    });

    test('are kept as events alone with a word that nobody knows', async () => {
      await tell(change(connectorTwo, 'Sleeping'));

      expect(await words()).toEqual([]);
      expect((await room.services.monitors.listEvents(station.stationId, { limit: 5 })).items).toHaveLength(
        1,
      );
    });
  });

  test.each([
    ['CustomMonitor', 1],
    ['PreconfiguredMonitor', 0],
    ['HardWiredNotification', 0],
  ])('of a change that a %s tells raise %i alerts: nothing ever clears one', async (by, count) => {
    await tell(event(1, 0, { trigger: 'Delta', eventNotificationType: by }));

    expect(await alerts()).toHaveLength(count);
  });

  test('of the hardware raise alerts although nobody knows their weight; readings by the clock raise none [N08]', async () => {
    const { variableMonitoringId: _, ...hardware } = event(1, 0, {
      eventNotificationType: 'HardWiredNotification',
    });
    await tell(hardware, event(2, 1, { trigger: 'Periodic' }));

    expect(await alerts()).toMatchObject([{ severity: 'HIGH' }]);
    const { items } = await room.services.monitors.listEvents(station.stationId, { limit: 5 });
    expect(items.map(({ eventId }) => eventId)).toEqual([2, 1]);
  });
});
