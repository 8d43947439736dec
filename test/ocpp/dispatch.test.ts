import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../functions/core/errors.ts';
import type { SessionStore } from '../../functions/core/sessions/session-store.ts';
import { dispatchCall } from '../../functions/ocpp/dispatch.ts';
import type { OcppServices } from '../../functions/ocpp/services.ts';
import type { OcppVersion } from '../../functions/ocpp/version.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { goodTag, noon, openRoom, type Room } from './room-under-test.ts';

let room: Room;
let ocpp16: OcppVersion;
beforeAll(async () => {
  room = await openRoom();
  ocpp16 = await loadVersion('ocpp1.6');
});
afterAll(() => room.close());

/** The real services, but for sessions, which fail in one way whatever is asked. */
function servicesFailingWith(error: Error): OcppServices {
  const fail = () => Promise.reject(error);
  const sessions = new Proxy({} as SessionStore, { get: () => fail });
  return { ...room.services, sessions };
}

function dispatch(action: string, payload: object, services = room.services, version = ocpp16) {
  const context = { stationId: 'CP1', connectionId: 'c', receivedAt: noon, services, note: () => undefined };
  return dispatchCall(version, { kind: 'call', messageId: 'id-1', action, payload, quirks: [] }, context);
}

const start = { connectorId: 1, idTag: goodTag, meterStart: 0, timestamp: '2030-03-01T12:00:00Z' };
const stop = { transactionId: 7, meterStop: 10, timestamp: '2030-03-01T12:00:00Z' };
const meter = {
  connectorId: 1,
  transactionId: 7,
  meterValue: [{ timestamp: '2030-03-01T12:00:00Z', sampledValue: [{ value: '1' }] }],
};

describe('row 4: transaction messages', () => {
  test.each([
    ['StopTransaction', stop],
    ['MeterValues', meter],
  ])(
    '%s is confirmed when the core refuses what it says, and the refusal is reported',
    async (action, payload) => {
      const refusal = new DomainError('Conflict', 'no');

      const dispatched = await dispatch(action, payload, servicesFailingWith(refusal));

      expect(dispatched).toEqual({ answer: '[3,"id-1",{}]', error: refusal });
    },
  );

  test.each([
    ['StartTransaction', start],
    ['StopTransaction', stop],
    ['MeterValues', meter],
  ])(
    '%s is an InternalError when nothing could be stored, so that the station tries again',
    async (action, payload) => {
      const outage = new Error('the table is away');

      const { answer, error, fault } = await dispatch(action, payload, servicesFailingWith(outage));

      expect(JSON.parse(answer ?? '').slice(0, 3)).toEqual([4, 'id-1', 'InternalError']);
      expect({ error, fault }).toEqual({ error: outage, fault: 'internal' });
      expect(answer).not.toContain('the table');
    },
  );
});

test('an event of a transaction that could not be taken is an error, and counts once when it comes again [E13]', async () => {
  const version = await loadVersion('ocpp2.0.1');
  const event = {
    eventType: 'Started',
    triggerReason: 'Authorized',
    seqNo: 0,
    timestamp: '2030-03-01T12:00:00Z',
    transactionInfo: { transactionId: 'tx-1' },
    evse: { id: 1, connectorId: 1 },
    idToken: { idToken: goodTag, type: 'ISO14443' },
  };
  const outage = servicesFailingWith(new Error('the table is away'));
  const station = await room.givenStation('CP201', 'ocpp2.0.1');

  const { answer } = await dispatch('TransactionEvent', event, outage, version);
  const again = [
    await station.calls('TransactionEvent', event),
    await station.calls('TransactionEvent', event),
  ];

  expect(JSON.parse(answer ?? '').slice(0, 3)).toEqual([4, 'id-1', 'InternalError']);
  const { items } = await room.services.sessions.listSessions({ stationId: 'CP201' }, { limit: 5 });
  const entries = await room.services.sessions.listEntries(items[0]?.sessionId ?? '');
  expect(again).toMatchObject([
    { idTokenInfo: { status: 'Accepted' } },
    { idTokenInfo: { status: 'Accepted' } },
  ]);
  expect([items.length, entries.length]).toEqual([1, 1]);
});

test('an answer of ours that its schema does not allow is not sent', async () => {
  const broken = { name: 'Heartbeat', handle: async () => ({ currentTime: 12 }) };

  const { answer, error } = await dispatch('Heartbeat', {}, room.services, { ...ocpp16, inbound: [broken] });

  expect(JSON.parse(answer ?? '').slice(0, 3)).toEqual([4, 'id-1', 'InternalError']);
  expect(String(error)).toContain('Heartbeat.currentTime');
});
