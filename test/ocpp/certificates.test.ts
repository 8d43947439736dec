import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCertificateText } from '../../functions/adapters/certificates/read-certificate.ts';
import { stationAuthority } from '../../functions/adapters/certificates/station-authority.ts';
import { askForRequest } from '../../functions/core/certificates/ask-for-request.ts';
import { issueCertificate } from '../../functions/core/certificates/issue-certificate.ts';
import type { Command } from '../../functions/core/commands/command.ts';
import { encodeCommand } from '../../functions/ocpp/calls.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { newKeeper, newSigner } from '../adapters/certificates/key-at-hand.ts';
import { newRequest, stolenRequest } from '../adapters/certificates/requests.ts';
import { hashDataOf, newMember, startResponder } from '../support/contract-pki.ts';
import { noon, openRoom, type Room, type TestStation } from './room-under-test.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const authority = stationAuthority({ signer: newSigner(), keeper: newKeeper(), clock: () => noon });

/** What the worker does when it hears that a certificate was asked for. */
async function signWhatIsAskedFor(stationId: string): Promise<void> {
  const { items } = await room.services.certificates.listCertificates(stationId, { limit: 50 });
  for (const { certificateId } of items) {
    await issueCertificate(
      { ...room.services, authority },
      { stationId, certificateId, organization: 'demo' },
    );
  }
}

async function commandsOf(stationId: string): Promise<readonly Command[]> {
  return (await room.services.commands.listCommands(stationId, { limit: 50 })).items;
}

async function alertsOf(stationId: string): Promise<readonly string[]> {
  const { items } = await room.services.alerts.listAlerts({ stationId }, { limit: 50 });
  return items.map(({ kind }) => kind);
}

async function statesOf(stationId: string): Promise<readonly string[]> {
  const { items } = await room.services.certificates.listCertificates(stationId, { limit: 50 });
  return items.map(({ state }) => state).sort();
}

/** The station's answer to the one command that waits for it. */
async function answers(station: TestStation, payload: unknown): Promise<void> {
  const [command] = (await commandsOf(station.stationId)).filter(({ state }) => state === 'QUEUED');
  const { error, settled } = await station.sends(JSON.stringify([3, command?.commandId, payload]));
  expect([error, settled]).toEqual([undefined, 'settled']);
}

describe.each([
  ['ocpp1.6', 'C16', 'ExtendedTriggerMessage', 'SignChargePointCertificate'],
  ['ocpp2.0.1', 'C201', 'TriggerMessage', 'SignChargingStationCertificate'],
] as const)('a certificate of a station with %s', (protocol, prefix, trigger, message) => {
  test('row 40: is answered for first; it follows as a call out of the queue, and is in use once taken [TC_074, A02, A03]', async () => {
    const station = await room.givenStation(`${prefix}-1`, protocol);
    const { csr } = await newRequest({ O: 'demo', CN: station.stationId });

    const answer = await station.calls('SignCertificate', { csr });
    const before = await commandsOf(station.stationId);
    await signWhatIsAskedFor(station.stationId);
    const [command] = await commandsOf(station.stationId);

    expect([answer.status, before]).toEqual(['Accepted', []]);
    expect(command).toMatchObject({ name: 'CERTIFICATE_SIGNED', state: 'QUEUED' });
    const call = command && encodeCommand(await loadVersion(protocol), command);
    expect(call).toMatchObject({ frame: expect.stringContaining('BEGIN CERTIFICATE') });
    await answers(station, { status: 'Accepted' });
    expect(await statesOf(station.stationId)).toEqual(['INSTALLED']);
  });

  test('is told to be renewed by the message that says so [TC_074, A02]', async () => {
    const station = await room.givenStation(`${prefix}-2`, protocol);

    await askForRequest(room.services, {
      ...{ stationId: station.stationId, protocol, purpose: 'STATION' },
      ...{ timeoutMs: 1000, whenOffline: 'WAIT' },
    });
    const [command] = await commandsOf(station.stationId);

    const call = command && encodeCommand(await loadVersion(protocol), command);
    expect(call).toEqual({
      frame: JSON.stringify([2, command?.commandId, trigger, { requestedMessage: message }]),
    });
  });

  test('that a newer one replaces is superseded', async () => {
    const station = await room.givenStation(`${prefix}-3`, protocol);
    for (const _ of [1, 2]) {
      room.now += 1000;
      await station.calls('SignCertificate', {
        csr: (await newRequest({ O: 'demo', CN: station.stationId })).csr,
      });
      await signWhatIsAskedFor(station.stationId);
      await answers(station, { status: 'Accepted' });
    }

    expect(await statesOf(station.stationId)).toEqual(['INSTALLED', 'SUPERSEDED']);
  });

  test('that the station refuses is an alert; asking again brings it again [TC_074, A02]', async () => {
    const station = await room.givenStation(`${prefix}-4`, protocol);
    const { csr } = await newRequest({ O: 'demo', CN: station.stationId });
    await station.calls('SignCertificate', { csr });
    await signWhatIsAskedFor(station.stationId);

    await answers(station, { status: 'Rejected' });
    const states = await statesOf(station.stationId);
    room.now += 60_000;
    await station.calls('SignCertificate', { csr });
    await signWhatIsAskedFor(station.stationId);

    expect([states, await alertsOf(station.stationId)]).toEqual([['REJECTED'], ['CERTIFICATE_REJECTED']]);
    const queued = (await commandsOf(station.stationId)).map(({ state }) => state);
    expect(queued).toEqual(['QUEUED', 'REJECTED']);
  });

  test('for another station is refused at once, and operators hear of it', async () => {
    const station = await room.givenStation(`${prefix}-5`, protocol);

    const answer = await station.calls('SignCertificate', {
      csr: (await newRequest({ O: 'demo', CN: 'CP999' })).csr,
    });

    expect(answer.status).toBe('Rejected');
    expect(await alertsOf(station.stationId)).toEqual(['CERTIFICATE_REQUEST_REFUSED']);
    expect(await statesOf(station.stationId)).toEqual([]);
  });

  test('may be asked for by the serial number of the station, and names its id [A02]', async () => {
    const station = await room.givenStation(`${prefix}-7`, protocol, { booted: false });
    const boots = {
      'ocpp1.6': { chargePointVendor: 'A', chargePointModel: 'B', chargePointSerialNumber: `SN-${prefix}` },
      'ocpp2.0.1': {
        reason: 'PowerUp',
        chargingStation: { vendorName: 'A', model: 'B', serialNumber: `SN-${prefix}` },
      },
    };
    await station.calls('BootNotification', boots[protocol]);

    const { csr } = await newRequest({ O: 'demo', CN: `SN-${prefix}` });
    const answer = await station.calls('SignCertificate', { csr });
    await signWhatIsAskedFor(station.stationId);

    const { items } = await room.services.certificates.listCertificates(station.stationId, { limit: 5 });
    expect(answer).toEqual({ status: 'Accepted' });
    expect(items[0]?.issued?.subject).toBe(`O=demo, CN=${station.stationId}`);
  });

  test('is made once and sent once, however often it is asked for and signed at once', async () => {
    let number = 100;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ask', 'sign'), { minLength: 2, maxLength: 8 }),
        async (steps) => {
          number += 1;
          const station = await room.givenStation(`${prefix}-${number}`, protocol);
          const { csr } = await newRequest({ O: 'demo', CN: station.stationId });
          await station.calls('SignCertificate', { csr });
          await Promise.all([signWhatIsAskedFor(station.stationId), signWhatIsAskedFor(station.stationId)]);
          for (const step of steps) {
            room.now += 10;
            if (step === 'ask') await station.calls('SignCertificate', { csr });
            else await signWhatIsAskedFor(station.stationId);
          }

          expect(await commandsOf(station.stationId)).toHaveLength(1);
          expect(await statesOf(station.stationId)).toEqual(['SENT']);
        },
      ),
      { numRuns: 5 },
    );
  });

  test('a station that asks for new ones without end gets no more, and operators hear of it', async () => {
    const station = await room.givenStation(`${prefix}-6`, protocol);
    for (let count = 0; count < 14; count += 1) {
      room.now += 1000;
      await station.calls('SignCertificate', {
        csr: (await newRequest({ O: 'demo', CN: station.stationId })).csr,
      });
      await signWhatIsAskedFor(station.stationId);
    }

    expect((await statesOf(station.stationId)).filter((state) => state === 'REFUSED')).toHaveLength(2);
    expect(await alertsOf(station.stationId)).toEqual(['TOO_MANY_CERTIFICATE_REQUESTS']);
  });

  test.each(['CSMS_ROOT', 'MANUFACTURER_ROOT'] as const)(
    'a station’s %s root is known once it is installed, and gone once deleted [TC_075_1, TC_075_2, TC_076, M03, M04, M05]',
    async (use) => {
      const station = await room.givenStation(`${prefix}-${use}`, protocol);
      const pem = await authority.certificate();
      const ask = async (name: string, request: Command['request']) => {
        room.now += 1000;
        const commandId = room.services.newId();
        const at = { createdAt: room.now, deadlineAt: room.now + 1000 };
        const command = {
          commandId,
          name,
          request,
          stationId: station.stationId,
          state: 'QUEUED',
          ...at,
        } as const;
        await room.services.commands.addCommand(command);
        expect(encodeCommand(await loadVersion(protocol), command)).toHaveProperty('frame');
      };
      const trusted = async () =>
        (await room.services.certificates.findTrust(station.stationId)).certificates;

      await ask('INSTALL_CERTIFICATE', { kind: 'INSTALL_CERTIFICATE', use, pem });
      await answers(station, { status: 'Accepted' });
      const installed = await trusted();
      const { hash } = (await readCertificateText(pem)) ?? {};
      if (!hash) throw new Error('a root has a hash of its own');
      const upper = {
        ...hash,
        issuerKeyHash: hash.issuerKeyHash.toUpperCase(),
        serialNumber: `00${hash.serialNumber}`,
      };
      await ask('DELETE_CERTIFICATE', { kind: 'DELETE_CERTIFICATE', certificate: upper });
      await answers(station, { status: 'Accepted' });
      const deleted = await trusted();
      await ask('GET_INSTALLED_CERTIFICATE_IDS', { kind: 'LIST_CERTIFICATES', uses: [use] });
      const wire = use === 'CSMS_ROOT' ? 'CSMSRootCertificate' : 'ManufacturerRootCertificate';
      const listed =
        protocol === 'ocpp1.6'
          ? { certificateHashData: [hash] }
          : { certificateHashDataChain: [{ certificateType: wire, certificateHashData: hash }] };
      await answers(station, { status: 'Accepted', ...listed });

      expect(installed).toEqual([{ use, hash }]);
      expect(deleted).toEqual([]);
      expect(await trusted()).toEqual([{ use, hash }]);
    },
  );
});

test('a certificate for vehicles is asked for by the name that ISO 15118 gives, with a key that holds [A02]', async () => {
  const station = await room.givenStation('V2G', 'ocpp2.0.1');
  const names = { O: 'Charging GmbH', CN: 'DE*ABC*S001' };
  const ask = (csr: string) => station.calls('SignCertificate', { csr, certificateType: 'V2GCertificate' });

  const stolen = await ask(await stolenRequest(names));
  const answer = await ask((await newRequest(names)).csr);
  await signWhatIsAskedFor(station.stationId);

  expect([stolen.status, answer.status]).toEqual(['Rejected', 'Accepted']);
  const { items } = await room.services.certificates.listCertificates(station.stationId, { limit: 5 });
  expect(items.map(({ purpose, issued }) => [purpose, issued?.subject])).toEqual([
    ['V2G', 'O=demo, CN=SECC V2G'],
  ]);
});

test('a station of 1.6 is not asked for what 1.6 has no word for', async () => {
  const request = { kind: 'INSTALL_CERTIFICATE', use: 'V2G_ROOT', pem: 'x' } as const;
  const command = { commandId: 'c', stationId: 's', name: 'x', request, state: 'QUEUED' } as const;

  const call = encodeCommand(await loadVersion('ocpp1.6'), { ...command, createdAt: 0, deadlineAt: 0 });

  expect(call).toMatchObject({ refused: { code: 'InvalidRequest' } });
});

describe.each([
  ['ocpp1.6', ['InvalidChargePointCertificate', 'InvalidCentralSystemCertificate']],
  ['ocpp2.0.1', ['InvalidChargingStationCertificate', 'InvalidCsmsCertificate']],
] as const)('security events of %s', (protocol, grave) => {
  test('are kept once each, and the grave ones alert operators [TC_077, TC_078, A04]', async () => {
    const station = await room.givenStation(`E-${protocol}`, protocol);
    const event = (type: string) => ({ type, timestamp: '2030-03-01T11:59:58Z' });

    for (const type of ['StartupOfTheDevice', ...grave, ...grave, 'VendorThing']) {
      expect(await station.calls('SecurityEventNotification', event(type))).toEqual({});
    }
    const { items } = await room.services.securityEvents.listEvents(station.stationId, { limit: 10 });
    const alerts = await room.services.alerts.listAlerts({ stationId: station.stationId }, { limit: 10 });

    const kept = ['StartupOfTheDevice', ...grave, 'VendorThing'];
    expect(items.map(({ type }) => type).sort()).toEqual(kept.sort());
    expect(alerts.items.map(({ severity, details }) => [details?.type, severity]).sort()).toEqual([
      ...grave.map((type) => [type, 'CRITICAL']).sort(),
      ['VendorThing', 'MEDIUM'],
    ]);
  });
});

describe('certificates of vehicles', () => {
  test('row 58: the state of a certificate is what its responder says, and Failed without one [M06]', async () => {
    const station = await room.givenStation('M06', 'ocpp2.0.1');
    const issuer = await newMember({ name: 'Sub CA' });
    const leaf = await newMember({ name: 'Contract', issuer });
    const responder = await startResponder(issuer, undefined, () => room.now);
    const ocspRequestData = { ...hashDataOf(leaf, issuer), responderURL: responder.url };

    const answer = await station.calls('GetCertificateStatus', { ocspRequestData });
    await responder.close();
    const silent = await station.calls('GetCertificateStatus', { ocspRequestData });

    expect(answer).toEqual({ status: 'Accepted', ocspResult: expect.stringMatching(/^MI/) });
    expect(silent).toEqual({ status: 'Failed' });
  });

  test('are asked of the service that the tenant named, and of nobody else [M01, M02]', async () => {
    const station = await room.givenStation('M01', 'ocpp2.0.1');
    const bodies: unknown[] = [];
    const service = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        bodies.push(JSON.parse(text));
        response.end(JSON.stringify({ status: 'Accepted', exiResponse: 'gJgD' }));
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const provisioningUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
    const request = {
      iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef',
      action: 'Install',
      exiRequest: 'gJgC',
    };

    const nobody = await station.calls('Get15118EVCertificate', request);
    await room.services.plugAndCharge.saveSettings({ provisioningUrl });
    const answer = await station.calls('Get15118EVCertificate', request);
    await new Promise((resolve) => service.close(resolve));
    const gone = await station.calls('Get15118EVCertificate', request);

    expect(nobody).toEqual({ status: 'Failed', exiResponse: '' });
    expect(answer).toEqual({ status: 'Accepted', exiResponse: 'gJgD' });
    expect(bodies).toEqual([request]);
    expect(gone).toEqual({ status: 'Failed', exiResponse: '' });
  });
});
