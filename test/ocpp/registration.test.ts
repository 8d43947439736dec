import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommandRequest } from '../../functions/core/commands/command.ts';
import { dispatchCommands } from '../../functions/core/commands/dispatch-commands.ts';
import { askForBootOnce } from '../../functions/core/stations/ask-for-boot.ts';
import { decideRegistration } from '../../functions/core/stations/decide-registration.ts';
import { noteSeen, SeenHints } from '../../functions/core/stations/note-seen.ts';
import { restartToRegister } from '../../functions/core/stations/restart-to-register.ts';
import type { RegistrationWish } from '../../functions/core/stations/station.ts';
import type { Subprotocol } from '../../functions/ocpp/subprotocols.ts';
import { claim } from '../support/claim.ts';
import { goodTag, noon, openRoom, type Room, type TestStation } from './room-under-test.ts';

let room: Room;
let stations = 0;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());
beforeEach(() => {
  stations += 1;
  room.now = noon;
});

const boots = {
  'ocpp1.6': { chargePointVendor: 'Aurora', chargePointModel: 'A22' },
  'ocpp2.0.1': { reason: 'PowerUp', chargingStation: { vendorName: 'Aurora', model: 'A22' } },
} as const;
const start = { connectorId: 1, idTag: goodTag, meterStart: 0, timestamp: '2030-03-01T12:00:00Z' };
const stop = { transactionId: 7, meterStop: 10, timestamp: '2030-03-01T12:00:00Z' };

const event = (transactionId: string) => ({
  eventType: 'Started',
  seqNo: 0,
  timestamp: '2030-03-01T12:00:00Z',
  triggerReason: 'CablePluggedIn',
  transactionInfo: { transactionId },
});

/** A station that has not booted, and whose owner wants it told something. */
async function given(protocol: Subprotocol, wish: RegistrationWish): Promise<TestStation> {
  const station = await room.givenStation(`CP${stations}`, protocol, { booted: false });
  await decide(station, wish);
  return station;
}

const decide = (station: TestStation, wish: RegistrationWish) =>
  decideRegistration(room.services, { stationId: station.stationId, wish });

/** A command that was sent a moment ago. */
async function sent({ stationId }: TestStation, name: string, request: CommandRequest): Promise<void> {
  const commandId = crypto.randomUUID();
  const times = { createdAt: Date.now(), deadlineAt: Date.now() + 9_000 };
  await room.services.commands.addCommand({ commandId, stationId, name, request, state: 'QUEUED', ...times });
  const now = room.now + 2_000;
  const slot = { stationId, commandId, now, until: now + 30_000 };
  expect(await claim(room.services.commands, slot)).toBe('claimed');
}

/** The payload of the answer, or the code of the error. */
async function says(station: TestStation, action: string, payload: object): Promise<unknown> {
  const { answer } = await station.sends(JSON.stringify([2, 'id-1', action, payload]));
  const [type, , body] = JSON.parse(answer ?? '[]');
  return type === 4 ? body : { ...body };
}

const boot = (station: TestStation, protocol: Subprotocol) =>
  says(station, 'BootNotification', boots[protocol]);
const queued = (station: TestStation) => room.services.commands.listQueued(station.stationId, 9);

describe.each(['ocpp1.6', 'ocpp2.0.1'] as const)('registration over %s', (protocol) => {
  test('row 38: a station that is held is told to wait, and that it asks again after its own interval [TC_002, B02]', async () => {
    const station = await given(protocol, 'HOLD');

    expect(await boot(station, protocol)).toMatchObject({ status: 'Pending', interval: 300 });

    const link = await room.services.live.findLink(station.stationId);
    expect(link).toMatchObject({ registration: 'PENDING', callsFrom: expect.any(Number) });
  });

  test('row 38: a station that is rejected is told so, and nothing it says is taken [B03.FR.07]', async () => {
    const station = await given(protocol, 'REJECT');

    expect(await boot(station, protocol)).toMatchObject({ status: 'Rejected', interval: 300 });
    expect(await says(station, 'Heartbeat', {})).toBe('SecurityError');
  });

  test('row 38: while it is pending it may boot again and nothing else [B02.FR.09]', async () => {
    const station = await given(protocol, 'HOLD');
    await boot(station, protocol);

    const heartbeat = await says(station, 'Heartbeat', {});
    await decide(station, 'ACCEPT');
    const again = await boot(station, protocol);

    expect(heartbeat).toBe('SecurityError');
    expect(again).toMatchObject({ status: 'Accepted' });
    expect(await says(station, 'Heartbeat', {})).toHaveProperty('currentTime');
  });

  test('a message that it was asked for is taken while it is pending [B02.FR.02, F06]', async () => {
    const station = await given(protocol, 'HOLD');
    await boot(station, protocol);
    const before = await says(station, 'Heartbeat', {});

    const payload = { requestedMessage: 'Heartbeat' };
    await sent(station, 'TRIGGER_MESSAGE', { kind: 'CALL', action: 'TriggerMessage', payload });

    expect([before, await says(station, 'Heartbeat', {})]).toEqual([
      'SecurityError',
      { currentTime: expect.any(String) },
    ]);
  });

  test('a certificate request that it was asked for is taken while it is pending [B02.FR.02]', async () => {
    const station = await given(protocol, 'HOLD');
    await boot(station, protocol);
    const asks = () => says(station, 'SignCertificate', { csr: 'no request at all' });
    const before = await asks();

    await sent(station, 'TRIGGER_MESSAGE', { kind: 'REQUEST_CSR', purpose: 'STATION' });

    expect([before, await asks()]).toMatchObject(['SecurityError', { status: 'Rejected' }]);
  });

  test('a wrong payload of a station that may not speak is refused for that alone', async () => {
    const station = await given(protocol, 'HOLD');
    await boot(station, protocol);

    expect(await says(station, 'Heartbeat', { nonsense: 1 })).toBe('SecurityError');
  });

  test('a station that its owner lets go on is asked to boot', async () => {
    const station = await given(protocol, 'HOLD');
    await boot(station, protocol);
    const before = await queued(station);

    await decide(station, 'ACCEPT');

    const added = (await queued(station)).slice(before.length);
    expect(added).toMatchObject([{ name: 'TRIGGER_MESSAGE', request: { kind: 'ASK_FOR_BOOT' } }]);
  });

  test('row 38: calls go on while it is pending, and none is sent to one that was rejected [B02, B03.FR.03]', async () => {
    const station = await given(protocol, 'HOLD');
    const sent: string[] = [];
    const dispatch = () =>
      dispatchCommands(
        {
          ...room.services,
          send: async (_, { commandId }) => {
            sent.push(commandId);
            return 'sent';
          },
          scheduleExpiry: async () => undefined,
        },
        station,
      );
    const command = {
      stationId: station.stationId,
      name: 'RESET',
      request: { kind: 'RESET', when: 'NOW' },
      state: 'QUEUED',
      createdAt: Date.now(),
      deadlineAt: noon + 99_000,
    } as const;
    for (const { commandId } of await queued(station)) {
      await room.services.commands.cancel(station.stationId, commandId, room.now);
    }
    await boot(station, protocol);
    room.now += 5_000;
    await room.services.commands.addCommand({ ...command, commandId: `a-${stations}` });
    await dispatch();
    await room.services.commands.settle(station.stationId, `a-${stations}`, {
      state: 'ACCEPTED',
      settledAt: room.now,
    });
    await decide(station, 'REJECT');
    await boot(station, protocol);
    room.now += 5_000;
    await room.services.commands.addCommand({ ...command, commandId: `b-${stations}` });
    await dispatch();

    expect(sent).toEqual([`a-${stations}`]);
  });

  test('what another process answered to its boot is learnt when it is noted as seen', async () => {
    const station = await room.givenStation(`CP${stations}`, protocol);
    await says(station, 'Heartbeat', {});
    const { stationId, connectionId } = station;
    await room.services.live.recordBoot({
      stationId,
      connectionId,
      bootedAt: room.now,
      callsFrom: room.now,
      registration: 'PENDING',
    });

    await noteSeen(room.services, new SeenHints(), station);

    expect(await says(station, 'Heartbeat', {})).toBe('SecurityError');
  });

  test('once it is known to be accepted, no frame costs a look at it', async () => {
    const station = await room.givenStation(`CP${stations}`, protocol);
    await says(station, 'Heartbeat', {});
    const { services } = room;
    const { live } = services;
    const unreachable = new Proxy(live, { get: () => () => Promise.reject(new Error('looked at')) });
    Object.assign(services, { live: unreachable });

    const answer = await says(station, 'Heartbeat', {});
    Object.assign(services, { live });

    expect(answer).toHaveProperty('currentTime');
  });
});

describe('a 1.6 station', () => {
  test('that never booted here may go on: another system accepted it', async () => {
    const station = await given('ocpp1.6', 'ACCEPT');

    expect(await says(station, 'Heartbeat', {})).toHaveProperty('currentTime');
  });

  test('that never booted here and is held may not', async () => {
    const station = await given('ocpp1.6', 'HOLD');

    expect(await says(station, 'StartTransaction', start)).toBe('SecurityError');
  });

  test('row 38: is refused the start of a transaction while it is pending [TC_002]', async () => {
    const station = await given('ocpp1.6', 'HOLD');
    await boot(station, 'ocpp1.6');

    expect(await says(station, 'StartTransaction', start)).toBe('SecurityError');
    expect(await says(station, 'Authorize', { idTag: goodTag })).toBe('SecurityError');
  });

  test.each(['HOLD', 'REJECT'] as const)(
    'row 4: loses no transaction that it had while it was accepted, when it is on %s later',
    async (wish) => {
      const station = await given('ocpp1.6', 'ACCEPT');
      await boot(station, 'ocpp1.6');
      await decide(station, wish);
      await boot(station, 'ocpp1.6');

      const started = await says(station, 'StartTransaction', { ...start, meterStart: stations });
      const stopped = await says(station, 'StopTransaction', stop);
      const heartbeat = await says(station, 'Heartbeat', {});

      expect(started).toMatchObject({ transactionId: expect.any(Number) });
      expect([stopped, heartbeat]).toEqual([{}, 'SecurityError']);
    },
  );
});

describe('a 2.0.1 station', () => {
  test('that never booted here is refused, and asked to boot once for each connection [B01.FR.10]', async () => {
    const station = await given('ocpp2.0.1', 'ACCEPT');

    const answers = [await says(station, 'Heartbeat', {}), await says(station, 'Heartbeat', {})];

    expect(answers).toEqual(['SecurityError', 'SecurityError']);
    expect(await queued(station)).toMatchObject([{ request: { kind: 'ASK_FOR_BOOT' } }]);
  });

  test('that reconnects after it was accepted goes on without a boot', async () => {
    const station = await room.givenStation(`CP${stations}`, 'ocpp2.0.1');
    const { stationId } = station;
    const connection = { stationId, connectionId: 'later', protocol: 'ocpp2.0.1', connectedAt: noon + 1 };
    await room.services.live.connect(connection);

    expect(await says(station, 'Heartbeat', {})).toHaveProperty('currentTime');
  });

  test('that was accepted elsewhere loses no transaction: its events are taken, and nothing else [B01.FR.10, E13]', async () => {
    const station = await given('ocpp2.0.1', 'ACCEPT');

    const answers = [
      await says(station, 'TransactionEvent', event(`tx-${stations}`)),
      await says(station, 'Heartbeat', {}),
    ];

    expect(answers).toEqual([{}, 'SecurityError']);
    expect(await queued(station)).toMatchObject([{ request: { kind: 'ASK_FOR_BOOT' } }]);
    const { items } = await room.services.sessions.listSessions(
      { stationId: station.stationId },
      { limit: 5 },
    );
    expect(items).toHaveLength(1);
  });

  test.each(['HOLD', 'REJECT'] as const)('that never booted here and is on %s may not', async (wish) => {
    const station = await given('ocpp2.0.1', wish);

    expect(await says(station, 'TransactionEvent', event('tx-1'))).toBe('SecurityError');
  });

  test('that refuses to boot, for it counts itself accepted, restarts once nothing charges: asked once a day [F06.FR.17]', async () => {
    const station = await given('ocpp2.0.1', 'ACCEPT');
    const refuses = async (connectionId: string) => {
      const { stationId } = station;
      const connection = { stationId, connectionId, protocol: 'ocpp2.0.1', connectedAt: room.now };
      await room.services.live.connect(connection);
      await askForBootOnce(room.services, connection);
      const [asked] = await queued(station);
      if (!asked) throw new Error('not asked to boot');
      await room.services.commands.settle(stationId, asked.commandId, {
        state: 'REJECTED',
        settledAt: room.now,
      });
      await restartToRegister(room.services, { ...asked, state: 'REJECTED' });
      await restartToRegister(room.services, { ...asked, state: 'REJECTED' });
    };

    await refuses('first');
    const restarts = await queued(station);
    for (const { commandId } of restarts) {
      await room.services.commands.settle(station.stationId, commandId, {
        state: 'ACCEPTED',
        settledAt: room.now,
      });
    }
    room.now += 7_200_000;
    await refuses('second');

    expect(restarts).toMatchObject([{ request: { kind: 'RESET', when: 'WHEN_IDLE' } }]);
    expect(await queued(station)).toEqual([]);
  });

  test('that booted meanwhile is not restarted', async () => {
    const station = await room.givenStation(`CP${stations}`, 'ocpp2.0.1');
    const { stationId } = station;

    await restartToRegister(room.services, { stationId, state: 'REJECTED', createdAt: room.now });

    expect(await queued(station)).toEqual([]);
  });

  test('row 38: has its transactions wait in it until it is accepted [B02.FR.09]', async () => {
    const station = await given('ocpp2.0.1', 'HOLD');
    await boot(station, 'ocpp2.0.1');

    expect(await says(station, 'TransactionEvent', event('tx-1'))).toBe('SecurityError');
  });
});
