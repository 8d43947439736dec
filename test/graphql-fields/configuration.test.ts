import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ComponentRef } from '#core/device-model/device-model.ts';
import { noteVariables } from '#core/device-model/note-variables.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
  asked.scene.now = Date.now();
  await asked.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
  await asked.scene.stations.createStation(aStation({ stationId: 'CS-2', protocol: 'ocpp2.0.1' }));
});
afterAll(() => db.close());

async function told(
  stationId: string,
  component: ComponentRef,
  values: Readonly<Record<string, string>>,
  mutability: 'READ_ONLY' | 'READ_WRITE' = 'READ_WRITE',
) {
  await noteVariables(asked.scene, {
    stationId,
    told: Object.entries(values).map(([name, value]) => ({
      component,
      variable: { name },
      attributes: [{ type: 'ACTUAL', value, mutability }],
    })),
    at: asked.scene.now,
  });
}

const settings = { name: 'Configuration' };
const requestsTo = async (stationId: string) =>
  (await asked.scene.commands.listQueued(stationId, 20)).map(({ request }) => request);

describe('updateStationConfiguration', () => {
  const update = (stationId: string, entries: readonly View[]) =>
    asked.ask('Mutation.updateStationConfiguration', { stationId, config: { entries } });

  test('has the station brought to what is named, and answers with the station', async () => {
    const view = await update('CS-1', [{ key: 'HeartbeatInterval', value: '300' }]);

    expect(view).toMatchObject({ stationId: 'CS-1' });
    expect(await requestsTo('CS-1')).toEqual([
      { kind: 'CHANGE_SETTINGS', settings: [{ key: 'HeartbeatInterval', value: '300' }] },
    ]);
  });

  test('keeps what was desired before, and repeated asks nobody again', async () => {
    const entries = [{ component: 'OCPPCommCtrlr', key: 'HeartbeatInterval', value: '60' }];
    await update('CS-2', [{ component: 'TxCtrlr', key: 'EVConnectionTimeOut', value: '90' }]);
    await update('CS-2', entries);
    await update('CS-2', entries);

    const desired = await asked.scene.configuration.findDesired({ of: 'STATION', stationId: 'CS-2' });
    expect(desired?.settings).toMatchObject([
      { key: 'TxCtrlr.EVConnectionTimeOut', value: '90', setBy: 'alice' },
      { key: 'OCPPCommCtrlr.HeartbeatInterval', value: '60', setBy: 'alice' },
    ]);
    expect(await requestsTo('CS-2')).toHaveLength(2);
  });

  test.each([
    [
      'config.entries.1',
      [
        { key: 'HeartbeatInterval', value: '1' },
        { key: 'AuthorizationKey', value: 'secret' },
      ],
    ],
    ['config.entries.0', [{ key: 'x'.repeat(51), value: '1' }]],
    ['config.entries.0.value', [{ key: 'HeartbeatInterval', value: 'x'.repeat(1_001) }]],
    ['config.entries.0', [{ key: 'HeartbeatInterval', value: '1', readOnly: true }]],
  ])('names the entry at fault: %s', async (field, entries) => {
    await expect(update('CS-1', entries)).rejects.toMatchObject({ code: 'Validation', field });
    expect(await requestsTo('CS-1')).toEqual([]);
  });

  test('of a station that another tenant has is NotFound', async () => {
    const theirs = await newAsked(db);
    const args = { stationId: 'CS-1', config: { entries: [] } };

    await expect(theirs.ask('Mutation.updateStationConfiguration', args)).rejects.toMatchObject({
      code: 'NotFound',
      field: 'stationId',
    });
  });

  test('comes with a new station, and with a changed one, too', async () => {
    const connectors = [{ connectorId: 1, connectorType: 'TYPE_2' }];
    const entries = [{ key: 'HeartbeatInterval', value: '120' }];
    await asked.ask('Mutation.createStation', {
      input: { stationId: 'CS-3', name: 'New', connectors, configuration: { entries } },
    });
    await asked.ask('Mutation.updateStation', { id: 'CS-1', input: { configuration: { entries } } });

    const desired = (stationId: string) =>
      asked.scene.configuration.findDesired({ of: 'STATION', stationId });
    expect(await desired('CS-3')).toMatchObject({ settings: [{ key: 'HeartbeatInterval', value: '120' }] });
    expect(await desired('CS-1')).toMatchObject({ settings: [{ key: 'HeartbeatInterval', value: '120' }] });
    expect(await requestsTo('CS-3')).toEqual([]);
    expect(await requestsTo('CS-1')).toHaveLength(1);
  });

  test('changes nothing of a station that would have too much desired of it', async () => {
    const wish = (from: number) =>
      Array.from({ length: 150 }, (_, index) => ({ key: `Own${from + index}`, value: '1' }));
    await asked.ask('Mutation.updateStationConfiguration', {
      stationId: 'CS-1',
      config: { entries: wish(0) },
    });
    const input = { name: 'Changed', configuration: { entries: wish(150) } };

    await expect(asked.ask('Mutation.updateStation', { id: 'CS-1', input })).rejects.toMatchObject({
      code: 'Validation',
      field: 'input.configuration.entries',
    });
    expect(await asked.scene.stations.findStation('CS-1')).toMatchObject({ revision: 1 });
  });
});

describe('the configuration of stations', () => {
  const configurations = (stationIds: readonly string[]) =>
    asked.askMany(
      'ChargingStation.configuration',
      stationIds.map((stationId) => ({ stationId })),
    );

  test('is what they told, without passwords and keys', async () => {
    await told('CS-1', settings, { HeartbeatInterval: '300', AuthorizationKey: 'secret' });
    await told('CS-1', settings, { NumberOfConnectors: '2' }, 'READ_ONLY');
    await told('CS-2', { name: 'Connector', evseId: 1, connectorId: 1 }, { Enabled: 'true' });

    const [one, two, none] = await configurations(['CS-1', 'CS-2', 'CS-9']);

    expect(one).toEqual({
      readAt: new Date(asked.scene.now).toISOString(),
      entries: expect.arrayContaining([
        { component: null, key: 'HeartbeatInterval', value: '300', readOnly: false },
        { component: null, key: 'NumberOfConnectors', value: '2', readOnly: true },
      ]),
    });
    expect(JSON.stringify(one)).not.toContain('secret');
    expect(two).toMatchObject({ entries: [{ component: 'Connector@1/1', key: 'Enabled', value: 'true' }] });
    expect(none).toBeNull();
  });

  test('of connectors is that of the connector and its EVSE', async () => {
    await told('CS-2', { name: 'Connector', evseId: 1, connectorId: 1 }, { Enabled: 'true' });
    await told('CS-2', { name: 'EVSE', evseId: 1 }, { Power: '22000' });
    await told('CS-2', { name: 'EVSE', evseId: 2 }, { Power: '11000' });
    await told('CS-1', settings, { HeartbeatInterval: '300' });
    const source = (stationId: string, evseId: number) => ({
      stationId,
      connectorRef: { evseId, connectorId: 1 },
    });

    const found = await asked.askMany('Connector.configuration', [
      source('CS-2', 1),
      source('CS-2', 2),
      source('CS-1', 1),
    ]);

    expect(found).toMatchObject([
      { entries: [{ component: 'Connector@1/1' }, { component: 'EVSE@1', value: '22000' }] },
      { entries: [{ component: 'EVSE@2', value: '11000' }] },
      null,
    ]);
  });

  test('is nobody else’s', async () => {
    await told('CS-1', settings, { HeartbeatInterval: '300' });
    const theirs = await newAsked(db);

    expect(await theirs.askMany('ChargingStation.configuration', [{ stationId: 'CS-1' }])).toEqual([null]);
  });
});

describe('the capabilities of stations', () => {
  const capabilities = (...stationIds: readonly string[]) =>
    asked.askMany(
      'ChargingStation.capabilities',
      stationIds.map((stationId) => ({ stationId })),
    );

  test('are unknown until they tell', async () => {
    expect(await capabilities('CS-1', 'CS-2', 'CS-9')).toEqual([null, null, null]);
  });

  test('of 1.6 follow from the feature profiles', async () => {
    await told('CS-1', settings, { SupportedFeatureProfiles: 'Core, SmartCharging,Reservation' });

    expect(await capabilities('CS-1')).toEqual([
      {
        smartCharging: true,
        reservation: true,
        localAuthList: false,
        firmwareManagement: false,
        plugAndCharge: false,
      },
    ]);
  });

  test('of 2.0.1 follow from what its controllers say is available', async () => {
    await told('CS-2', { name: 'SmartChargingCtrlr' }, { Available: 'true', Enabled: 'false' });
    await told('CS-2', { name: 'ReservationCtrlr' }, { Available: 'false', Enabled: 'true' });
    await told('CS-2', { name: 'LocalAuthListCtrlr' }, { Enabled: 'true' });
    await told('CS-2', { name: 'ISO15118Ctrlr' }, { PnCEnabled: 'true' });

    expect(await capabilities('CS-2')).toEqual([
      {
        smartCharging: true,
        reservation: false,
        localAuthList: true,
        firmwareManagement: true,
        plugAndCharge: true,
      },
    ]);
  });
});
