import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { strayTexts } from '../ocpp/hostile-frames.ts';
import { connected, connectRaw, type RawStation } from '../support/raw-station.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(() => system.close());

const boots = {
  CP002: { chargePointVendor: 'Aurora', chargePointModel: 'A22' },
  CP202: { reason: 'PowerUp', chargingStation: { vendorName: 'Aurora', model: 'A22' } },
} as const;

async function connect(stationId: keyof typeof boots): Promise<RawStation> {
  return connected(
    await connectRaw({
      url: `${system.endpoints.ocpp}/demo/${stationId}`,
      protocols: [stationId === 'CP002' ? 'ocpp1.6' : 'ocpp2.0.1'],
      user: stationId,
      password: `demo-password-${stationId.slice(2)}`,
    }),
  );
}

/** Sends a boot and gives its answer, passing over answers to what was sent before. */
async function bootAnswer(station: RawStation, stationId: keyof typeof boots): Promise<unknown> {
  const id = crypto.randomUUID();
  station.send(JSON.stringify([2, id, 'BootNotification', boots[stationId]]));
  for (;;) {
    const frame = await station.next();
    if (Array.isArray(frame) && frame[1] === id) return frame;
    // Whatever comes before it is an answer of OCPP too, never an error of the transport.
    expect(frame).toEqual([4, expect.any(String), expect.any(String), expect.any(String), {}]);
  }
}

const accepted = [3, expect.any(String), expect.objectContaining({ status: 'Accepted' })];

describe.each(['CP002', 'CP202'] as const)('%s', (stationId) => {
  it('boots again on the same connection after any texts of no meaning', async () => {
    const station = await connect(stationId);
    expect(await bootAnswer(station, stationId)).toEqual(accepted);
    const small = strayTexts.filter(
      (text) => Buffer.byteLength(text) < 32_000 && !text.includes('"Heartbeat"'),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(small, { maxLength: 8 }), async (texts) => {
        for (const text of texts) station.send(text);

        expect(await bootAnswer(station, stationId)).toEqual(accepted);
      }),
      { numRuns: 12 },
    );

    await station.close();
  });

  it.each<[string, (station: RawStation) => void, number]>([
    ['bytes', (station) => station.sendBytes(Uint8Array.from([0x00, 0xff, 0x5b, 0x32])), 1003],
    ['a frame above what the transport carries', (station) => station.send('x'.repeat(130 * 1024)), 1009],
    [
      'a call above it',
      (station) => station.send(`[2,"1","Heartbeat",{"a":"${'x'.repeat(200_000)}"}]`),
      1009,
    ],
  ])('is cut off for %s, and boots on its next connection', async (_, offend, code) => {
    const first = await connect(stationId);
    offend(first);

    expect(await first.closed).toBe(code);
    const second = await connect(stationId);
    expect(await bootAnswer(second, stationId)).toEqual(accepted);
    await second.close();
  });
});
