import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import type { Component } from '#core/device-model/device-model.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { noon } from './samples.ts';

let db: TestDatabase;
let tenantId: string;
let stores: Stores;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(() => {
  tenantId = newTenantId();
  stores = db.storesOf(tenantId);
});
afterAll(() => db.close());

const stationId = 'CS-001';
const variable = (name: string, value: string) => ({
  name,
  attributes: [{ type: 'ACTUAL', value, reportedAt: noon } as const],
  reportedAt: noon,
});
const component = (more: Partial<Component> = {}): Component => ({
  name: 'EVSE',
  evseId: 1,
  variables: [variable('Power', '11000')],
  revision: 1,
  ...more,
});
const all = new Set(['["Power"]', '["Available"]']);

describe('the device model', () => {
  test('keeps components apart by name, instance and place, and lists those of one name', async () => {
    const { deviceModel } = stores;
    for (const one of [
      component(),
      component({ evseId: 2 }),
      component({ instance: '1' }),
      component({ name: 'EVSEx' }),
      component({ name: 'EV#"S' }),
    ]) {
      expect(await deviceModel.saveVariables(stationId, one, all)).toBe('saved');
    }

    const evses = await deviceModel.listComponents(stationId, { name: 'EVSE' }, { limit: 2 });
    const { cursor = '' } = evses;
    const rest = await deviceModel.listComponents(stationId, { name: 'EVSE' }, { limit: 2, cursor });
    const everything = await deviceModel.listComponents(stationId, {}, { limit: 10 });

    expect([...evses.items, ...rest.items]).toHaveLength(3);
    expect([...evses.items, ...rest.items]).toEqual(
      expect.arrayContaining([component(), component({ evseId: 2 }), component({ instance: '1' })]),
    );
    expect(everything.items).toHaveLength(5);
    expect(await deviceModel.findComponent('CS-002', { name: 'EVSE', evseId: 1 })).toBeUndefined();
  });

  test('changes only what is named, and only on the revision that was read', async () => {
    const { deviceModel } = stores;
    await deviceModel.saveVariables(stationId, component(), all);
    const next = component({
      variables: [variable('Power', 'not named'), variable('Available', 'true')],
      revision: 2,
    });

    const results = await Promise.all([
      deviceModel.saveVariables(stationId, next, new Set(['["Available"]'])),
      deviceModel.saveVariables(stationId, next, new Set(['["Available"]'])),
    ]);

    expect(results.toSorted()).toEqual(['changed-meanwhile', 'saved']);
    expect(await deviceModel.saveVariables(stationId, component(), all)).toBe('changed-meanwhile');
    const [found] = await deviceModel.findComponents(stationId, [{ name: 'EVSE', evseId: 1 }]);
    expect(found).toEqual(
      component({ variables: [variable('Power', '11000'), variable('Available', 'true')], revision: 2 }),
    );
  });
});

describe('settings', () => {
  test('are desired of a station or of a model, one revision after the other', async () => {
    const { configuration } = stores;
    const settings = [{ key: 'HeartbeatInterval', value: '300', setAt: noon, setBy: 'alice' }];
    const ofStation = { of: 'STATION', stationId } as const;
    const ofModel = { of: 'MODEL', model: stationId } as const;

    const results = [
      await configuration.saveDesired(ofStation, { settings, revision: 1 }),
      await configuration.saveDesired(ofStation, { settings: [], revision: 1 }),
      await configuration.saveDesired(ofModel, { settings: [], revision: 1 }),
    ];

    expect(results).toEqual(['saved', 'changed-meanwhile', 'saved']);
    expect(await configuration.findDesired(ofStation)).toEqual({ settings, revision: 1 });
    expect(await configuration.findDesired(ofModel)).toEqual({ settings: [], revision: 1 });
  });

  test('have the answer of the attempt that was made last, whichever comes first', async () => {
    const { configuration } = stores;
    const attempt = { key: 'K', value: '1', commandId: 'c-2', at: noon, tries: 1 };
    await configuration.noteAnswer(stationId, { key: 'K', commandId: 'c-1', answer: 'REJECTED' });
    await configuration.saveAttempts(stationId, { byKey: new Map([['K', attempt]]), revision: 1 });
    const before = await configuration.findAttempts(stationId);
    await configuration.noteAnswer(stationId, { key: 'K', commandId: 'c-2', answer: 'ACCEPTED' });
    await configuration.noteAnswer(stationId, { key: 'K', commandId: 'c-1', answer: 'REJECTED' });

    expect(before.byKey.get('K')).toEqual(attempt);
    expect((await configuration.findAttempts(stationId)).byKey.get('K')).toEqual({
      ...attempt,
      answer: 'ACCEPTED',
    });
  });
});

describe('monitors and events', () => {
  const monitor = {
    monitorId: 7,
    component: { name: 'EVSE', evseId: 1 },
    variable: { name: 'Temperature' },
    type: 'UPPER_THRESHOLD',
    value: 75.5,
    severity: 3,
    transaction: false,
    reportedAt: noon,
  } as const;

  test('know monitors by what was told of them last', async () => {
    const { monitors } = stores;
    await monitors.saveMonitor(stationId, monitor);
    await monitors.saveMonitor(stationId, { ...monitor, value: 1, reportedAt: noon - 1 });
    await monitors.removeMonitor(stationId, 7, noon - 1);
    await monitors.removeMonitor(stationId, 8, noon);
    const kept = await monitors.listMonitors(stationId, { limit: 5 });
    await monitors.removeMonitor(stationId, 7, noon);

    expect(kept.items).toEqual([monitor]);
    expect(await monitors.findMonitor(stationId, 7)).toBeUndefined();
    expect((await monitors.listMonitors(stationId, { limit: 5 })).items).toEqual([]);
  });

  test('keep the latest verdict', async () => {
    const { monitors } = stores;
    for (const [at, eventId] of [
      [2, 1],
      [2, 3],
      [2, 2],
      [1, 9],
    ] as const) {
      await monitors.noteVerdict(stationId, 'subject', { at, eventId });
    }

    expect(await monitors.findVerdict(stationId, 'subject')).toEqual({ at: 2, eventId: 3 });
  });
});

test('every item of a station’s model belongs to its tenant; what passes has an end, the model has none', async () => {
  const { deviceModel, reports, monitors, configuration, words } = stores;
  const report = { stationId, topic: 'VARIABLES', requestId: 1 } as const;
  const place = { component: { name: 'C' }, variable: { name: 'V' } };
  await deviceModel.saveVariables(stationId, component(), all);
  await reports.addPage(report, { seqNo: 0, last: true, at: noon });
  await monitors.noteVerdict(stationId, 'subject', { at: 1, eventId: 1 });
  await monitors.addEvent({
    stationId,
    eventId: 1,
    at: noon,
    receivedAt: noon,
    trigger: 'DELTA',
    value: '1',
    notification: 'CustomMonitor',
    ...place,
  });
  await configuration.saveAttempts(stationId, { byKey: new Map(), revision: 1 });
  await words.noteAvailability(stationId, {
    place: { evseId: 0, connectorId: 0 },
    wanted: 'OPERATIVE',
    answer: 'ACCEPTED',
    commandId: 'c',
    askedAt: 1,
    answeredAt: 2,
  });

  const { Items = [] } = await db.client.send(new ScanCommand({ TableName: db.tables.operations }));
  const items = Items.map((item) => unmarshall(item)).filter(({ pk }) => String(pk).includes(tenantId));
  const kindOf = ({ pk, sk }: Record<string, unknown>) =>
    /#(MODEL|REPORTS|VERDICTS|EVENTS)$/.exec(String(pk))?.[1] ?? String(sk);
  const lasting = items.filter(({ expiresAtS }) => expiresAtS === undefined).map(kindOf);
  expect(items).toHaveLength(6);
  expect(items.filter(({ pk }) => !String(pk).startsWith(`T#${tenantId}#ST#`))).toEqual([]);
  expect(lasting.toSorted()).toEqual(['MODEL', 'SETTINGS', 'WORDS']);
});
