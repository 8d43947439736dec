import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, givenNewStation, givenStation } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system.close();
});

const createToken =
  'mutation Create($uid: String!) { createAuthToken(input: { uid: $uid }) { id isBlocked } }';
const started = new Date('2026-11-20T10:00:00.000Z');
const ended = new Date('2026-11-20T10:30:00.000Z');

describe.each([
  { version: '1.6', stationId: 'NEW-16', uid: 'a1b2c3d416' },
  { version: '2.0.1', stationId: 'NEW-201', uid: 'a1b2c3d4201' },
] as const)('a newcomer with an OCPP $version station', ({ version, stationId, uid }) => {
  it('registers it and a token, charges, and is billed by the tenant’s tariff', async () => {
    const password = await givenNewStation(system.endpoints, stationId, version);
    dataOf(await ask(system.endpoints, createToken, { uid }));
    const station = await givenStation(system.endpoints, stationId, { version, password });
    await station.boot();

    const { charge, accepted } = await station.start(1, uid.toUpperCase(), started, 500);
    await station.stop(charge, ended, 4_500);
    await station.close();
    await system.idle();
    const { cdrs } = dataOf(
      await ask<{ cdrs: unknown[] }>(
        system.endpoints,
        'query Of($id: String!) { cdrs(filter: { stationId: $id }) { energyKwh billing totalCostExclVat totalCostInclVat } }',
        { id: stationId },
      ),
    );

    expect(accepted).toBe(true);
    expect(cdrs).toEqual([
      { energyKwh: '4', billing: 'BILLABLE', totalCostExclVat: '2', totalCostInclVat: '2.4' },
    ]);
  });

  it('blocks the token, which then charges nowhere until it is unblocked', async () => {
    const station = await givenStation(system.endpoints, stationId, {
      version,
      password: await newPassword(stationId),
    });
    const id = uid.toUpperCase();

    await ask(system.endpoints, 'mutation Block($id: ID!) { blockAuthToken(id: $id) { id } }', { id });
    const whileBlocked = await station.authorize(uid);
    await ask(system.endpoints, 'mutation Unblock($id: ID!) { unblockAuthToken(id: $id) { id } }', { id });
    const afterwards = await station.authorize(uid);

    expect([whileBlocked, afterwards]).toEqual([false, true]);
    await station.close();
  });

  it('removes the station, which cannot connect any more', async () => {
    const password = await newPassword(stationId);

    dataOf(
      await ask(system.endpoints, 'mutation Remove($id: ID!) { deleteStation(id: $id) }', { id: stationId }),
    );

    await expect(givenStation(system.endpoints, stationId, { version, password })).rejects.toThrow();
  });
});

/** Sets another password, as an operator who lost the first would. */
async function newPassword(id: string): Promise<string> {
  const password = `renewed-password-${id}`;
  const answer = await ask(
    system.endpoints,
    'mutation Renew($id: ID!, $password: String!) { updateStation(id: $id, input: { password: $password }) { id } }',
    { id, password },
  );
  dataOf(answer);
  return password;
}
