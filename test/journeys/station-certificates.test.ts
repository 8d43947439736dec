import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStation } from '../../bin/simulator/fleet.ts';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { newRequest } from '../adapters/certificates/requests.ts';
import { givenStation } from '../support/given.ts';
import { connectRaw } from '../support/raw-station.ts';
import { askRest } from '../support/rest-client.ts';
import { type System, startSystem } from '../support/system.ts';

/** What a station shows to be let in, and what it trusts, in PEM. */
interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

const versionOf = (stationId: string) => (stationId.startsWith('CP2') ? '2.0.1' : '1.6');

/** The station makes a key and asks for its certificate; resolves when it has it and the system knows. */
async function certify(station: VirtualStation): Promise<Credentials> {
  const arrived = Promise.withResolvers<string>();
  station.client.handle('CertificateSigned', async ({ params }) => {
    arrived.resolve(String(params?.certificateChain));
    return { status: 'Accepted' };
  });
  const { csr, key } = await newRequest({ O: 'demo', CN: station.stationId });
  await station.client.call('SignCertificate', { csr });
  const cert = await arrived.promise;
  await system.idle();
  return { ca: await readFile(system.endpoints.caFile, 'utf8'), cert, key };
}

/** Connects over TLS with the certificate alone. */
function connectWith(stationId: string, tls: Credentials): Promise<VirtualStation> {
  const endpoint = `${system.endpoints.ocppTls}/demo`;
  return connectStation({ endpoint, stationId, version: versionOf(stationId), tls });
}

/** The status with which the station is refused; `undefined` when it is let in. */
async function refusalOf(stationId: string, access: { tls: Credentials } | { password: string }) {
  const { ocpp, ocppTls } = system.endpoints;
  const answer = await connectRaw({
    url: `${'tls' in access ? ocppTls : ocpp}/demo/${stationId}`,
    protocols: [`ocpp${versionOf(stationId)}`],
    ...('tls' in access ? access : { user: stationId, ...access }),
  });
  if ('status' in answer) return answer.status;
  await answer.close();
  return undefined;
}

describe.each(['CP003', 'CP203'])('%s', (stationId) => {
  it('is let in with the certificate an operator had it ask for, and cut off and refused once that is revoked [TC_074, TC_087, A02]', async () => {
    const station = await givenStation(system.endpoints, stationId);
    const asked = Promise.withResolvers<unknown>();
    station.client.handle(
      versionOf(stationId) === '1.6' ? 'ExtendedTriggerMessage' : 'TriggerMessage',
      async ({ params }) => {
        asked.resolve(params?.requestedMessage);
        return { status: 'Accepted' };
      },
    );
    await station.boot();
    await askRest(system.endpoints, `POST /stations/${stationId}/certificates`, {});
    const wanted = await asked.promise;
    const tls = await certify(station);
    await station.close();

    const certified = await connectWith(stationId, tls);
    await certified.boot();
    const ended = once(certified.client, 'close');
    const list = await askRest<{ items: { certificateId: string }[] }>(
      system.endpoints,
      `GET /stations/${stationId}/certificates`,
    );
    const path = `/stations/${stationId}/certificates/${list.body.items[0]?.certificateId}`;
    const revoked = await askRest(system.endpoints, `POST ${path}/revoke`, { reason: 'the key leaked' });
    await ended;

    expect(wanted).toMatch(/^Sign(ChargePoint|ChargingStation)Certificate$/);
    expect(revoked.body).toMatchObject({ state: 'REVOKED' });
    expect(await refusalOf(stationId, { tls })).toBe(401);
  });
});

describe.each(['CP004', 'CP204'])('%s at security profile 1', (stationId) => {
  const password = `demo-password-${stationId.slice(2)}`;

  it('goes up to profile 3 with the certificate it asked for, and its password opens nothing after [TC_083, A03, A05]', async () => {
    const station = await givenStation(system.endpoints, stationId);
    const told: string[] = [];
    const tell = (
      action: string,
      answer: (params: Record<string, unknown>) => Readonly<Record<string, unknown>>,
    ): void =>
      station.client.handle(action, async ({ params }) => {
        told.push(action);
        return answer(params ?? {});
      });
    const accept = () => ({ status: 'Accepted' });
    tell('ChangeConfiguration', accept);
    tell('SetNetworkProfile', accept);
    tell('SetVariables', ({ setVariableData }) => ({
      setVariableResult: (setVariableData as { component: unknown; variable: unknown }[]).map(
        ({ component, variable }) => ({ component, variable, attributeStatus: 'Accepted' }),
      ),
    }));
    tell('Reset', accept);
    await station.boot();
    const tls = await certify(station);
    told.length = 0;

    const is16 = versionOf(stationId) === '1.6';
    const upgrade = await askRest(system.endpoints, `POST /stations/${stationId}/security-profile`, {
      profile: 3,
      trustsServer: true,
      ...(is16 ? {} : { network: { slot: 2, priority: [2, 1], url: `${system.endpoints.ocppTls}/demo` } }),
    });
    await system.idle();
    await station.client.close({ force: true });
    const certified = await connectWith(stationId, tls);
    await certified.boot();
    await system.idle();

    expect(upgrade.status).toBe(202);
    expect(told).toEqual(is16 ? ['ChangeConfiguration'] : ['SetNetworkProfile', 'SetVariables', 'Reset']);
    expect(await refusalOf(stationId, { password })).toBe(401);
    await certified.close();
  });
});
