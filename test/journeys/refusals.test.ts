import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, connectRaw, type RawAccess, type RawStation } from '../support/raw-station.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system.close();
});

const access = (stationId: string, more: Partial<RawAccess> = {}): RawAccess => ({
  url: `${system.endpoints.ocpp}/demo/${stationId}`,
  protocols: [stationId.startsWith('CP2') ? 'ocpp2.0.1' : 'ocpp1.6'],
  user: stationId,
  password: `demo-password-${stationId.slice(2)}`,
  ...more,
});

describe('the handshake', () => {
  it.each<[string, () => RawAccess]>([
    ['a wrong password', () => access('CP001', { password: 'demo-password-002' })],
    ['no password', () => ({ url: `${system.endpoints.ocpp}/demo/CP001`, protocols: ['ocpp1.6'] })],
    ['another station’s name', () => access('CP001', { user: 'CP002', password: 'demo-password-002' })],
    ['an unknown station', () => access('CP999')],
    ['an unknown tenant', () => access('CP001', { url: `${system.endpoints.ocpp}/nobody/CP001` })],
    ['a station of another tenant', () => access('CP005', { url: `${system.endpoints.ocpp}/other/CP005` })],
    ['another tenant’s password', () => access('CP001', { password: 'other-password-001' })],
  ])('answers %s with 401', async (_, make) => {
    expect(await connectRaw(make())).toEqual({ status: 401 });
  });

  it.each<[string, readonly string[]]>([
    ['no subprotocol', []],
    ['an unknown subprotocol', ['ocpp9.9']],
    ['a subprotocol the station is not set up for', ['ocpp2.0.1']],
  ])('refuses %s', async (_, protocols) => {
    const result = await connectRaw(access('CP001', { protocols }));

    expect(result).toEqual({ status: expect.any(Number) });
    expect((result as { status: number }).status).toBeGreaterThanOrEqual(400);
  });

  it('picks the offered subprotocol that the station is set up for [TC_088]', async () => {
    const station = connected(await connectRaw(access('CP201', { protocols: ['ocpp1.6', 'ocpp2.0.1'] })));

    expect(station.protocol).toBe('ocpp2.0.1');
    await station.close();
  });
});

/** A station that is accepted: others may not say enough to be wrong. */
async function booted(stationId: string): Promise<RawStation> {
  const station = connected(await connectRaw(access(stationId)));
  const boot = stationId.startsWith('CP2')
    ? { reason: 'PowerUp', chargingStation: { vendorName: 'Acme', model: 'Duo' } }
    : { chargePointVendor: 'Acme', chargePointModel: 'Duo' };
  const answer = await station.exchange(JSON.stringify([2, '0', 'BootNotification', boot]));
  expect(answer).toMatchObject([3, '0', { status: 'Accepted' }]);
  return station;
}

describe.each(['CP003', 'CP203'])('%s', (stationId) => {
  it('answers what it cannot use with the codes of its version, and goes on', async () => {
    const station = await booted(stationId);

    const unknown = await station.exchange('[2,"1","Teleport",{}]');
    const invalid = await station.exchange('[2,"2","BootNotification",{"nonsense":1}]');
    const wrongType = await station.exchange('[2,"3","StatusNotification",{"connectorId":"one"}]');
    const fine = await station.exchange('[2,"4","Heartbeat",{}]');

    expect(unknown).toMatchObject([4, '1', 'NotImplemented', expect.any(String), {}]);
    expect(invalid).toMatchObject([
      4,
      '2',
      expect.stringMatching(/Violation$/),
      expect.stringMatching(/./),
      {},
    ]);
    expect(wrongType).toMatchObject([
      4,
      '3',
      expect.stringMatching(/Violation$/),
      expect.stringMatching(/./),
      {},
    ]);
    expect(fine).toMatchObject([3, '4', { currentTime: expect.any(String) }]);
    await station.close();
  });

  it('survives frames that are no frames', async () => {
    const station = await booted(stationId);

    station.send('this is not JSON');
    station.send('[2]');
    station.send('{}');
    station.send('[2,"9","Heartbeat",{}]');
    const seen: unknown[] = [];
    do seen.push(await station.next());
    while (!isAnswerTo(seen.at(-1), '9'));

    expect(seen.at(-1)).toMatchObject([3, '9', { currentTime: expect.any(String) }]);
    for (const other of seen.slice(0, -1) as unknown[][])
      expect(other.slice(0, 3)).toEqual([4, expect.any(String), expect.any(String)]);
    await station.close();
  });
});

function isAnswerTo(frame: unknown, id: string): boolean {
  return Array.isArray(frame) && frame[0] === 3 && frame[1] === id;
}
