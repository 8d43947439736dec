import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dispatchCommands } from '#core/commands/dispatch-commands.ts';
import { expireCommand } from '#core/commands/expire-command.ts';
import { settleCommand } from '#core/commands/settle-command.ts';
import { noteSeen, SeenHints } from '#core/stations/note-seen.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { type CommandScene, newCommandScene, stationId } from './command-scene.ts';

let db: TestDatabase;
let scene: CommandScene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newCommandScene(db);
});
afterAll(() => db.close());

function answered(commandId: string) {
  const outcome = { state: 'ACCEPTED', answer: { status: 'Accepted' } } as const;
  return settleCommand(scene, { stationId, commandId, outcome });
}

/** Commands that are made, looked at as their making and their ends are told, in any order, and answered. */
function newQueue(ids: readonly string[]) {
  const left = [...ids];
  const due: (string | undefined)[] = [];
  const ended = new Set<string>();
  const look = async (which: number) => {
    if (due.length === 0) return;
    const [madeId] = due.splice(which % due.length, 1);
    await scene.dispatch(madeId);
  };
  return {
    look,
    async make() {
      const id = left.shift();
      if (id === undefined) return;
      await scene.queue(id);
      due.push(id);
    },
    async answer() {
      const id = scene.sent.find((sent) => !ended.has(sent));
      if (id === undefined) return;
      ended.add(id);
      await answered(id);
      if ((await scene.settledEvent(id)).othersWait) due.push(undefined);
    },
    async lookAtAll() {
      while (due.length > 0) await look(0);
    },
  };
}

describe('a station’s commands', () => {
  test('are sent one at a time, in the order they were made', async () => {
    await scene.connect('c-1');
    for (const id of ['cmd-2', 'cmd-1', 'cmd-3']) await scene.queue(id);

    await scene.dispatch();
    await scene.dispatch();
    expect(scene.sent).toEqual(['cmd-1']);
    await answered('cmd-1');
    await scene.dispatch();
    await answered('cmd-2');
    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-1', 'cmd-2', 'cmd-3']);
    expect(await scene.command('cmd-3')).toMatchObject({ state: 'SENT', sentAt: scene.now });
  });

  test('are sent once each, however many send at the same time', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    await scene.queue('cmd-2');

    await Promise.all(Array.from({ length: 20 }, () => scene.dispatch()));

    expect(scene.sent).toEqual(['cmd-1']);
    expect(await scene.command('cmd-2')).toMatchObject({ state: 'QUEUED' });
  });

  test('wait until the station may be called (row 39)', async () => {
    await scene.connect('c-1', scene.now + 1_000);
    await scene.queue('cmd-1');

    const early = await scene.dispatch();
    scene.now += 1_000;
    const inTime = await scene.dispatch();

    expect([early, inTime]).toEqual([{ retryAfterMs: 1_000 }, {}]);
    expect(scene.sent).toEqual(['cmd-1']);
  });

  test('wait while a new connection has said nothing, and go after its first frame', async () => {
    await scene.live.connect({ stationId, connectionId: 'c-1', protocol: 'ocpp1.6', connectedAt: scene.now });
    await scene.queue('cmd-1');

    const silent = await scene.dispatch();
    await noteSeen(scene, new SeenHints(), { stationId, connectionId: 'c-1' });
    await scene.dispatch();

    expect(silent).toEqual({});
    expect(scene.sent).toEqual(['cmd-1']);
  });

  test('wait for a station that is offline, with an end to the waiting', async () => {
    const { deadlineAt } = await scene.queue('cmd-1');

    expect(await scene.dispatch()).toEqual({});

    expect(scene.sent).toEqual([]);
    expect(scene.expiries).toEqual([{ commandId: 'cmd-1', at: deadlineAt }]);
    expect(await scene.command('cmd-1')).toMatchObject({ state: 'QUEUED' });
  });

  test('survive a reconnect', async () => {
    await scene.queue('cmd-1');
    await scene.dispatch();
    await scene.connect('c-1');

    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-1']);
  });

  test('that nobody waits for any more fail unsent, and let the next one through', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1', { deadlineAt: scene.now });
    await scene.queue('cmd-2');

    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-2']);
    expect(await scene.command('cmd-1')).toMatchObject({ state: 'FAILED', failure: { code: 'Timeout' } });
  });

  test('that are overdue by the dozen are cleared in several goes', async () => {
    await scene.connect('c-1');
    for (let number = 10; number < 35; number += 1) {
      await scene.queue(`cmd-${number}`, { deadlineAt: scene.now - 1 });
    }
    await scene.queue('cmd-99');

    const first = await scene.dispatch();
    await scene.dispatch();

    expect(first).toEqual({ retryAfterMs: 0 });
    expect(scene.sent).toEqual(['cmd-99']);
  });

  test('that wait for the one in flight are told of with its end, and an end that nobody waits for is told as such', async () => {
    const told: unknown[] = [];
    const endOf = async (commandId: string) => {
      await answered(commandId);
      told.push((await scene.settledEvent(commandId)).othersWait);
    };
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    await scene.dispatch('cmd-1');
    await scene.queue('cmd-2');
    await scene.queue('cmd-3');
    await scene.dispatch('cmd-2');

    await endOf('cmd-1');
    await scene.dispatch();
    await endOf('cmd-2');
    await scene.dispatch();
    await endOf('cmd-3');

    expect(scene.sent).toEqual(['cmd-1', 'cmd-2', 'cmd-3']);
    expect(told).toEqual([true, true, undefined]);
  });

  test('are sent, whatever they meet, when each is looked at once it is made and after each end that says others wait', async () => {
    const ids = ['cmd-1', 'cmd-2', 'cmd-3', 'cmd-4'] as const;
    const step = fc.record({ act: fc.constantFrom('make', 'look', 'answer'), which: fc.nat(3) });

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        scene = await newCommandScene(db);
        await scene.connect('c-1');
        const { make, look, answer, lookAtAll } = newQueue(ids);
        const acts = {
          make,
          look: (which: number) => Promise.all([look(which), look(which)]),
          answer,
        };
        for (const { act, which } of steps) await acts[act](which);

        for (const _ of ids) {
          await make();
          await lookAtAll();
        }
        for (const _ of ids) {
          await answer();
          await lookAtAll();
        }

        expect(scene.sent.toSorted()).toEqual([...ids]);
      }),
      { numRuns: 25 },
    );
  });

  test('that were made by a clock behind the others’ are found when their making is told', async () => {
    await scene.connect('c-1');
    for (const id of ['cmd-5', 'cmd-6', 'cmd-7', 'cmd-8', 'cmd-9']) {
      await scene.queue(id, { state: 'ACCEPTED', sentAt: scene.now });
    }
    await scene.queue('cmd-1');

    await scene.dispatch('cmd-1');

    expect(scene.sent).toEqual(['cmd-1']);
  });

  test('of another station are not held up', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    await scene.queue('cmd-2', { stationId: 'CS-2' });
    await scene.live.connect({
      stationId: 'CS-2',
      connectionId: 'c-2',
      protocol: 'ocpp1.6',
      connectedAt: scene.now,
    });
    await noteSeen(scene, new SeenHints(), { stationId: 'CS-2', connectionId: 'c-2' });

    await scene.dispatch();
    await dispatchCommands(scene.dispatchPorts, { stationId: 'CS-2' });

    expect(scene.sent).toEqual(['cmd-1', 'cmd-2']);
  });
});

describe('a call that was sent', () => {
  test('has an end in any case before it leaves', async () => {
    const order: string[] = [];
    const { scheduleExpiry, send } = scene.dispatchPorts;
    await scene.connect('c-1');
    const { deadlineAt } = await scene.queue('cmd-1');

    await dispatchCommands(
      {
        ...scene.dispatchPorts,
        scheduleExpiry: (due) => {
          order.push('expiry');
          return scheduleExpiry(due);
        },
        send: (link, command) => {
          order.push('call');
          return send(link, command);
        },
      },
      { stationId },
    );

    expect(order).toEqual(['expiry', 'call']);
    expect(scene.expiries).toEqual([{ commandId: 'cmd-1', at: deadlineAt }]);
  });

  test('is not even taken from the queue when its end cannot be seen to', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    const throttled = {
      ...scene.dispatchPorts,
      scheduleExpiry: () => Promise.reject(new Error('throttled')),
    };
    await expect(dispatchCommands(throttled, { stationId })).rejects.toThrow('throttled');

    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-1']);
  });

  test('whose sender died between taking the slot and sending is sent when it comes again', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    const slot = {
      stationId,
      commandId: 'cmd-1',
      now: scene.now,
      until: scene.now + 30_000,
      othersWait: false,
    };
    await scene.commands.takeSlot(slot);

    await scene.dispatch('cmd-1');

    expect(scene.sent).toEqual(['cmd-1']);
  });

  test('waits again when too much was being sent: it certainly did not arrive', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    scene.outcome = 'busy';

    expect(await scene.dispatch()).toEqual({ retryAfterMs: 1_000, isBusy: true });
    const waiting = await scene.command('cmd-1');
    scene.outcome = 'sent';
    await scene.dispatch();

    expect(waiting.state).toBe('QUEUED');
    expect(waiting.sentAt).toBeUndefined();
    expect(scene.sent).toEqual(['cmd-1', 'cmd-1']);
    expect(await scene.command('cmd-1')).toMatchObject({ state: 'SENT' });
  });

  test('over a connection that is gone is of unknown fate and is not sent again', async () => {
    scene.outcome = 'gone';
    await scene.connect('c-1');
    await scene.queue('cmd-1');

    await scene.dispatch();
    scene.outcome = 'sent';
    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-1']);
    expect(await scene.command('cmd-1')).toMatchObject({
      state: 'UNKNOWN',
      settledAt: scene.now,
      failure: { code: 'ConnectionLost' },
    });
    expect((await scene.live.findLink(stationId))?.inFlight).toBeUndefined();
  });

  test('over a connection that is gone does not take the next ones with it', async () => {
    scene.outcome = 'gone';
    await scene.connect('c-1');
    for (const id of ['cmd-1', 'cmd-2', 'cmd-3']) await scene.queue(id);

    await scene.dispatch();
    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-1']);
    expect(await scene.command('cmd-2')).toMatchObject({ state: 'QUEUED' });
    expect(await scene.command('cmd-3')).toMatchObject({ state: 'QUEUED' });
  });

  test('that waited for a connection to come back goes when the station speaks again', async () => {
    scene.outcome = 'gone';
    await scene.connect('c-1');
    for (const id of ['cmd-1', 'cmd-2']) await scene.queue(id);
    await scene.dispatch();

    scene.outcome = 'sent';
    await scene.live.noteSeen({ stationId, connectionId: 'c-1', at: scene.now });
    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-1', 'cmd-2']);
    expect(await scene.command('cmd-2')).toMatchObject({ state: 'SENT' });
  });

  test('that can never be sent fails with the reason, and the next one goes', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    await scene.queue('cmd-2');
    const { send } = scene.dispatchPorts;
    const refused = { refused: { code: 'InvalidRequest', message: 'Reset.type violates "enum"' } };

    await dispatchCommands(
      {
        ...scene.dispatchPorts,
        send: (link, command) =>
          command.commandId === 'cmd-1' ? Promise.resolve(refused) : send(link, command),
      },
      { stationId },
    );

    expect(scene.sent).toEqual(['cmd-2']);
    expect(await scene.command('cmd-1')).toMatchObject({ state: 'FAILED', failure: refused.refused });
  });

  test('goes to the connection that the station has now', async () => {
    const connections: (string | undefined)[] = [];
    await scene.connect('c-1');
    scene.now += 1;
    await scene.connect('c-2');
    await scene.queue('cmd-1');

    await dispatchCommands(
      {
        ...scene.dispatchPorts,
        send: async (link) => {
          connections.push(link.connectionId);
          return 'sent';
        },
      },
      { stationId },
    );

    expect(connections).toEqual(['c-2']);
  });
});

describe('an answer', () => {
  test('ends the command and frees the station', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    await scene.dispatch();
    scene.now += 500;

    expect(await answered('cmd-1')).toBe('settled');

    expect(await scene.command('cmd-1')).toMatchObject({
      state: 'ACCEPTED',
      settledAt: scene.now,
      answer: { status: 'Accepted' },
    });
    expect((await scene.live.findLink(stationId))?.inFlight).toBeUndefined();
  });

  test('that comes after the deadline is kept beside the end, which stays', async () => {
    await scene.connect('c-1');
    const { deadlineAt } = await scene.queue('cmd-1');
    await scene.dispatch();
    scene.now = deadlineAt;
    await expireCommand(scene, { stationId, commandId: 'cmd-1' });

    expect(await answered('cmd-1')).toBe('late');

    expect(await scene.command('cmd-1')).toMatchObject({
      state: 'TIMED_OUT',
      settledAt: deadlineAt,
      lateAnswer: { status: 'Accepted' },
    });
  });

  test('that is late and an error is kept with its code', async () => {
    await scene.queue('cmd-1', { state: 'TIMED_OUT' });
    const failure = { code: 'InternalError', message: 'busy' };

    await settleCommand(scene, { stationId, commandId: 'cmd-1', outcome: { state: 'FAILED', failure } });

    expect(await scene.command('cmd-1')).toMatchObject({ state: 'TIMED_OUT', lateAnswer: failure });
  });

  test('to an older command does not free the slot of the one in flight', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    await scene.dispatch();
    await scene.queue('cmd-0', { state: 'TIMED_OUT' });
    await scene.queue('cmd-2');

    await answered('cmd-0');
    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-1']);
  });

  test('to nobody’s command changes nothing', async () => {
    expect(await answered('cmd-9')).toBe('unknown');
    expect(await scene.commands.findCommand(stationId, 'cmd-9')).toBeUndefined();
  });

  test('of another station ends nothing', async () => {
    await scene.connect('c-1');
    await scene.queue('cmd-1');
    await scene.dispatch();
    const outcome = { state: 'ACCEPTED' } as const;

    expect(await settleCommand(scene, { stationId: 'CS-2', commandId: 'cmd-1', outcome })).toBe('unknown');

    expect(await scene.command('cmd-1')).toMatchObject({ state: 'SENT' });
  });
});

describe('the deadline', () => {
  const due = { stationId, commandId: 'cmd-1' };

  test('ends a call without an answer as timed out, and the next one goes', async () => {
    await scene.connect('c-1');
    const { deadlineAt } = await scene.queue('cmd-1');
    await scene.queue('cmd-2', { deadlineAt: deadlineAt + 60_000 });
    await scene.dispatch();
    scene.now = deadlineAt;

    expect(await expireCommand(scene, due)).toEqual({});
    await scene.dispatch();

    expect(await scene.command('cmd-1')).toMatchObject({ state: 'TIMED_OUT', failure: { code: 'Timeout' } });
    expect(scene.sent).toEqual(['cmd-1', 'cmd-2']);
  });

  test('ends a command that was never sent as failed', async () => {
    const { deadlineAt } = await scene.queue('cmd-1');
    scene.now = deadlineAt;

    await expireCommand(scene, due);

    expect(await scene.command('cmd-1')).toMatchObject({ state: 'FAILED', failure: { code: 'Timeout' } });
  });

  test('that is still ahead changes nothing and says how far', async () => {
    await scene.queue('cmd-1');
    scene.now += 10_000;

    expect(await expireCommand(scene, due)).toEqual({ retryAfterMs: 20_000 });

    expect(await scene.command('cmd-1')).toMatchObject({ state: 'QUEUED' });
  });

  test('leaves a command alone that has ended', async () => {
    const { deadlineAt } = await scene.queue('cmd-1');
    await answered('cmd-1');
    scene.now = deadlineAt;

    expect(await expireCommand(scene, due)).toEqual({});

    expect(await scene.command('cmd-1')).toMatchObject({ state: 'ACCEPTED' });
  });

  test('of a command that is not there is nothing to see to', async () => {
    expect(await expireCommand(scene, due)).toEqual({});
  });

  test('frees the slot of a call whose process died', async () => {
    await scene.connect('c-1');
    const { deadlineAt } = await scene.queue('cmd-1');
    await scene.queue('cmd-2', { deadlineAt: deadlineAt + 60_000 });
    const dying = { ...scene.dispatchPorts, send: () => Promise.reject(new Error('out of memory')) };
    await expect(dispatchCommands(dying, { stationId })).rejects.toThrow('out of memory');

    await scene.dispatch();
    expect(scene.sent).toEqual([]);
    scene.now = deadlineAt;
    await scene.dispatch();

    expect(scene.sent).toEqual(['cmd-2']);
  });
});
