import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenStation, goodToken, jwtOf } from '../support/given.ts';
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

/** Waits until the station's only reservation is in this state; in vain ends by the test's own time limit. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
async function reservationIn(stationId: string, state: string): Promise<any> {
  for (;;) {
    const { items } = (await rest(`GET /stations/${stationId}/reservations`)).body;
    if (items.length === 1 && items[0].state === state) return items[0];
    await pause(100);
  }
}

const soon = () => new Date(Date.now() + 3_600_000).toISOString();

describe('a place kept for a driver', () => {
  it('row 37: is reserved by the station’s word and used by the start that names it [H01, H03]', async () => {
    const stationId = 'CP201';
    const station = await givenStation(system.endpoints, stationId);
    station.client.handle('ReserveNow', async () => ({ status: 'Accepted' }));
    await station.boot();

    const asked = await rest(`POST /stations/${stationId}/reservations`, {
      idToken: goodToken,
      evseId: 1,
      expiresAt: soon(),
    });
    const { number } = await reservationIn(stationId, 'RESERVED');
    await station.client.call('TransactionEvent', {
      eventType: 'Started',
      triggerReason: 'Authorized',
      seqNo: 0,
      timestamp: new Date().toISOString(),
      transactionInfo: { transactionId: 'reserved-1' },
      evse: { id: 1, connectorId: 1 },
      idToken: { idToken: goodToken, type: 'ISO14443' },
      reservationId: number,
    });
    const used = await reservationIn(stationId, 'USED');

    expect([asked.status, asked.body.state]).toEqual([202, 'REQUESTED']);
    expect(used.sessionId).toEqual(expect.any(String));
    await station.close();
  });

  it('is used by the driver’s start also when the station does not name it [TC_046]', async () => {
    const stationId = 'CP001';
    const station = await givenStation(system.endpoints, stationId);
    station.client.handle('ReserveNow', async () => ({ status: 'Accepted' }));
    await station.boot();
    await rest(`POST /stations/${stationId}/reservations`, {
      idToken: goodToken,
      connectorId: 1,
      expiresAt: soon(),
    });
    await reservationIn(stationId, 'RESERVED');

    const { charge } = await station.start(1, goodToken, new Date(), 0);

    expect(await reservationIn(stationId, 'USED')).toMatchObject({ place: { evseId: 1 } });
    await station.stop(charge, new Date(), 10);
    await station.close();
  });

  it('is unknown when the station fails over the question, and cancelled there by its word [TC_051]', async () => {
    const stationId = 'CP002';
    const station = await givenStation(system.endpoints, stationId);
    const cancelled: unknown[] = [];
    station.client.handle('ReserveNow', () => {
      throw new Error('out of memory');
    });
    station.client.handle('CancelReservation', async ({ params }) => {
      cancelled.push(params);
      return { status: 'Accepted' };
    });
    await station.boot();

    await rest(`POST /stations/${stationId}/reservations`, {
      idToken: goodToken,
      connectorId: 1,
      expiresAt: soon(),
    });

    const { number } = await reservationIn(stationId, 'CANCELLED');
    expect(cancelled).toEqual([{ reservationId: number }]);
    await station.close();
  });
});

it('data of a vendor gets the answer that its tenant decided on [TC_064]', async () => {
  const stationId = 'CP003';
  const station = await givenStation(system.endpoints, stationId);
  await station.boot();
  const transfer = { vendorId: 'com.journey', messageId: 'Ping', data: 'hello' };

  const before = await station.client.call('DataTransfer', transfer);
  const decided = await rest('PUT /data-transfer-routes', { vendorId: 'com.journey', mode: 'STORE' });
  const after = await station.client.call('DataTransfer', transfer);

  expect([before, decided.status, after]).toEqual([
    { status: 'UnknownVendorId' },
    200,
    { status: 'Accepted' },
  ]);
  const { items } = (await rest(`GET /stations/${stationId}/data-transfers`)).body;
  expect(items.map(({ status }: { status: string }) => status)).toEqual(['ACCEPTED', 'UNKNOWN_VENDOR']);
  await station.close();
});
