import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStation } from '../../bin/simulator/fleet.ts';
import { connectRaw } from '../support/raw-station.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
let ca: string;
beforeAll(async () => {
  system = await startSystem();
  ca = await readFile(system.endpoints.caFile, 'utf8');
});
afterAll(async () => {
  await system.close();
});

async function certificateOf(
  tenant: string,
  stationId: string,
): Promise<{ ca: string; cert: string; key: string }> {
  const folder = join(dirname(system.endpoints.caFile), 'stations', tenant);
  const [cert, key] = await Promise.all([
    readFile(join(folder, `${stationId}.pem`), 'utf8'),
    readFile(join(folder, `${stationId}.key`), 'utf8'),
  ]);
  return { ca, cert, key };
}

describe.each(['CP001', 'CP201'])('%s over wss', (stationId) => {
  const version = stationId === 'CP001' ? '1.6' : '2.0.1';

  it('identifies with its password (security profile 2) [TC_085, TC_086]', async () => {
    const station = await connectStation({
      endpoint: `${system.endpoints.ocppTls}/demo`,
      stationId,
      version,
      password: `demo-password-${stationId.slice(2)}`,
      tls: { ca },
    });

    await station.boot();

    expect(station.client.protocol).toBe(version === '1.6' ? 'ocpp1.6' : 'ocpp2.0.1');
    await station.close();
  });

  it('identifies with its certificate (security profile 3) [TC_087]', async () => {
    const tls = await certificateOf('demo', stationId);
    const endpoint = `${system.endpoints.ocppTls}/demo`;

    const station = await connectStation({ endpoint, stationId, version, tls });
    await station.boot();
    await station.heartbeat();

    await station.close();
  });
});

describe('a certificate', () => {
  const url = (tenant: string, stationId: string): string =>
    `${system.endpoints.ocppTls}/${tenant}/${stationId}`;

  it.each([
    ['another station', 'demo', 'CP002'],
    ['the same station of another tenant', 'other', 'CP001'],
  ])('opens nothing at %s', async (_, tenant, stationId) => {
    const tls = await certificateOf('demo', 'CP001');

    expect(await connectRaw({ url: url(tenant, stationId), protocols: ['ocpp1.6'], tls })).toEqual({
      status: 401,
    });
  });

  it('is not believed when it is only claimed in a header', async () => {
    const { WebSocket } = await import('ws');
    const headers = {
      'cloudfront-viewer-cert-present': 'true',
      'cloudfront-viewer-cert-subject': 'CN=CP001,O=demo',
    };
    const socket = new WebSocket(url('demo', 'CP001'), ['ocpp1.6'], { headers, ca });

    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
      socket.once('open', () => resolve('open'));
    });

    expect(status).toBe(401);
    socket.on('error', () => undefined);
    socket.terminate();
  });
});
