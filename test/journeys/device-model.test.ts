import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { givenStation, jwtOf } from '../support/given.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
async function rest(line: string, body?: unknown): Promise<{ status: number; body: any }> {
  const [method = '', path = ''] = line.split(' ');
  const { endpoints } = system;
  const response = await fetch(`${endpoints.admin}${path}`, {
    method,
    headers: { authorization: `Bearer ${jwtOf(endpoints, 'demo')}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** Asks until the answer is as it is waited for; a test that waits in vain ends by its own time limit. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
async function until(path: string, isSo: (items: any[]) => boolean): Promise<any[]> {
  for (;;) {
    const { items } = (await rest(`GET ${path}`)).body;
    if (isSo(items)) return items;
    await pause(100);
  }
}

/** Lets a 1.6 station keep settings; gives what it is asked. */
function keepSettings(station: VirtualStation, values: Map<string, string>): string[] {
  const heard: string[] = [];
  station.client.handle('GetConfiguration', async ({ params }) => {
    const { key: keys } = params as { key: string[] };
    heard.push(`get ${keys.join(',')}`);
    const known = keys.filter((key) => values.has(key));
    return {
      configurationKey: known.map((key) => ({ key, readonly: false, value: values.get(key) ?? '' })),
      unknownKey: keys.filter((key) => !values.has(key)),
    };
  });
  station.client.handle('ChangeConfiguration', async ({ params }) => {
    const { key, value } = params as { key: string; value: string };
    heard.push(`${key}=${value}`);
    values.set(key, value);
    return { status: 'Accepted' };
  });
  return heard;
}

describe('what an operator wants of a station', () => {
  it('reaches it at once, is lost with a reset, and comes back with the boot [TC_019_2, TC_021]', async () => {
    const path = '/stations/CP001/configuration';
    const values = new Map([['HeartbeatInterval', '900']]);
    const before = await givenStation(system.endpoints, 'CP001');
    const heardBefore = keepSettings(before, values);
    await before.boot();

    const put = await rest(`PUT ${path}`, { settings: { HeartbeatInterval: 120 } });
    const [first] = await until(path, ([one]) => one.state === 'IN_SYNC' && one.pending === null);
    await before.close();
    values.set('HeartbeatInterval', '900');
    const after = await givenStation(system.endpoints, 'CP001');
    const heardAfter = keepSettings(after, values);
    await after.boot();
    await until(path, () => values.get('HeartbeatInterval') === '120');
    const items = await until(path, ([one]) => one.state === 'IN_SYNC' && one.lastAnswer !== null);

    expect(put.status).toBe(200);
    expect(first).toMatchObject({ key: 'HeartbeatInterval', desired: '120', reported: '120', pending: null });
    expect(heardBefore).toEqual(['HeartbeatInterval=120']);
    expect(heardAfter).toEqual(['get HeartbeatInterval', 'HeartbeatInterval=120']);
    expect(items).toMatchObject([{ state: 'IN_SYNC', lastAnswer: 'ACCEPTED' }]);
    await after.close();
  });
});

describe('what a 2.0.1 station tells of itself', () => {
  it('is put together from the pages of its report, and its events become alerts [B07, N07]', async () => {
    const station = await givenStation(system.endpoints, 'CP201');
    const data = (name: string, variable: string, value: string) => ({
      component: { name },
      variable: { name: variable },
      variableAttribute: [{ value, mutability: 'ReadWrite' }],
    });
    const generatedAt = new Date().toISOString();
    station.client.handle('GetBaseReport', async ({ params }) => {
      const { requestId } = params as { requestId: number };
      const send = (seqNo: number, tbc: boolean, one: object) =>
        station.client.call('NotifyReport', { requestId, seqNo, tbc, generatedAt, reportData: [one] });
      // Pages in any order, one of them twice, and none waits for our answer.
      void send(1, false, data('OCPPCommCtrlr', 'HeartbeatInterval', '300'))
        .then(() => send(0, true, data('AuthCtrlr', 'Enabled', 'true')))
        .then(() => send(0, true, data('AuthCtrlr', 'Enabled', 'true')));
      return { status: 'Accepted' };
    });
    await station.boot();

    const asked = await rest('POST /stations/CP201/commands', {
      command: 'GET_BASE_REPORT',
      parameters: { reportBase: 'FullInventory' },
    });
    // Pages may be complete before the answer tells what they are pages of.
    const [report] = await until(
      '/stations/CP201/reports',
      ([one]) => one?.state === 'COMPLETE' && one.scope !== undefined,
    );
    await station.client.call('NotifyEvent', {
      generatedAt,
      seqNo: 0,
      eventData: [
        {
          eventId: 1,
          timestamp: generatedAt,
          trigger: 'Alerting',
          actualValue: 'true',
          component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
          variable: { name: 'Problem' },
          eventNotificationType: 'HardWiredNotification',
        },
      ],
    });
    const variables = await rest('GET /stations/CP201/variables?component=OCPPCommCtrlr');
    const alerts = await rest('GET /alerts?stationId=CP201');

    expect(asked.status).toBe(202);
    expect(report).toMatchObject({ scope: 'FULL', pages: 2 });
    expect(variables.body.items).toMatchObject([
      { name: 'OCPPCommCtrlr', variables: [{ name: 'HeartbeatInterval', attributes: [{ value: '300' }] }] },
    ]);
    expect(alerts.body.items).toMatchObject([{ kind: 'STATION_EVENT', severity: 'HIGH' }]);
    await station.close();
  });
});
