import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import type { Command } from '#core/commands/command.ts';
import { claim } from '../../support/claim.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aCommand, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const stationId = 'CS-001';
const link = { stationId, connectionId: 'c1', protocol: 'ocpp1.6', connectedAt: noon };

async function givenStation(tenantId = newTenantId()): Promise<Stores> {
  const stores = db.storesOf(tenantId);
  await stores.live.connect(link);
  await stores.live.noteSeen({ stationId, connectionId: 'c1', at: noon });
  return stores;
}

async function givenCommands({ commands }: Stores, count: number): Promise<readonly Command[]> {
  const made = Array.from({ length: count }, () => aCommand());
  await Promise.all(made.map((command) => commands.addCommand(command)));
  return made;
}

function claimOf({ commandId }: Command, more: { now?: number; until?: number } = {}) {
  return { stationId, commandId, now: noon + 10, until: noon + 1000, ...more };
}

const accepted = { state: 'ACCEPTED', settledAt: noon + 50, answer: { status: 'Accepted' } } as const;

describe('the queue of a station', () => {
  test('gives commands back as they were added, by station and by id alone', async () => {
    const { commands } = db.storesOf();
    const command = aCommand({
      request: {
        kind: 'CALL',
        action: 'DataTransfer',
        payload: { data: null, deep: [[{ x: 1e-300 }]], '': true },
      },
    });

    await commands.addCommand(command);
    await commands.addCommand({ ...command, name: 'ANOTHER' });

    expect(await commands.findCommand(stationId, command.commandId)).toEqual(command);
    expect(await commands.findCommandById(command.commandId)).toEqual(command);
    expect(await commands.findCommand('CS-002', command.commandId)).toBeUndefined();
    expect(await db.storesOf().commands.findCommandById(command.commandId)).toBeUndefined();
  });

  test('lists newest first, and waiting ones oldest first', async () => {
    const stores = await givenStation();
    const made = await givenCommands(stores, 20);
    const ids = made.map(({ commandId }) => commandId);
    await claim(stores.commands, claimOf(made[0] ?? aCommand()));

    const first = await stores.commands.listCommands(stationId, { limit: 15 });
    const second = await stores.commands.listCommands(stationId, { limit: 15, cursor: first.cursor ?? '' });
    const queued = await stores.commands.listQueued(stationId, 50);

    const listed = [...first.items, ...second.items].map(({ commandId }) => commandId);
    expect(listed).toEqual(ids.toReversed());
    expect(second.cursor).toBeUndefined();
    expect(queued.map(({ commandId }) => commandId)).toEqual(ids.slice(1));
    expect(await stores.commands.listQueued(stationId, 1)).toEqual([made[1]]);
  });

  test('finds the oldest waiting command behind many that were cancelled', async () => {
    const stores = await givenStation();
    const [oldest = aCommand(), ...others] = await givenCommands(stores, 80);
    for (const { commandId } of others) await stores.commands.cancel(stationId, commandId, noon);

    expect(await stores.commands.listQueued(stationId, 1)).toEqual([oldest]);
  });

  test('forgets commands after their time, though they may still be stored', async () => {
    const { commands } = db.storesOf();
    const old = aCommand({ createdAt: Date.now() - 31 * 86_400_000 });

    await commands.addCommand(old);

    expect(await commands.findCommand(stationId, old.commandId)).toBeUndefined();
    expect(await commands.findCommandById(old.commandId)).toBeUndefined();
    expect((await commands.listCommands(stationId, { limit: 5 })).items).toEqual([]);
  });
});

describe('the single slot of a station', () => {
  test('is taken by one of many commands claimed at once', async () => {
    const stores = await givenStation();
    const made = await givenCommands(stores, 10);

    const outcomes = await Promise.all(made.map((command) => claim(stores.commands, claimOf(command))));

    const winner = made[outcomes.indexOf('claimed')];
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'busy'), 'claimed']);
    expect((await stores.live.findLink(stationId))?.inFlight?.commandId).toBe(winner?.commandId);
    expect(await stores.commands.listQueued(stationId, 50)).toHaveLength(9);
  });

  test('is taken once when many claim one command', async () => {
    const stores = await givenStation();
    const [command = aCommand()] = await givenCommands(stores, 1);

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => claim(stores.commands, claimOf(command))),
    );

    expect(outcomes.toSorted()).toEqual(['claimed', ...Array.from({ length: 9 }, () => 'not-queued')]);
    expect((await stores.live.findLink(stationId))?.inFlight?.commandId).toBe(command.commandId);
    expect(await stores.commands.findCommand(stationId, command.commandId)).toEqual({
      ...command,
      state: 'SENT',
      sentAt: noon + 10,
    });
  });

  test('is given back when the command was cancelled meanwhile', async () => {
    const stores = await givenStation();
    const [command = aCommand(), next = aCommand()] = await givenCommands(stores, 2);
    await stores.commands.cancel(stationId, command.commandId, noon);

    expect(await claim(stores.commands, claimOf(command))).toBe('not-queued');
    expect(await claim(stores.commands, claimOf(next))).toBe('claimed');
  });

  test('is not given before the gate opens, nor behind one that the next connection has closed', async () => {
    const stores = await givenStation();
    const [command = aCommand()] = await givenCommands(stores, 1);

    const outcomes = [await claim(stores.commands, claimOf(command, { now: noon - 1 }))];
    await stores.live.connect({ ...link, connectionId: 'c2', connectedAt: noon + 1 });
    outcomes.push(await claim(stores.commands, claimOf(command)));

    expect(outcomes).toEqual(['not-connected', 'not-connected']);
    expect(await stores.commands.findCommand(stationId, command.commandId)).toEqual(command);
  });

  test('is free again after its time', async () => {
    const stores = await givenStation();
    const [lost = aCommand(), next = aCommand()] = await givenCommands(stores, 2);
    await claim(stores.commands, claimOf(lost, { until: noon + 1000 }));

    expect(await claim(stores.commands, claimOf(next, { now: noon + 999 }))).toBe('busy');
    expect(await claim(stores.commands, claimOf(next, { now: noon + 1000, until: noon + 2000 }))).toBe(
      'claimed',
    );
  });

  test('is freed by the end of the command that holds it, and of no other', async () => {
    const stores = await givenStation();
    const [held = aCommand(), other = aCommand()] = await givenCommands(stores, 2);
    await claim(stores.commands, claimOf(held));

    expect(
      await stores.commands.settle(stationId, other.commandId, { ...accepted, state: 'CANCELLED' }),
    ).toBe('settled');
    expect((await stores.live.findLink(stationId))?.inFlight?.commandId).toBe(held.commandId);
    expect(await stores.commands.settle(stationId, held.commandId, accepted)).toBe('settled');

    expect((await stores.live.findLink(stationId))?.inFlight).toBeUndefined();
    expect(await stores.commands.findCommand(stationId, held.commandId)).toEqual({
      ...held,
      ...accepted,
      sentAt: noon + 10,
    });
    expect(await stores.commands.listQueued(stationId, 5)).toEqual([]);
  });
});

describe('the end of a command', () => {
  test('comes once, and a late answer is kept beside it', async () => {
    const stores = await givenStation();
    const [command = aCommand()] = await givenCommands(stores, 1);
    const failure = { code: 'Timeout', message: 'no answer' };
    const { commandId } = command;

    const outcomes = await Promise.all([
      stores.commands.settle(stationId, commandId, { state: 'TIMED_OUT', settledAt: noon, failure }),
      ...Array.from({ length: 5 }, () =>
        stores.commands.settle(stationId, commandId, { state: 'TIMED_OUT', settledAt: noon, failure }),
      ),
    ]);
    await stores.commands.recordLateAnswer(stationId, commandId, { status: 'Accepted' });
    await stores.commands.recordLateAnswer(stationId, commandId, { status: 'Rejected' });

    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 5 }, () => 'already-final'), 'settled']);
    expect(await stores.commands.findCommand(stationId, commandId)).toEqual({
      ...command,
      state: 'TIMED_OUT',
      settledAt: noon,
      failure,
      lateAnswer: { status: 'Accepted' },
    });
  });

  test('of a command nobody knows leaves nothing behind', async () => {
    const { commands } = db.storesOf();

    expect(await commands.settle(stationId, 'unknown', accepted)).toBe('unknown');
    await commands.recordLateAnswer(stationId, 'unknown', {});

    expect((await commands.listCommands(stationId, { limit: 5 })).items).toEqual([]);
  });

  test('does not reach a command of another station or tenant', async () => {
    const stores = await givenStation();
    const [command = aCommand()] = await givenCommands(stores, 1);

    expect(await stores.commands.settle('CS-002', command.commandId, accepted)).toBe('unknown');
    expect(await db.storesOf().commands.settle(stationId, command.commandId, accepted)).toBe('unknown');
    expect((await stores.commands.findCommand(stationId, command.commandId))?.state).toBe('QUEUED');
  });
});
