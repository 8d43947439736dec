import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { givenStation, goodToken, jwtOf } from '../support/given.ts';
import { connected, connectRaw, type RawStation } from '../support/raw-station.ts';
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

/** Waits for what is to come; a test that waits in vain ends by its own time limit. */
async function until<Value>(
  look: () => Promise<Value> | Value,
  isSo: (value: Value) => boolean,
): Promise<Value> {
  for (;;) {
    const value = await look();
    if (isSo(value)) return value;
    await pause(50);
  }
}

describe('a station that nobody registered', () => {
  const stationId = 'NEWCOMER-1';
  const password = 'a-password-of-its-own';
  const connect = async () =>
    connectRaw({
      url: `${system.endpoints.ocpp}/demo/${stationId}`,
      protocols: ['ocpp1.6'],
      user: stationId,
      password,
    });
  const boots = (station: RawStation) =>
    station.exchange('[2,"b","BootNotification",{"chargePointVendor":"Acme","chargePointModel":"Duo"}]');

  it('knocks, waits, is let in with the password it came with, and works [B01, B02]', async () => {
    const unwelcome = await connect();
    await rest('PUT /settings/onboarding', { enabled: true, retrySeconds: 15 });
    const waiting = connected(await connect());
    const told = await boots(waiting);
    const refused = await waiting.exchange('[2,"h","Heartbeat",{}]');
    const inbox = await rest('GET /onboarding');
    const connectors = [{ connectorId: 1, connectorType: 'TYPE_2' }];

    const accepted = await rest(`POST /onboarding/${stationId}/accept`, {
      name: 'The new one',
      connectors,
      adoptPassword: true,
    });
    const station = connected(await connect());
    const welcome = await boots(station);
    const heartbeat = await station.exchange('[2,"h","Heartbeat",{}]');
    await station.close();

    expect(unwelcome).toEqual({ status: 401 });
    expect(told).toMatchObject([3, 'b', { status: 'Pending', interval: 15 }]);
    expect(refused).toEqual([4, 'h', 'SecurityError', expect.any(String), {}]);
    expect(inbox.body.items).toMatchObject([{ stationId, manufacturer: 'Acme', cameWithPassword: true }]);
    expect(accepted).toMatchObject({ status: 201, body: { stationId, protocol: 'ocpp1.6' } });
    expect(welcome).toMatchObject([3, 'b', { status: 'Accepted' }]);
    expect(heartbeat).toMatchObject([3, 'h', {}]);
  });
});

describe('a station that is held', () => {
  it.each(['CP005', 'CP205'])(
    'row 38: %s is asked to boot when an operator lets it go on, and works [TC_002, B02]',
    async (stationId) => {
      await rest(`POST /stations/${stationId}/registration`, { registration: 'HOLD' });
      const station = await givenStation(system.endpoints, stationId);
      const triggered: unknown[] = [];
      station.client.handle('TriggerMessage', async ({ params }) => {
        triggered.push(params);
        return { status: 'Accepted' };
      });
      const told = until(
        async () => (await rest(`POST /stations/${stationId}/registration`, { registration: 'HOLD' })).body,
        ({ told }) => told === 'PENDING',
      );
      await station.boot().catch(() => undefined);
      await told;
      const refused = await station.heartbeat().then(
        () => 'answered',
        (error: Error & { rpcErrorCode?: string }) => error.rpcErrorCode,
      );

      await rest(`POST /stations/${stationId}/registration`, { registration: 'ACCEPT' });
      await until(
        () => triggered.length,
        (count) => count > 0,
      );
      await station.boot();
      await station.heartbeat();
      await station.close();

      expect(refused).toBe('SecurityError');
      expect(triggered[0]).toEqual({ requestedMessage: 'BootNotification' });
    },
  );
});

describe('the local list of a station', () => {
  interface Update {
    readonly updateType: string;
    readonly localAuthorizationList?: readonly unknown[];
  }

  function keepList(station: VirtualStation): { updates: Update[]; version: () => number } {
    const updates: Update[] = [];
    let version = 0;
    station.client.handle('GetLocalListVersion', async () => ({ versionNumber: version }));
    station.client.handle('SendLocalList', async ({ params }) => {
      const update = params as Update & { versionNumber: number };
      version = update.versionNumber;
      updates.push(update);
      return { status: 'Accepted' };
    });
    return { updates, version: () => version };
  }

  it('is sent when it boots, and a token that is blocked follows at once [D01, D02]', async () => {
    const station = await givenStation(system.endpoints, 'CP204');
    const { updates } = keepList(station);
    await rest('PUT /tokens/LISTED', {});
    await rest('PUT /stations/CP204/local-list', { tokens: [goodToken, 'LISTED'] });
    await station.boot();
    await until(
      () => updates.length,
      (count) => count === 1,
    );

    await rest('PUT /tokens/LISTED', { blocked: true });
    await until(
      () => updates.length,
      (count) => count === 2,
    );
    const shown = await until(
      async () => (await rest('GET /stations/CP204/local-list')).body,
      ({ station: { version, updating } }) => version === 2 && !updating,
    );
    await station.close();

    expect(updates).toMatchObject([{ updateType: 'Full' }, { updateType: 'Differential' }]);
    expect(updates.map(({ localAuthorizationList }) => localAuthorizationList?.length)).toEqual([2, 1]);
    expect(JSON.stringify(updates[1])).toContain('"Blocked"');
    expect(shown.station).toMatchObject({ entries: 2, supported: true });
  });
});
