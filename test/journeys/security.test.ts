import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newRequest } from '../adapters/certificates/requests.ts';
import { givenStation, jwtOf } from '../support/given.ts';
import { connectRaw } from '../support/raw-station.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

/** Asks the REST API as an administrator of the demo tenant. */
async function rest(line: string, body?: unknown): Promise<{ status: number; body: string }> {
  const [method = '', path = ''] = line.split(' ');
  const { admin } = system.endpoints;
  const response = await fetch(`${admin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${jwtOf(system.endpoints, 'demo')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.text() };
}

it.each(['CP001', 'CP201'])(
  'row 40: %s gets its answer first and its certificate after, and a revoked one opens nothing [TC_074, A02]',
  async (stationId) => {
    const station = await givenStation(system.endpoints, stationId);
    const order: string[] = [];
    const arrived = Promise.withResolvers<string>();
    station.client.handle('CertificateSigned', async ({ params }) => {
      order.push('CertificateSigned');
      arrived.resolve(String(params?.certificateChain));
      return { status: 'Accepted' };
    });
    await station.boot();
    const { csr } = await newRequest({ O: 'demo', CN: stationId });

    const answer = await station.client.call('SignCertificate', { csr });
    order.push('SignCertificate answered');
    const chain = await arrived.promise;
    await system.idle();
    const ca = await rest('GET /certificates/ca');
    const list = JSON.parse((await rest(`GET /stations/${stationId}/certificates`)).body);

    const [own = ''] = chain.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/) ?? [];
    const authority = new X509Certificate(ca.body);
    const leaf = new X509Certificate(own);
    expect([answer, order]).toEqual([
      { status: 'Accepted' },
      ['SignCertificate answered', 'CertificateSigned'],
    ]);
    expect(
      leaf.checkIssued(authority) &&
        leaf.verify(createPublicKey(authority.publicKey.export({ type: 'spki', format: 'pem' }))),
    ).toBe(true);
    expect(list.items).toMatchObject([{ state: 'INSTALLED', purpose: 'STATION' }]);
    const revoked = await rest(
      `POST /stations/${stationId}/certificates/${list.items[0].certificateId}/revoke`,
      {},
    );
    expect(JSON.parse(revoked.body)).toMatchObject({ state: 'REVOKED' });
    await station.client.close({ force: true });
  },
);

it('CP002 takes a new password over its connection; with it the old one is gone [TC_073, A01]', async () => {
  const station = await givenStation(system.endpoints, 'CP002');
  const taken = Promise.withResolvers<string>();
  station.client.handle('ChangeConfiguration', async ({ params }) => {
    if (params?.key === 'AuthorizationKey') taken.resolve(String(params.value));
    return { status: 'Accepted' };
  });
  await station.boot();

  const { status, body } = await rest('POST /stations/CP002/password', {});
  const key = await taken.promise;
  await system.idle();
  const { password } = JSON.parse(body);
  const at = (secret: string) =>
    connectRaw({
      url: `${system.endpoints.ocpp}/demo/CP002`,
      protocols: ['ocpp1.6'],
      user: 'CP002',
      password: secret,
    });
  const withNew = await at(password);
  await system.idle();
  const withOld = await at('demo-password-002');

  expect([status, Buffer.from(key, 'hex').toString()]).toEqual([202, password]);
  expect(withNew).toHaveProperty('send');
  expect(withOld).toEqual({ status: 401 });
  const commands = await rest('GET /stations/CP002/commands');
  expect(commands.body).not.toContain(password);
  if ('close' in withNew) await withNew.close();
  await station.client.close({ force: true });
});
