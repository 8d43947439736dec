import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenStation } from '../support/given.ts';
import { askRest } from '../support/rest-client.ts';
import { type System, startSystem } from '../support/system.ts';

interface Line {
  readonly at: string;
  readonly direction: string;
  readonly action?: string;
  readonly decision: string;
  readonly frame?: string;
  readonly answer?: string;
  readonly latencyMs?: number;
}

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system.close();
});

describe('the log of a station', () => {
  it('tells what was said both ways, in order, with what became of it and how long it took', async () => {
    const station = await givenStation(system.endpoints, 'CP001');
    const asked = Promise.withResolvers<void>();
    station.client.handle('TriggerMessage', async () => {
      asked.resolve();
      return { status: 'Accepted' };
    });
    await station.boot();
    await askRest(system.endpoints, 'POST /stations/CP001/commands', {
      command: 'TRIGGER_MESSAGE',
      parameters: { requestedMessage: 'Heartbeat' },
    });
    await asked.promise;
    await system.idle();
    await station.close();
    await system.idle();

    const { body } = await askRest<{ items: Line[] }>(
      system.endpoints,
      'GET /stations/CP001/log?order=oldest&limit=200',
    );

    expect(body.items.map(({ direction, action, decision }) => [direction, action, decision])).toEqual(
      expect.arrayContaining([
        ['LINK', undefined, 'connected with ocpp1.6'],
        ['IN', 'BootNotification', 'answered'],
        ['OUT', 'TRIGGER_MESSAGE', 'sent'],
        ['IN', undefined, 'settled'],
        ['LINK', undefined, 'disconnected'],
      ]),
    );
    const boot = body.items.find(({ action }) => action === 'BootNotification');
    expect(boot?.frame).toContain('"BootNotification"');
    expect(boot?.answer).toContain('"Accepted"');
    expect(boot?.latencyMs).toBeGreaterThan(0);
    const moments = body.items.map(({ at }) => at);
    expect(moments).toEqual(moments.toSorted());
  });

  it('is exported as a line of JSON for each', async () => {
    const exported = await askRest<string>(system.endpoints, 'GET /stations/CP001/log/export');
    const lines = String(exported.body)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

    expect(lines.length).toBeGreaterThan(4);
    expect(lines[0]).toMatchObject({ direction: 'LINK', decision: 'connected with ocpp1.6' });
  });

  it('is nobody else’s', async () => {
    const other = await askRest<{ items: Line[] }>(system.endpoints, 'GET /stations/CP001/log', undefined, {
      tenant: 'other',
    });

    expect(other).toMatchObject({ status: 200, body: { items: [] } });
  });
});
