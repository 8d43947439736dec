import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openText } from '#adapters/crypto/sealed-text.ts';
import { hashStationPassword, verifyStationPassword } from '#adapters/crypto/station-passwords.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { newMember } from '../support/contract-pki.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin, pepper } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  admin = await newAdmin(db);
  // Commands are kept for a month by the real clock.
  admin.scene.now = Date.now();
  const password = hashStationPassword(pepper, 'the-old-password');
  await admin.scene.stations.createStation(aStation({ stationId: 'CS-1', password }));
  await admin.scene.stations.createStation(aStation({ stationId: 'CS-2', protocol: 'ocpp2.0.1', password }));
});

const wait = { whenOffline: 'WAIT' };

async function requestsOf(stationId: string): Promise<readonly unknown[]> {
  const { items } = await admin.scene.commands.listCommands(stationId, { limit: 20 });
  return items.map(({ request }) => request).toReversed();
}

describe('certificates over REST', () => {
  test('the authority’s own is there for whoever lets stations in', async () => {
    const first = await admin.request('GET /certificates/ca', undefined, { roles: ['VIEWER'] });
    const again = await admin.request('GET /certificates/ca');

    expect(new X509Certificate(first.body).ca).toBe(true);
    expect(again.body).toBe(first.body);
  });

  test('a station is told to ask, to trust, to forget and to list [A02, M03, M04, M05]', async () => {
    const { body: pem } = await admin.request('GET /certificates/ca');
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '01' };

    const results = [
      await admin.request('POST /stations/CS-1/certificates', wait),
      await admin.request('POST /stations/CS-1/trust', { use: 'CSMS_ROOT', pem, ...wait }),
      await admin.request('POST /stations/CS-1/trust/delete', { hash, ...wait }),
      await admin.request('POST /stations/CS-1/trust/refresh', wait),
    ];

    expect(results.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(await requestsOf('CS-1')).toMatchObject([
      { kind: 'REQUEST_CSR', purpose: 'STATION' },
      { kind: 'INSTALL_CERTIFICATE', use: 'CSMS_ROOT' },
      { kind: 'DELETE_CERTIFICATE', certificate: hash },
      { kind: 'LIST_CERTIFICATES', uses: ['CSMS_ROOT'] },
      { kind: 'LIST_CERTIFICATES', uses: ['MANUFACTURER_ROOT'] },
    ]);
  });

  test('what a station cannot be asked is refused before it is queued', async () => {
    const { body: pem } = await admin.request('GET /certificates/ca');

    const noCertificate = await admin.request('POST /stations/CS-1/trust', {
      use: 'CSMS_ROOT',
      pem: 'x',
      ...wait,
    });
    const noWord = await admin.request('POST /stations/CS-1/trust', { use: 'V2G_ROOT', pem, ...wait });
    const offline = await admin.request('POST /stations/CS-1/certificates', {});
    const nobody = await admin.request('POST /stations/CS-9/certificates', wait);

    expect([noCertificate, noWord, offline, nobody].map(({ status }) => status)).toEqual([
      422, 422, 409, 404,
    ]);
    expect(await requestsOf('CS-1')).toEqual([]);
  });

  test('a revoked one opens nothing, and its station is cut off', async () => {
    const { certificates, live, now } = admin.scene;
    const issued = { serial: '4a', subject: 'x', notBefore: now, notAfter: now + 1000, chain: 'pem' };
    const request = {
      stationId: 'CS-1',
      certificateId: 'c',
      purpose: 'STATION',
      csr: 'csr',
      askedAt: now,
    } as const;
    await certificates.request(request);
    await certificates.keepIssued('CS-1', 'c', issued, now);
    await live.connect({ stationId: 'CS-1', connectionId: 'conn', protocol: 'ocpp1.6', connectedAt: now });

    const revoked = await admin.request('POST /stations/CS-1/certificates/c/revoke', { reason: 'lost' });
    const list = await admin.request('GET /stations/CS-1/certificates');

    expect(revoked.body).toMatchObject({ state: 'REVOKED', reason: 'lost' });
    expect(list.body.items).toMatchObject([
      { certificateId: 'c', state: 'REVOKED', issued: { serial: '4a' } },
    ]);
    expect(await admin.scene.revocations.isRevoked('CS-1', '4A')).toBe(true);
    expect(admin.closed).toEqual(['conn']);
  });
});

describe('credentials over REST', () => {
  test('a new password is shown once, and readable nowhere after [TC_073, A01]', async () => {
    const { status, body } = await admin.request('POST /stations/CS-1/password', {});
    const commands = await admin.request('GET /stations/CS-1/commands');
    const refused = await admin.request('POST /stations/CS-1/password', {}, { roles: ['OPERATOR'] });

    expect([status, refused.status]).toEqual([202, 403]);
    expect(JSON.stringify(commands.body)).not.toContain(body.password);
    const station = await admin.scene.stations.findStation('CS-1');
    expect(verifyStationPassword(pepper, body.password, station?.password)).toBe(true);
    const [request] = await requestsOf('CS-1');
    const place = `${admin.scene.tenantId}/CS-1`;
    expect(openText(pepper, place, String((request as { password: string }).password))).toBe(body.password);
  });

  const sent = (stationId: string, command: string, parameters: unknown) =>
    admin.request(`POST /stations/${stationId}/commands`, { command, parameters, ...wait });

  test('a new password that was not sent yet is taken back', async () => {
    await admin.request('POST /stations/CS-1/password', {});

    const { status } = await admin.request('DELETE /stations/CS-1/password');

    const station = await admin.scene.stations.findStation('CS-1');
    expect(status).toBe(200);
    expect(verifyStationPassword(pepper, 'the-old-password', station?.password)).toBe(true);
    expect(station).not.toHaveProperty('securityChange');
  });

  test('a password of a station is set in no other way', async () => {
    const results = [
      await sent('CS-1', 'CHANGE_CONFIGURATION', { key: 'AuthorizationKey', value: '6162' }),
      await sent('CS-2', 'CHANGE_CONFIGURATION', { key: 'SecurityCtrlr.BasicAuthPassword', value: '6162' }),
      await sent('CS-2', 'SET_VARIABLES', {
        setVariableData: [
          {
            component: { name: 'SecurityCtrlr' },
            variable: { name: 'basicAuthPassword' },
            attributeValue: '6162',
          },
        ],
      }),
      await admin.request('PUT /models/Duo/configuration', { settings: { AuthorizationKey: '6162' } }),
    ];

    expect(results.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
    expect(results.map(({ body }) => body.errors[0].pointer)).toEqual([
      '/parameters/key',
      '/parameters/key',
      '/parameters/setVariableData/0/variable',
      '/settings/AuthorizationKey',
    ]);
    for (const { body } of results) expect(body.detail).toContain('POST /stations/{stationId}/password');
    expect([...(await requestsOf('CS-1')), ...(await requestsOf('CS-2'))]).toEqual([]);
  });

  test('nor is its security profile, and no way into the network is below it [A05, B09]', async () => {
    const network = (securityProfile: number) => ({
      configurationSlot: 1,
      connectionData: {
        ...{ ocppVersion: 'OCPP20', ocppTransport: 'JSON', ocppCsmsUrl: 'wss://csms.example/ocpp/demo' },
        ...{ messageTimeout: 30, securityProfile, ocppInterface: 'Wired0' },
      },
    });
    const component = { name: 'SecurityCtrlr' };
    const results = [
      await sent('CS-1', 'CHANGE_CONFIGURATION', { key: 'SecurityProfile', value: '3' }),
      await sent('CS-2', 'CHANGE_CONFIGURATION', { key: 'SecurityCtrlr.SecurityProfile', value: '3' }),
      await sent('CS-2', 'SET_VARIABLES', {
        setVariableData: [{ component, variable: { name: 'SecurityProfile' }, attributeValue: '3' }],
      }),
      await admin.request('PUT /models/Duo/configuration', { settings: { SecurityProfile: '3' } }),
      await sent('CS-2', 'SET_NETWORK_PROFILE', network(0)),
    ];
    const own = await sent('CS-2', 'SET_NETWORK_PROFILE', network(1));

    expect(results.map(({ status, body }) => [status, body.errors[0].pointer])).toEqual([
      [422, '/parameters/key'],
      [422, '/parameters/key'],
      [422, '/parameters/setVariableData/0/variable'],
      [422, '/settings/SecurityProfile'],
      [422, '/parameters/connectionData/securityProfile'],
    ]);
    for (const { body } of results) {
      expect(body.detail).toContain('POST /stations/{stationId}/security-profile');
    }
    expect(own.status).toBe(202);
  });

  test('other secrets are sealed in the command that carries them, and in every view of it [B09]', async () => {
    const { body: network } = await sent('CS-2', 'SET_NETWORK_PROFILE', {
      configurationSlot: 1,
      connectionData: {
        ...{ ocppVersion: 'OCPP20', ocppTransport: 'JSON', ocppCsmsUrl: 'wss://csms.example/ocpp/demo' },
        ...{ messageTimeout: 30, securityProfile: 2, ocppInterface: 'Wireless0' },
        apn: { apn: 'internet', apnPassword: 'open-6162', simPin: 6162, apnAuthentication: 'CHAP' },
        vpn: { server: 'vpn.example', user: 'u', password: 'open-6162', key: 'open-6162', type: 'IKEv2' },
      },
    });
    const { body: variables } = await sent('CS-2', 'SET_VARIABLES', {
      setVariableData: [
        { component: { name: 'Wifi' }, variable: { name: 'Name' }, attributeValue: 'yard' },
        { component: { name: 'Wifi' }, variable: { name: 'Password' }, attributeValue: 'open-6162' },
      ],
    });
    const listed = await admin.request('GET /stations/CS-2/commands');

    expect(JSON.stringify([network, variables, listed.body])).not.toContain('6162');
    const { apn, vpn } = network.request.payload.connectionData;
    const place = `${admin.scene.tenantId}/CS-2`;
    const sealed = [apn.apnPassword, apn.simPin, vpn.password, vpn.key];
    expect(sealed.map((one) => JSON.parse(openText(pepper, place, one.sealed)))).toEqual([
      ...['open-6162', 6162, 'open-6162', 'open-6162'],
    ]);
    expect(variables.request.payload.setVariableData).toMatchObject([
      { attributeValue: 'yard' },
      { attributeValue: { sealed: expect.any(String) } },
    ]);
  });

  test('a higher profile is asked for, never a lower one [TC_083, A05]', async () => {
    const path = 'POST /stations/CS-2/security-profile';
    const url = 'wss://csms.example/ocpp/demo';
    const network = { slot: 1, priority: [1, 0], url };

    const without = await admin.request(path, { profile: 2, trustsServer: true });
    const unordered = await admin.request(path, {
      profile: 2,
      trustsServer: true,
      network: { ...network, priority: [0] },
    });
    const asked = await admin.request(path, { profile: 2, trustsServer: true, network });
    const lower = await admin.request(path, { profile: 1, trustsServer: true, network });

    expect([without, unordered, asked, lower].map(({ status }) => status)).toEqual([422, 422, 202, 409]);
    expect(await requestsOf('CS-2')).toMatchObject([
      { kind: 'SET_SECURITY_PROFILE', profile: 2, network: { url } },
    ]);
  });

  test('security events of a station are listed, newest first [A04]', async () => {
    const event = { stationId: 'CS-1', receivedAt: admin.scene.now };
    await admin.scene.securityEvents.addEvent({ ...event, type: 'First', at: 1000 });
    await admin.scene.securityEvents.addEvent({ ...event, type: 'Second', at: 2000, severity: 'HIGH' });

    const { body } = await admin.request('GET /stations/CS-1/security-events');

    expect(body.items).toMatchObject([
      { type: 'Second', severity: 'HIGH', at: '1970-01-01T00:00:02.000Z' },
      { type: 'First', severity: null },
    ]);
  });
});

describe('Plug & Charge over REST', () => {
  test('authorities are taken, listed and dropped; what is none is refused [C07]', async () => {
    const root = await newMember({ name: 'Root' });
    const leaf = await newMember({ name: 'Leaf', issuer: root });

    const added = await admin.request('POST /plug-and-charge/anchors', { pem: root.pem });
    const refused = await admin.request('POST /plug-and-charge/anchors', { pem: leaf.pem });
    const listed = await admin.request('GET /plug-and-charge/anchors');
    const dropped = await admin.request(`DELETE /plug-and-charge/anchors/${added.body.anchorId}`);

    expect([added.status, refused.status]).toEqual([201, 422]);
    expect(listed.body.items).toMatchObject([{ subject: 'CN=Root' }]);
    expect(dropped.status).toBe(200);
    expect((await admin.request('GET /plug-and-charge/anchors')).body.items).toEqual([]);
  });

  test('the service for vehicles’ certificates is named and taken away [M01]', async () => {
    const provisioningUrl = 'https://provisioning.example/contract';

    await admin.request('PUT /plug-and-charge/settings', { provisioningUrl });
    const named = await admin.request('GET /plug-and-charge/settings');
    await admin.request('PUT /plug-and-charge/settings', { provisioningUrl: null });
    const gone = await admin.request('GET /plug-and-charge/settings');
    const wrong = await admin.request('PUT /plug-and-charge/settings', { provisioningUrl: 'ftp://x' });

    expect([named.body, gone.body, wrong.status]).toEqual([
      { provisioningUrl },
      { provisioningUrl: null },
      422,
    ]);
  });
});
