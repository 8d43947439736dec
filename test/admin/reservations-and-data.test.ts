import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { deleteStation } from '#core/stations/provision-station.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { goodUid, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
  admin.scene.now = Date.now();
  const { stations, live } = admin.scene;
  await stations.createStation(aStation({ stationId: 'CS-1', protocol: 'ocpp2.0.1' }));
  await live.connect({ stationId: 'CS-1', connectionId: 'c', protocol: 'ocpp2.0.1', connectedAt: noon });
});
afterAll(() => db.close());

describe('reservations over REST', () => {
  const wish = () => ({
    idToken: goodUid,
    evseId: 1,
    expiresAt: new Date(Math.ceil(admin.scene.now / 1000) * 1000 + 3_600_000).toISOString(),
  });

  test('are made, listed and cancelled; the same wish again is the same one', async () => {
    const body = wish();
    const made = await admin.request('POST /stations/CS-1/reservations', body);
    const again = await admin.request('POST /stations/CS-1/reservations', body);
    const listed = await admin.request('GET /stations/CS-1/reservations');
    const cancelled = await admin.request(`DELETE /reservations/${made.body.reservationId}`);
    const open = await admin.request('GET /stations/CS-1/reservations?open=true');

    expect(made).toMatchObject({
      status: 202,
      body: { state: 'REQUESTED', place: { evseId: 1 }, expiresAt: body.expiresAt, requestedBy: 'alice' },
    });
    expect(again.body).toEqual(made.body);
    expect(listed.body.items).toEqual([made.body]);
    expect([cancelled.status, cancelled.body.state]).toEqual([202, 'CANCELLED']);
    expect(open.body.items).toEqual([]);
  });

  test.each([
    ['without a token', { idToken: undefined }],
    ['of the past', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['with a word nobody knows', { vehicle: 'x' }],
    ['with a kind of connector that OCPP has not', { evseId: undefined, connectorType: 'SCHUKO' }],
  ])('%s are refused', async (_, more) => {
    const { status } = await admin.request('POST /stations/CS-1/reservations', { ...wish(), ...more });

    expect(status).toBe(422);
  });

  test('are not for those who may only look, nor of other tenants', async () => {
    const { body } = await admin.request('POST /stations/CS-1/reservations', wish());
    const viewer = { roles: ['VIEWER'] } as const;
    const stranger = { tenantId: 'somebody-else' };
    const line = `DELETE /reservations/${body.reservationId}`;

    expect((await admin.request('POST /stations/CS-1/reservations', wish(), viewer)).status).toBe(403);
    expect((await admin.request(line, undefined, viewer)).status).toBe(403);
    expect((await admin.request(line, undefined, stranger)).status).toBe(404);
  });
});

describe('data of vendors over REST', () => {
  const forwarding = {
    vendorId: 'com.acme',
    messageId: 'Price',
    mode: 'FORWARD',
    url: 'https://example.com/x',
  };

  test('gets a route with a secret that is shown once and kept until a new one is asked for', async () => {
    const first = await admin.request('PUT /data-transfer-routes', forwarding);
    const second = await admin.request('PUT /data-transfer-routes', {
      ...forwarding,
      url: 'https://example.com/y',
    });
    const third = await admin.request('PUT /data-transfer-routes', { ...forwarding, newSecret: true });
    const listed = await admin.request('GET /data-transfer-routes');

    expect(first.body.secret).toMatch(/^[\w-]{43}$/);
    expect(second.body).toMatchObject({ secret: first.body.secret, url: 'https://example.com/y' });
    expect(third.body.secret).not.toBe(first.body.secret);
    const { newSecret: _, ...route } = { ...forwarding, newSecret: true };
    expect(listed.body.items).toEqual([{ ...route, updatedAt: expect.any(String) }]);
  });

  test('may be kept only, and loses its route again', async () => {
    await admin.request('PUT /data-transfer-routes', { vendorId: 'com.acme', mode: 'STORE' });
    const deleted = await admin.request('DELETE /data-transfer-routes?vendorId=com.acme');
    const again = await admin.request('DELETE /data-transfer-routes?vendorId=com.acme');

    expect([deleted.status, again.status]).toEqual([204, 404]);
    expect((await admin.request('GET /data-transfer-routes')).body.items).toEqual([]);
  });

  test.each([
    ['http://example.com/'],
    ['https://10.0.0.1/'],
    ['https://localhost/'],
    ['https://169.254.169.254/'],
    [undefined],
  ])('is not handed on to %s', async (url) => {
    const { status, body } = await admin.request('PUT /data-transfer-routes', { ...forwarding, url });

    expect([status, body.errors?.[0]?.pointer ?? '']).toEqual([422, expect.stringContaining('url')]);
  });

  test('is decided on by administrators alone', async () => {
    const { status } = await admin.request('PUT /data-transfer-routes', forwarding, { roles: ['OPERATOR'] });

    expect(status).toBe(403);
  });

  test('that was sent is listed for its station, newest first', async () => {
    const sent = { stationId: 'CS-1', direction: 'FROM_STATION', vendorId: 'v', status: 'ACCEPTED' } as const;
    const { transfers } = admin.scene;
    await transfers.addTransfer({ ...sent, transferId: 't-1', at: noon, data: 'a' });
    await transfers.addTransfer({ ...sent, transferId: 't-2', at: noon + 1, data: 'b' });

    const first = await admin.request('GET /stations/CS-1/data-transfers?limit=1');
    const rest = await admin.request(`GET /stations/CS-1/data-transfers?cursor=${first.body.cursor}`);

    expect([...first.body.items, ...rest.body.items].map(({ data }) => data)).toEqual(['b', 'a']);
  });
});

describe('displays and customers over REST', () => {
  test('messages are listed', async () => {
    const message = { priority: 'IN_FRONT', format: 'UTF8', content: 'Hi', knownAt: noon } as const;
    await admin.scene.displays.saveMessage({ stationId: 'CS-1', messageId: 3, ...message });

    const { body } = await admin.request('GET /stations/CS-1/display-messages');

    expect(body.items).toEqual([
      {
        ...{ stationId: 'CS-1', messageId: 3, ...message },
        ...{ startsAt: null, endsAt: null, knownAt: new Date(noon).toISOString() },
      },
    ]);
  });

  test('information is for whoever asked for it alone', async () => {
    const { customers, now } = admin.scene;
    const asked = { stationId: 'CS-1', requestId: 4, commandId: 'c', requestedBy: 'alice', askedAt: now };
    await customers.saveRequest({ ...asked, report: true, clear: false });
    await customers.addPart('CS-1', 4, { seqNo: 0, data: 'Erika', more: false, receivedAt: now });
    const line = 'GET /stations/CS-1/customer-information/4';

    expect((await admin.request(line)).body).toMatchObject({ data: 'Erika', complete: true });
    expect((await admin.request(line, undefined, { subject: 'bob' })).status).toBe(404);
    expect((await admin.request('GET /stations/CS-1/customer-information/x')).status).toBe(422);
  });
});

test('what is missing of a session is shown, and its station asked', async () => {
  const event = { stationId: 'CS-1', transactionRef: 'tx', samples: [] };
  const { sessionId } = await recordTransactionEvent(
    admin.scene,
    { ...event, phase: 'STARTED', seqNo: 0, at: noon },
    admin.scene.hints,
  );
  await recordTransactionEvent(
    admin.scene,
    { ...event, phase: 'ENDED', seqNo: 3, at: noon + 1 },
    admin.scene.hints,
  );

  const shown = await admin.request(`GET /sessions/${sessionId}/completeness`);
  const asked = await admin.request(`POST /sessions/${sessionId}/check`);

  expect(shown.body).toEqual({
    sessionId,
    stationId: 'CS-1',
    state: 'ENDED',
    complete: false,
    missingSeqNos: [1, 2],
    endedByCheck: false,
    missingEvents: null,
  });
  expect(asked.status).toBe(202);
  const command = await admin.scene.commands.findCommand('CS-1', asked.body.commandId);
  expect(command?.request).toEqual({ kind: 'CHECK_SESSION', sessionId, transactionRef: 'tx' });
  expect((await admin.request('GET /sessions/unknown/completeness')).status).toBe(404);
});

describe('a session that its station never ended', () => {
  const startedAt = noon - 3_600_000;
  const starts = () =>
    startSession(admin.scene, {
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt,
      meterStartWh: 0,
    });

  test('is ended by an administrator, for review, and lets its station be deleted', async () => {
    const { sessionId } = await starts();
    const line = `POST /sessions/${sessionId}/end`;

    const operator = await admin.request(line, undefined, { roles: ['OPERATOR'] });
    const ended = await admin.request(line);
    const again = await admin.request(line);

    expect(operator.status).toBe(403);
    expect(ended).toMatchObject({
      status: 200,
      body: { sessionId, stationId: 'CS-1', state: 'ENDED', endedByCheck: true },
    });
    expect(again).toEqual(ended);
    await expect(deleteStation(admin.scene, 'CS-1')).resolves.toBeUndefined();
  });

  test('is nobody else’s to end, and must be there', async () => {
    const { sessionId } = await starts();
    const stranger = { tenantId: 'somebody-else' };

    const ofOthers = await admin.request(`POST /sessions/${sessionId}/end`, undefined, stranger);
    const unknown = await admin.request('POST /sessions/unknown/end');

    expect([ofOthers.status, unknown.status]).toEqual([404, 404]);
  });
});
