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

describe('row 4: a transaction message whose form is off', () => {
  const at = '2030-03-01T12:00:00Z';
  let stations = 0;

  async function stationSpeaking(protocol: 'ocpp1.6' | 'ocpp2.0.1') {
    stations += 1;
    const station = await room.givenStation(`unfit-${stations}`, protocol);
    const { stationId } = station;
    return {
      ...station,
      async kept() {
        const { items } = await room.services.unfitMessages.listMessages(stationId, { limit: 10 });
        return items.map(({ name, rest, parts }) => [name, rest, ...parts.map(({ place }) => place)]);
      },
      async alerts() {
        const { items } = await room.services.alerts.listAlerts({ stationId }, { limit: 10 });
        return items.map(({ kind, severity }) => [kind, severity]);
      },
      async session() {
        const { items } = await room.services.sessions.listSessions({ stationId }, { limit: 2 });
        return items[0];
      },
      async entries() {
        const { items } = await room.services.sessions.listSessions({ stationId }, { limit: 2 });
        return room.services.sessions.listEntries(items[0]?.sessionId ?? '');
      },
      async starts() {
        const { transactionId } = await station.calls('StartTransaction', { ...start, meterStart: 0 });
        return Number(transactionId);
      },
    };
  }

  test.each<[string, Record<string, unknown>, object]>([
    ['a register with a fraction', { meterStop: 10.5 }, { meterStopWh: 11, stopReason: 'LOCAL' }],
    ['a register as text', { meterStop: '10' }, { meterStopWh: 10 }],
    ['no reason, and saying so', { reason: null }, { meterStopWh: 10, stopReason: 'LOCAL' }],
    ['readings that are none', { transactionData: null }, { meterStopWh: 10 }],
  ])('StopTransaction with %s ends its session, and there is nothing to keep', async (_, odd, expected) => {
    const station = await stationSpeaking('ocpp1.6');
    const transactionId = await station.starts();

    expect(await station.calls('StopTransaction', { ...stop, transactionId, ...odd })).toEqual({});

    expect(await station.session()).toMatchObject({ state: 'ENDED', ...expected });
    expect([await station.kept(), await station.alerts()]).toEqual([[], []]);
  });

  test.each<[string, Record<string, unknown>, string, object]>([
    ['a reason of its own', { reason: 'Timeout' }, 'reason', { stopReason: 'OTHER' }],
    ['a member of its vendor', { 'acme/extra': 1 }, 'acme/extra', { stopReason: 'LOCAL' }],
    ['a tag that is too long', { idTag: '123456789012345678901' }, 'idTag', { stopReason: 'LOCAL' }],
  ])('StopTransaction with %s ends its session, and that is kept apart', async (_, odd, place, expected) => {
    const station = await stationSpeaking('ocpp1.6');
    const transactionId = await station.starts();

    expect(await station.calls('StopTransaction', { ...stop, transactionId, ...odd })).toEqual({});

    expect(await station.session()).toMatchObject({ state: 'ENDED', meterStopWh: 10, ...expected });
    expect(await station.kept()).toEqual([['StopTransaction', 'TAKEN', place]]);
    expect(await station.alerts()).toEqual([['MESSAGE_READ_IN_PART', 'LOW']]);
  });

  test('StopTransaction with its number as text ends its session', async () => {
    const station = await stationSpeaking('ocpp1.6');
    const transactionId = await station.starts();

    await station.calls('StopTransaction', { ...stop, transactionId: String(transactionId) });

    expect(await station.session()).toMatchObject({ state: 'ENDED', meterStopWh: 10 });
  });

  test.each<[string, object]>([
    ['a unit that is none', { value: '7', unit: 'wh' }],
    ["a measurand of its vendor's", { value: '7', measurand: 'Acme.Energy' }],
    ['no value', { unit: 'Wh' }],
  ])('a reading with %s is cut off whole, and those beside it count', async (_, odd) => {
    const station = await stationSpeaking('ocpp1.6');
    const transactionId = await station.starts();
    const transactionData = [{ timestamp: at, sampledValue: [odd, { value: '9' }] }];

    await station.calls('StopTransaction', { ...stop, transactionId, transactionData });

    expect((await station.entries()).flatMap(({ samples }) => samples)).toMatchObject([{ energyWh: 9 }]);
    expect(await station.kept()).toEqual([['StopTransaction', 'TAKEN', 'transactionData.0.sampledValue.0']]);
  });

  test('a reading that is a number is read as its digits, and members that say nothing are left out', async () => {
    const station = await stationSpeaking('ocpp1.6');
    const transactionId = await station.starts();
    const sampledValue = [{ value: 9.5, unit: 'kWh', phase: null }];

    await station.calls('StopTransaction', {
      ...stop,
      transactionId,
      transactionData: [{ timestamp: at, sampledValue }],
    });

    expect((await station.entries()).flatMap(({ samples }) => samples)).toMatchObject([{ energyWh: 9500 }]);
    expect(await station.kept()).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a register with a fraction', { meterStart: 1.0001 }],
    ['no reservation, and saying so', { reservationId: null }],
    ['a member of its vendor', { acme: 1 }],
  ])('StartTransaction with %s begins a session', async (_, odd) => {
    const station = await stationSpeaking('ocpp1.6');

    const answer = await station.calls('StartTransaction', { ...start, meterStart: 1, ...odd });

    expect(answer).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    expect(await station.session()).toMatchObject({ state: 'ACTIVE', meterStartWh: 1 });
  });

  test('StartTransaction with what cannot be a tag begins a session that no driver pays for', async () => {
    const station = await stationSpeaking('ocpp1.6');

    const answer = await station.calls('StartTransaction', { ...start, idTag: '123456789012345678901' });

    expect(answer).toMatchObject({ transactionId: expect.any(Number), idTagInfo: { status: 'Invalid' } });
    expect(await station.kept()).toEqual([['StartTransaction', 'TAKEN', 'idTag']]);
  });

  test('StartTransaction without a register gets its error, and is kept for an operator', async () => {
    const station = await stationSpeaking('ocpp1.6');
    const { meterStart: _, ...odd } = start;

    const { answer } = await station.sends(JSON.stringify([2, 'id-1', 'StartTransaction', odd]));

    expect(JSON.parse(answer ?? '').slice(0, 3)).toEqual([4, 'id-1', 'OccurenceConstraintViolation']);
    expect(await station.kept()).toEqual([['StartTransaction', 'LOST', '']]);
    expect(await station.alerts()).toEqual([['MESSAGE_NOT_READ', 'HIGH']]);
  });

  test('MeterValues of no transaction, and saying so, are of their connector', async () => {
    const station = await stationSpeaking('ocpp1.6');

    expect(await station.calls('MeterValues', { ...meter, transactionId: null })).toEqual({});

    expect(await station.kept()).toEqual([]);
  });

  test.each<['ocpp1.6' | 'ocpp2.0.1', string, unknown]>([
    ['ocpp1.6', 'StopTransaction', { meterStop: 10, timestamp: at }],
    ['ocpp1.6', 'StopTransaction', { ...stop, timestamp: 'yesterday' }],
    ['ocpp1.6', 'StopTransaction', [7]],
    ['ocpp1.6', 'MeterValues', { connectorId: 1 }],
    ['ocpp2.0.1', 'MeterValues', { meterValue: meter.meterValue }],
    ['ocpp2.0.1', 'TransactionEvent', { eventType: 'Ended', timestamp: at }],
  ])('%s: %s %j is confirmed, kept as it came, and told to operators', async (version, action, payload) => {
    const station = await stationSpeaking(version);

    expect(await station.calls(action, payload)).toEqual({});

    expect(await station.kept()).toEqual([[action, 'LOST', '']]);
    const { items } = await room.services.unfitMessages.listMessages(station.stationId, { limit: 1 });
    expect(JSON.parse(items[0]?.parts[0]?.content ?? '')).toEqual(payload);
    expect(await station.alerts()).toEqual([['MESSAGE_NOT_READ', 'HIGH']]);
  });

  test('TransactionEvent is read as far as it can be, down to its ids and readings', async () => {
    const station = await stationSpeaking('ocpp2.0.1');

    const answer = await station.calls('TransactionEvent', {
      eventType: 'Ended',
      triggerReason: 'AcmeButton',
      seqNo: '3',
      timestamp: at,
      offline: null,
      transactionInfo: { transactionId: 17, stoppedReason: 'Acme', chargingState: 'Resting' },
      evse: { id: 1, acme: true },
      meterValue: [{ timestamp: at, sampledValue: [{ value: '12' }, { value: 3, measurand: 'Acme' }] }],
    });

    expect(answer).toEqual({});
    expect(await station.session()).toMatchObject({
      state: 'ENDED',
      transactionRef: '17',
      stopReason: 'OTHER',
      connector: { evseId: 1 },
    });
    expect(await station.entries()).toMatchObject([{ seqNo: 3, samples: [{ energyWh: 12 }] }]);
    const [[, , ...places] = []] = await station.kept();
    expect(places.toSorted()).toEqual([
      'evse.acme',
      'meterValue.0.sampledValue.1',
      'transactionInfo.chargingState',
      'transactionInfo.stoppedReason',
      'triggerReason',
    ]);
  });

  test('is an InternalError when what does not fit could not be kept, so that the station tries again', async () => {
    const outage = new Error('the table is away');
    const unfitMessages = { keepMessage: () => Promise.reject(outage), listMessages: Promise.reject };

    const { answer } = await dispatch(
      'StopTransaction',
      { meterStop: 10 },
      { ...room.services, unfitMessages },
    );

    expect(JSON.parse(answer ?? '').slice(0, 3)).toEqual([4, 'id-1', 'InternalError']);
  });

  test('that came twice is kept once for each time, and alerts once', async () => {
    const station = await stationSpeaking('ocpp1.6');
    await station.calls('MeterValues', { connectorId: 1 });
    room.now += 60_000;
    await station.calls('MeterValues', { connectorId: 1 });

    expect((await station.kept()).length).toBe(2);
    expect((await station.alerts()).length).toBe(1);
    room.now = noon;
  });
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
