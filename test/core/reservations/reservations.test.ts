import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '#core/commands/command.ts';
import { expireCommand } from '#core/commands/expire-command.ts';
import { followUp } from '#core/commands/follow-ups.ts';
import { type RequestPorts, requestCommand } from '#core/commands/request-command.ts';
import { settleCommand } from '#core/commands/settle-command.ts';
import { expireReservation } from '#core/reservations/expire-reservation.ts';
import { cancelReservation, reserve } from '#core/reservations/manage-reservations.ts';
import { matchReservation } from '#core/reservations/match-reservation.ts';
import { isOpen, type Reservation, type ReservationState } from '#core/reservations/reservation.ts';
import {
  endByStation,
  recordCancelAnswer,
  recordReservationAnswer,
} from '#core/reservations/settle-reservation.ts';
import { useReservation } from '#core/reservations/use-reservation.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import type { Timer } from '#core/timers.ts';
import { newId } from '#platform/clock.ts';
import { callDesk } from '../../../functions/ocpp/call-desk.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { claim } from '../../support/claim.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { type CommandScene, newCommandScene } from '../commands/command-scene.ts';
import { blockedUid, givenToken, goodUid, minuteMs } from '../sessions/scene.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const stationId = 'CS-1';
let scene: CommandScene;
let ports: RequestPorts & CommandScene;
let timers: { timer: Timer; at: number }[];
beforeEach(async () => {
  scene = await newCommandScene(db);
  ports = { ...scene, calls: callDesk, newId, clock: () => scene.now } as typeof ports;
  timers = [];
  await scene.stations.createStation(aStation({ stationId, protocol: 'ocpp1.6' }));
  await scene.connect('connection-1');
});

const setTimer = async (timer: Timer, at: number) => void timers.push({ timer, at });
const inAnHour = () => new Date(scene.now + 60 * minuteMs).toISOString();

async function reserved(more: Record<string, unknown> = {}): Promise<Reservation> {
  const parameters = { idToken: goodUid, evseId: 1, expiryDate: inAnHour(), ...more };
  return reserve(ports, { stationId, parameters, timeoutMs: 30_000, whenOffline: 'FAIL' });
}
async function found({ number }: { number: number }): Promise<Reservation> {
  const reservation = await scene.reservations.findReservation(stationId, number);
  if (!reservation) throw new Error('no such reservation');
  return reservation;
}
async function commandsNamed(name: string): Promise<readonly Command[]> {
  const { items } = await scene.commands.listCommands(stationId, { limit: 50 });
  return items.filter((command) => command.name === name);
}
const ended = (commandId: string) => followUp(ports, { stationId, commandId });

describe('a reservation', () => {
  test('is asked of the station with a number of 31 bits, and reserved once it agrees [TC_046]', async () => {
    const reservation = await reserved();

    expect(reservation).toMatchObject({
      state: 'REQUESTED',
      place: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID', groupId: 'FAMILY' },
    });
    expect(reservation.number).toBeGreaterThan(0);
    expect(reservation.number).toBeLessThan(2 ** 31);
    expect(reservation.reservationId).toBe(`CS-1-${reservation.number}`);
    const [command] = await commandsNamed('RESERVE_NOW');
    expect(command?.request).toMatchObject({ kind: 'RESERVE', number: reservation.number });

    await recordReservationAnswer(ports, { stationId, number: reservation.number });

    expect((await found(reservation)).state).toBe('RESERVED');
  });

  test('wished again while it is open is the same one, and asks nobody', async () => {
    const expiryDate = inAnHour();
    const first = await reserved({ expiryDate });
    const second = await reserved({ expiryDate });

    expect(second).toEqual(first);
    expect(await commandsNamed('RESERVE_NOW')).toHaveLength(1);
  });

  test('wished again after it ended is another one', async () => {
    const expiryDate = inAnHour();
    const first = await reserved({ expiryDate });
    await recordReservationAnswer(ports, { stationId, number: first.number, refusal: 'OCCUPIED' });

    const second = await reserved({ expiryDate });

    expect(second.number).not.toBe(first.number);
    expect(second.state).toBe('REQUESTED');
  });

  test('whose command never reached its queue is asked for again', async () => {
    const expiryDate = inAnHour();
    const first = await reserved({ expiryDate });
    await scene.reservations.addReservation({ ...first, number: first.number + 1 });
    const lost = { ...first, commandId: 'lost-on-the-way' };
    const other = await newCommandScene(db);
    await other.stations.createStation(aStation({ stationId, protocol: 'ocpp1.6' }));
    await other.connect('connection-1');
    await other.reservations.addReservation(lost);
    const otherPorts = { ...ports, ...other, now: scene.now, clock: () => scene.now };

    await reserve(otherPorts, {
      stationId,
      parameters: { idToken: goodUid, evseId: 1, expiryDate },
      timeoutMs: 30_000,
      whenOffline: 'FAIL',
    });

    const { items } = await other.commands.listCommands(stationId, { limit: 5 });
    expect(items.map(({ request }) => request)).toMatchObject([{ kind: 'RESERVE', number: first.number }]);
  });

  test.each([
    ['of nobody', { idToken: undefined }, 'idToken'],
    ['of an unknown token', { idToken: 'NOBODY' }, 'idToken'],
    ['of a blocked token', { idToken: blockedUid }, 'idToken'],
    ['without a moment', { expiryDate: undefined }, 'expiryDate'],
    ['of the past', { expiryDate: '2020-01-01T00:00:00Z' }, 'expiryDate'],
    ['of the far future', { expiryDate: '2999-01-01T00:00:00Z' }, 'expiryDate'],
    ['of a connector that is not there', { evseId: 9 }, 'evseId'],
  ])('%s is refused, naming the parameter', async (_, more, field) => {
    await expect(reserved(more)).rejects.toMatchObject({
      code: 'Validation',
      field: `parameters.${field}`,
    });
    expect(await scene.reservations.listOpenReservations(stationId)).toEqual([]);
  });

  test('at a station that is away is refused, and none is kept', async () => {
    await scene.live.disconnect(stationId, 'connection-1', scene.now);

    await expect(reserved()).rejects.toMatchObject({ code: 'StationOffline' });
    expect(await scene.reservations.listOpenReservations(stationId)).toEqual([]);
  });

  test.each(['OCCUPIED', 'FAULTED', 'UNAVAILABLE', 'REJECTED'] as const)(
    'that the station refuses as %s is rejected for that reason [TC_048_1, TC_048_2, TC_048_3, TC_048_4]',
    async (refusal) => {
      const { number } = await reserved();

      await recordReservationAnswer(ports, { stationId, number, refusal });

      expect(await found({ number })).toMatchObject({ state: 'REJECTED', refusal });
    },
  );

  test('of any connector names none [TC_049]', async () => {
    const reservation = await reserved({ evseId: undefined, connectorId: 0 });

    expect(reservation.place).toEqual({});
  });
});

describe('a reservation whose command', () => {
  test('was never sent is rejected', async () => {
    const { number, commandId } = await reserved();
    scene.now += 31_000;
    await expireCommand(ports, { stationId, commandId });

    await ended(commandId);

    expect(await found({ number })).toMatchObject({ state: 'REJECTED', failure: expect.any(String) });
  });

  test('got no answer is unknown, and the station is asked to cancel it', async () => {
    const { number, commandId } = await reserved();
    await scene.dispatch();
    scene.now += 31_000;
    await expireCommand(ports, { stationId, commandId });

    await ended(commandId);

    expect((await found({ number })).state).toBe('UNKNOWN');
    const [cancel] = await commandsNamed('CANCEL_RESERVATION');
    expect(cancel?.request).toEqual({ kind: 'CANCEL_RESERVATION', number });

    await recordCancelAnswer(ports, { stationId, number, known: false });

    expect((await found({ number })).state).toBe('REJECTED');
  });

  test('was answered, but the answer was not kept, is settled by the command’s end', async () => {
    const { number, commandId } = await reserved();
    await scene.dispatch();
    await settleCommand(ports, { stationId, commandId, outcome: { state: 'ACCEPTED', answer: {} } });

    await ended(commandId);

    expect((await found({ number })).state).toBe('RESERVED');
  });

  test('is answered after it was given up is cancelled at the station', async () => {
    const { number, commandId } = await reserved();
    await scene.dispatch();
    scene.now += 31_000;
    await expireCommand(ports, { stationId, commandId });
    await ended(commandId);
    await recordCancelAnswer(ports, { stationId, number, known: false });

    await recordReservationAnswer(ports, { stationId, number });

    expect((await found({ number })).state).toBe('REJECTED');
    expect(await commandsNamed('CANCEL_RESERVATION')).toHaveLength(2);
  });
});

describe('a cancellation', () => {
  test('of what was not sent yet ends it at once', async () => {
    const { reservationId } = await reserved();

    const cancelled = await cancelReservation(ports, { reservationId });

    expect(cancelled.state).toBe('CANCELLED');
    expect(await commandsNamed('CANCEL_RESERVATION')).toEqual([]);
    expect((await commandsNamed('RESERVE_NOW')).map(({ state }) => state)).toEqual(['CANCELLED']);
  });

  test('asks the station, and its answer ends the reservation [TC_051]', async () => {
    const { number, reservationId } = await reserved();
    await scene.dispatch();
    await recordReservationAnswer(ports, { stationId, number });

    const asked = await cancelReservation(ports, { reservationId });

    expect(asked).toMatchObject({ state: 'RESERVED', cancelRequestedAt: scene.now });
    await recordCancelAnswer(ports, { stationId, number, known: true });
    expect((await found({ number })).state).toBe('CANCELLED');
    expect((await cancelReservation(ports, { reservationId })).state).toBe('CANCELLED');
  });

  test('of a reservation that the station does not know ends it, too [TC_052]', async () => {
    const { number } = await reserved();
    await recordReservationAnswer(ports, { stationId, number });

    await recordCancelAnswer(ports, { stationId, number, known: false });

    expect((await found({ number })).state).toBe('CANCELLED');
  });

  test('of what came to another end is refused; of what nobody knows, not found', async () => {
    const { number, reservationId } = await reserved();
    await useReservation(ports, { stationId, number, sessionId: 's-1' });

    await expect(cancelReservation(ports, { reservationId })).rejects.toMatchObject({ code: 'Conflict' });
    await expect(cancelReservation(ports, { reservationId: 'CS-1-1' })).rejects.toMatchObject({
      code: 'NotFound',
    });
    await expect(cancelReservation(ports, { reservationId: 'x' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  test('can be wished by our id and by the station’s number', async () => {
    const { number, reservationId } = await reserved();
    const wish = { stationId, name: 'CANCEL_RESERVATION', timeoutMs: 1000, whenOffline: 'FAIL' } as const;

    for (const id of [reservationId, number]) {
      const { request } = await requestCommand(ports, { ...wish, parameters: { reservationId: id } });

      expect(request).toEqual({ kind: 'CANCEL_RESERVATION', number });
    }
    const foreign = requestCommand(ports, { ...wish, parameters: { reservationId: 'CS-2-7' } });
    await expect(foreign).rejects.toMatchObject({ code: 'Validation' });
  });
});

describe('the end of a reservation', () => {
  const start = (number: number | undefined, uid = goodUid, startedAt = scene.now) =>
    startSession(ports, {
      stationId,
      connector: { evseId: 1, connectorId: 1 },
      token: { uid, tokenType: 'RFID' },
      startedAt,
      meterStartWh: 0,
      ...(number === undefined ? {} : { reservationId: number }),
    });

  test('row 37: an accepted start that names it uses it, however often it is told [TC_046]', async () => {
    const { number } = await reserved();
    await recordReservationAnswer(ports, { stationId, number });

    const { sessionId } = await start(number);
    await start(number);

    expect(await found({ number })).toMatchObject({ state: 'USED', sessionId });
  });

  test('row 37: a refused start leaves it to whom it was made for', async () => {
    const { number } = await reserved();
    await recordReservationAnswer(ports, { stationId, number });

    await start(number, blockedUid);

    expect((await found({ number })).state).toBe('RESERVED');
  });

  test('row 37: an accepted event of a transaction that names it uses it [H03]', async () => {
    const { number } = await reserved();
    const event = {
      stationId,
      phase: 'STARTED',
      transactionRef: 'tx-1',
      seqNo: 0,
      at: scene.now,
      connector: { evseId: 1, connectorId: 1 },
      samples: [],
      reservationId: number,
    } as const;

    await recordTransactionEvent(
      ports,
      { ...event, token: { uid: blockedUid, tokenType: 'RFID' } },
      scene.hints,
    );
    const afterRefusal = await found({ number });
    const { sessionId } = await recordTransactionEvent(
      ports,
      { ...event, transactionRef: 'tx-2', token: { uid: goodUid, tokenType: 'RFID' } },
      scene.hints,
    );

    expect(afterRefusal.state).toBe('REQUESTED');
    expect(await found({ number })).toMatchObject({ state: 'USED', sessionId });
  });

  test.each([
    ['the same token', goodUid, 1, 'USED'],
    ['another token of the group', 'SISTER', 1, 'USED'],
    ['a stranger', 'STRANGER', 1, 'RESERVED'],
    ['the same token elsewhere', goodUid, 2, 'RESERVED'],
  ] as const)('a start without its number by %s leaves it %s [TC_053]', async (_, uid, evseId, state) => {
    await givenToken(scene, { uid: 'SISTER', groupId: 'FAMILY' });
    await givenToken(scene, { uid: 'STRANGER' });
    const { number } = await reserved();
    await recordReservationAnswer(ports, { stationId, number });
    const { sessionId } = await startSession(ports, {
      stationId,
      connector: { evseId, connectorId: 1 },
      token: { uid, tokenType: 'RFID' },
      startedAt: scene.now,
      meterStartWh: 0,
    });

    await matchReservation(ports, { stationId, sessionId });

    expect((await found({ number })).state).toBe(state);
    const session = await scene.sessions.findSession(sessionId);
    expect(session?.reservationId).toBe(state === 'USED' ? number : undefined);
  });

  test('without the station’s word is used by a start that does not name it, and not the session’s to pay', async () => {
    const { number, commandId } = await reserved();
    await scene.dispatch();
    scene.now += 31_000;
    await expireCommand(ports, { stationId, commandId });
    await ended(commandId);
    const { sessionId } = await start(undefined);

    await matchReservation(ports, { stationId, sessionId });

    expect(await found({ number })).toMatchObject({ state: 'USED', sessionId });
    expect((await scene.sessions.findSession(sessionId))?.reservationId).toBeUndefined();
  });

  test('by a match that broke off after it named the reservation is made good by a repeat', async () => {
    const { number } = await reserved();
    await recordReservationAnswer(ports, { stationId, number });
    const { sessionId } = await start(undefined);
    const dying = async () => {
      throw new Error('the process died');
    };

    const broken = matchReservation(
      { ...ports, reservations: { ...ports.reservations, takeStep: dying } },
      { stationId, sessionId },
    );
    await expect(broken).rejects.toThrow('died');
    await matchReservation(ports, { stationId, sessionId });

    expect(await found({ number })).toMatchObject({ state: 'USED', sessionId });
  });

  test('keeps when its station gave its word, whichever way that was heard of', async () => {
    const answered = await reserved();
    await recordReservationAnswer(ports, { stationId, number: answered.number });
    const heard = await reserved({ expiryDate: new Date(scene.now + 90 * minuteMs).toISOString() });
    await claim(scene.commands, {
      stationId,
      commandId: heard.commandId,
      now: scene.now,
      until: scene.now + 1,
    });
    const settledAt = scene.now + 1;
    await scene.commands.settle(stationId, heard.commandId, { state: 'ACCEPTED', settledAt });
    scene.now += minuteMs;
    await ended(heard.commandId);

    expect((await found(answered)).reservedAt).toBe(settledAt - 1);
    expect(await found(heard)).toMatchObject({ state: 'RESERVED', reservedAt: settledAt });
  });

  test.each(['EXPIRED', 'REMOVED'] as const)('is what the station says: %s [H04]', async (as) => {
    const { number } = await reserved();
    await recordReservationAnswer(ports, { stationId, number });

    await endByStation(ports, { stationId, number, as });

    expect((await found({ number })).state).toBe(as);
  });

  test('is its time, and a moment of grace for a start on its way [TC_047]', async () => {
    const reservation = await reserved();
    const { number, expiresAt } = reservation;
    const due = () => expireReservation({ ...ports, setTimer }, { stationId, number });

    scene.now = expiresAt;
    await due();
    const inTime = await found({ number });
    scene.now = expiresAt + minuteMs;
    await due();

    expect(inTime.state).toBe('REQUESTED');
    expect(timers).toEqual([
      { timer: { kind: 'EXPIRE_RESERVATION', stationId, number }, at: expiresAt + minuteMs },
    ]);
    expect((await found({ number })).state).toBe('EXPIRED');
  });

  test('is exactly one, in whatever order and however often things are told', async () => {
    const happenings = {
      agreed: (number: number) => recordReservationAnswer(ports, { stationId, number }),
      refused: (number: number) => recordReservationAnswer(ports, { stationId, number, refusal: 'OCCUPIED' }),
      cancelled: (number: number) => recordCancelAnswer(ports, { stationId, number, known: true }),
      notKnown: (number: number) => recordCancelAnswer(ports, { stationId, number, known: false }),
      used: (number: number) => useReservation(ports, { stationId, number, sessionId: 's-1' }),
      usedElsewhere: (number: number) => useReservation(ports, { stationId, number, sessionId: 's-2' }),
      removed: (number: number) => endByStation(ports, { stationId, number, as: 'REMOVED' }),
      lapsed: (number: number) => endByStation(ports, { stationId, number, as: 'EXPIRED' }),
      timedOut: async (number: number) => {
        const { commandId } = await found({ number });
        await scene.commands.settle(stationId, commandId, { state: 'TIMED_OUT', settledAt: scene.now });
        await ended(commandId);
      },
    };
    const names = Object.keys(happenings) as (keyof typeof happenings)[];
    let runs = 0;

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        async (rounds) => {
          runs += 1;
          const expiryDate = new Date(scene.now + (60 + runs) * minuteMs).toISOString();
          const { number, commandId } = await reserved({ expiryDate });
          await claim(scene.commands, { stationId, commandId, now: scene.now, until: scene.now + 1 });
          let final: ReservationState | undefined;
          let by: string | undefined;

          for (const round of rounds) {
            await Promise.all(round.map((name) => happenings[name](number)));
            const now = await found({ number });
            if (final !== undefined) expect([now.state, now.sessionId]).toEqual([final, by]);
            else if (!isOpen(now)) [final, by] = [now.state, now.sessionId];
            expect(now.sessionId !== undefined).toBe(now.state === 'USED');
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
