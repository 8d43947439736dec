import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openText, sealText } from '#adapters/crypto/sealed-text.ts';
import {
  generateStationPassword,
  hashStationPassword,
  verifyStationPassword,
} from '#adapters/crypto/station-passwords.ts';
import type { Command } from '#core/commands/command.ts';
import { confirmConnection, settlesChange } from '#core/security/confirm-connection.ts';
import { abandonRotation, rotatePassword } from '#core/security/rotate-password.ts';
import { isAwaited, settlePassword } from '#core/security/settle-password.ts';
import { abandonUpgrade, advanceUpgrade, upgradeProfile } from '#core/security/upgrade-profile.ts';
import { updateStation } from '#core/stations/provision-station.ts';
import type { Station } from '#core/stations/station.ts';
import { newId } from '#platform/clock.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene, type Scene } from '../sessions/scene.ts';

const pepper = 'p'.repeat(64);
const oldPassword = 'the-old-password';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await sceneOfToday();
});

/** Commands are kept for a month by the real clock. */
async function sceneOfToday(): Promise<Scene> {
  const today = await newScene(db);
  today.now = Date.now();
  return today;
}

const ports = () => ({
  ...scene,
  newId,
  passwords: {
    generate: generateStationPassword,
    hash: async (text: string) => hashStationPassword(pepper, text),
  },
  sealSecret: async (stationId: string, text: string) => sealText(pepper, stationId, text),
  allowedProfiles: new Set([1, 2, 3] as const),
});

async function givenStation(more: Partial<Station> = {}): Promise<string> {
  const station = aStation({ password: hashStationPassword(pepper, oldPassword), ...more });
  await scene.stations.createStation(station);
  return station.stationId;
}

async function stationNow(stationId: string): Promise<Station> {
  const station = await scene.stations.findStation(stationId);
  if (!station) throw new Error('no station');
  return station;
}

async function opensWith(stationId: string): Promise<(password: string) => boolean> {
  const { password: kept } = await stationNow(stationId);
  return (password) => verifyStationPassword(pepper, password, kept);
}

/** What follows the end of a command. */
async function followUp(command: Command): Promise<void> {
  const ended = await scene.commands.findCommand(command.stationId, command.commandId);
  if (!ended) throw new Error('no command');
  if (ended.request.kind === 'SET_PASSWORD') await settlePassword(ports(), ended);
  else await advanceUpgrade(ports(), ended);
}

/** Ends the latest command as its station would, and does what follows. */
async function ends(
  stationId: string,
  state: Command['state'],
  failure?: Command['failure'],
): Promise<Command> {
  const { items } = await scene.commands.listCommands(stationId, { limit: 1 });
  const [command] = items;
  if (!command || state === 'QUEUED' || state === 'SENT') throw new Error('no command');
  const settlement = { state, settledAt: scene.now, ...(failure ? { failure } : {}) };
  await scene.commands.settle(stationId, command.commandId, settlement);
  await followUp(command);
  return command;
}

describe('a new password', () => {
  test('opens beside the old one until the station connects with it; then the old one is gone [TC_073, A01]', async () => {
    const stationId = await givenStation();

    const { password } = await rotatePassword(ports(), { stationId });
    const during = await opensWith(stationId);
    await ends(stationId, 'ACCEPTED');
    const afterAnswer = await opensWith(stationId);
    await confirmConnection(ports(), stationId, { securityProfile: 1, passwordUsed: 'CURRENT' });
    const settled = await opensWith(stationId);

    expect([during(password), during(oldPassword)]).toEqual([true, true]);
    expect([afterAnswer(password), afterAnswer(oldPassword)]).toEqual([true, true]);
    expect([settled(password), settled(oldPassword)]).toEqual([true, false]);
    expect(await stationNow(stationId)).not.toHaveProperty('securityChange');
  });

  test.each([
    ['REJECTED', undefined],
    ['CANCELLED', undefined],
    ['FAILED', { code: 'Timeout', message: 'never sent' }],
  ] as const)('that is %s is taken back, and operators hear of it [TC_073, A01]', async (state, failure) => {
    const stationId = await givenStation();
    const { password } = await rotatePassword(ports(), { stationId });

    await ends(stationId, state, failure);

    const opens = await opensWith(stationId);
    expect([opens(password), opens(oldPassword)]).toEqual([false, true]);
    const { items } = await scene.alerts.listAlerts({ stationId }, { limit: 5 });
    expect(items.map(({ kind }) => kind)).toEqual(['PASSWORD_NOT_CHANGED']);
  });

  test.each([
    ['CURRENT', true, false],
    ['PREVIOUS', false, true],
  ] as const)(
    'nobody knows the end of is settled by the %s one at the door',
    async (passwordUsed, opensNew, opensOld) => {
      const stationId = await givenStation();
      const { password } = await rotatePassword(ports(), { stationId });
      await ends(stationId, 'TIMED_OUT');
      const unsure = await opensWith(stationId);

      await confirmConnection(ports(), stationId, { securityProfile: 1, passwordUsed });

      const opens = await opensWith(stationId);
      expect([unsure(password), unsure(oldPassword)]).toEqual([true, true]);
      expect([opens(password), opens(oldPassword)]).toEqual([opensNew, opensOld]);
    },
  );

  test('never locks the station out, whatever order ends, repeats and connections come in', async () => {
    const outcome = fc.constantFrom(
      'ACCEPTED',
      'REJECTED',
      'TIMED_OUT',
      'UNKNOWN',
      'FAILED',
      'CANCELLED' as const,
    );
    const step = fc.constantFrom('connect', 'follow up');
    await fc.assert(
      fc.asyncProperty(
        outcome,
        fc.boolean(),
        fc.array(step, { maxLength: 6 }),
        async (state, lostAnswer, steps) => {
          scene = await sceneOfToday();
          const stationId = await givenStation();
          const { password } = await rotatePassword(ports(), { stationId });
          // What the station holds: only an answer that was lost leaves that open.
          const isUnsure = state === 'TIMED_OUT' || state === 'UNKNOWN';
          const holds = state === 'ACCEPTED' || (isUnsure && lostAnswer) ? password : oldPassword;
          const command = await ends(stationId, state);
          for (const each of steps) {
            if (each === 'follow up') await followUp(command);
            else {
              const { password: kept } = await stationNow(stationId);
              const current = kept && { salt: kept.salt, hash: kept.hash };
              const passwordUsed = verifyStationPassword(pepper, holds, current) ? 'CURRENT' : 'PREVIOUS';
              await confirmConnection(ports(), stationId, { securityProfile: 1, passwordUsed });
            }
          }

          expect((await opensWith(stationId))(holds)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('waits for the one before it, and fits what the protocol carries', async () => {
    const stationId = await givenStation();
    await rotatePassword(ports(), { stationId });

    await expect(rotatePassword(ports(), { stationId })).rejects.toMatchObject({ code: 'Conflict' });
    const long = 'x'.repeat(21);
    await expect(rotatePassword(ports(), { stationId, password: long })).rejects.toMatchObject({
      code: 'Validation',
    });
  });

  test('whose command could not be queued stands in the way of no other', async () => {
    const stationId = await givenStation();
    const cut = async () => {
      throw new Error('the process ends here');
    };
    const dying = { ...ports(), commands: { ...scene.commands, addCommand: cut } };
    await expect(rotatePassword(dying, { stationId })).rejects.toThrow('ends here');

    const { password } = await rotatePassword(ports(), { stationId });

    const opens = await opensWith(stationId);
    expect([opens(password), opens(oldPassword)]).toEqual([true, true]);
    await ends(stationId, 'ACCEPTED');
    expect((await stationNow(stationId)).securityChange?.password?.outcome).toBe('TAKEN');
  });

  test('whose end nobody heard of is settled by the next one', async () => {
    const stationId = await givenStation();
    const { command } = await rotatePassword(ports(), { stationId });
    await scene.commands.settle(stationId, command.commandId, { state: 'REJECTED', settledAt: scene.now });

    const { password } = await rotatePassword(ports(), { stationId });

    const opens = await opensWith(stationId);
    expect([opens(password), opens(oldPassword)]).toEqual([true, true]);
  });

  test('is sent as long as it is wanted: not when its owner named another meanwhile', async () => {
    const stationId = await givenStation();
    const { password, command } = await rotatePassword(ports(), { stationId });
    const wanted = await isAwaited(ports(), command);

    await updateStation(ports(), stationId, { password: 'one-the-owner-set' });

    const opens = await opensWith(stationId);
    expect([opens('one-the-owner-set'), opens(password), opens(oldPassword)]).toEqual([true, false, false]);
    expect([wanted, await isAwaited(ports(), command)]).toEqual([true, false]);
    expect(await stationNow(stationId)).not.toHaveProperty('securityChange');
  });

  test('may be taken back until it is sent', async () => {
    const stationId = await givenStation();
    const first = await rotatePassword(ports(), { stationId });

    await abandonRotation(ports(), stationId);
    await abandonRotation(ports(), stationId);
    const opens = await opensWith(stationId);
    const second = await rotatePassword(ports(), { stationId });
    await ends(stationId, 'ACCEPTED');

    expect([opens(first.password), opens(oldPassword)]).toEqual([false, true]);
    const found = await scene.commands.findCommand(stationId, first.command.commandId);
    expect(found?.state).toBe('CANCELLED');
    await expect(abandonRotation(ports(), stationId)).rejects.toMatchObject({ code: 'Conflict' });
    expect((await opensWith(stationId))(second.password)).toBe(true);
  });

  test('is nowhere to be read: sealed in the command, hashed at the station', async () => {
    const stationId = await givenStation();

    const { password, command } = await rotatePassword(ports(), { stationId });
    const stored = JSON.stringify([
      await scene.commands.findCommand(stationId, command.commandId),
      await stationNow(stationId),
    ]);

    expect(stored).not.toContain(password);
    expect(stored).not.toContain(Buffer.from(password).toString('hex'));
    const sealed = command.request.kind === 'SET_PASSWORD' ? command.request.password : '';
    expect(openText(pepper, stationId, sealed)).toBe(password);
    expect(() => openText(pepper, 'another station', sealed)).toThrow();
    expect(() => openText('another pepper', stationId, sealed)).toThrow();
  });
});

describe('a higher security profile', () => {
  const network = {
    ...{ slot: 2, priority: [2, 1], url: 'wss://csms.example/ocpp/demo' },
    ...{ messageTimeoutS: 30, networkInterface: 'Wired0' },
  };

  test('is the station’s floor once it has connected under it, and not before [TC_083, A05]', async () => {
    const stationId = await givenStation();

    const command = await upgradeProfile(ports(), { stationId, profile: 2, trustsServer: true });
    await ends(stationId, 'ACCEPTED');
    const waiting = await stationNow(stationId);
    await confirmConnection(ports(), stationId, { securityProfile: 1 });
    const reconnected = await stationNow(stationId);
    await confirmConnection(ports(), stationId, { securityProfile: 2 });

    expect(command).toMatchObject({ name: 'CHANGE_CONFIGURATION', request: { profile: 2 } });
    expect([waiting.securityProfile, reconnected.securityProfile]).toEqual([1, 1]);
    expect(settlesChange(waiting, { securityProfile: 2 })).toBe(true);
    expect(await stationNow(stationId)).toMatchObject({ securityProfile: 2 });
    expect(await stationNow(stationId)).not.toHaveProperty('securityChange');
  });

  test('of a 2.0.1 station is a network profile, its place in the order, and a restart [A05, B09]', async () => {
    const stationId = await givenStation({ protocol: 'ocpp2.0.1' });

    await upgradeProfile(ports(), { stationId, profile: 2, trustsServer: true, network });
    const done: Command[] = [];
    for (let step = 0; step < 3; step += 1) {
      done.push(await ends(stationId, 'ACCEPTED'));
      const last = done.at(-1);
      // The same end, heard twice.
      if (last) await followUp(last);
    }
    await confirmConnection(ports(), stationId, { securityProfile: 2 });

    expect(done.map(({ name }) => name)).toEqual(['SET_NETWORK_PROFILE', 'SET_VARIABLES', 'RESET']);
    expect((await scene.commands.listCommands(stationId, { limit: 10 })).items).toHaveLength(3);
    expect(await stationNow(stationId)).toMatchObject({ securityProfile: 2 });
  });

  test.each([
    ['REJECTED', undefined, ['SECURITY_PROFILE_NOT_CHANGED']],
    ['TIMED_OUT', undefined, ['SECURITY_PROFILE_NOT_CHANGED']],
    ['UNKNOWN', 2, []],
  ] as const)('whose restart is %s waits for it no longer than it may come', async (state, to, kinds) => {
    const stationId = await givenStation({ protocol: 'ocpp2.0.1' });
    await upgradeProfile(ports(), { stationId, profile: 2, trustsServer: true, network });
    await ends(stationId, 'ACCEPTED');
    await ends(stationId, 'ACCEPTED');

    await ends(stationId, state);

    expect((await stationNow(stationId)).securityChange?.profile?.to).toBe(to);
    const { items } = await scene.alerts.listAlerts({ stationId }, { limit: 5 });
    expect(items.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('that the station refuses leaves it where it is, and operators hear of it', async () => {
    const stationId = await givenStation();
    await upgradeProfile(ports(), { stationId, profile: 2, trustsServer: true });

    await ends(stationId, 'REJECTED');

    expect(await stationNow(stationId)).not.toHaveProperty('securityChange');
    const { items } = await scene.alerts.listAlerts({ stationId }, { limit: 5 });
    expect(items.map(({ kind }) => kind)).toEqual(['SECURITY_PROFILE_NOT_CHANGED']);
  });

  test('is never a lower one, and waits for what it needs', async () => {
    const stationId = await givenStation({ securityProfile: 2 });
    const to = (profile: 1 | 2 | 3, more = {}) =>
      upgradeProfile(ports(), { stationId, profile, trustsServer: true, ...more });

    await expect(to(1)).rejects.toMatchObject({ code: 'NotAllowed' });
    await expect(to(2)).rejects.toMatchObject({ code: 'Conflict' });
    await expect(to(3)).rejects.toMatchObject({ code: 'Validation', message: /certificate of its own/ });
    await expect(to(3, { trustsServer: false })).rejects.toMatchObject({ message: /root certificate/ });
  });

  test('may be taken back while the station has not come under it', async () => {
    const stationId = await givenStation();
    await upgradeProfile(ports(), { stationId, profile: 2, trustsServer: true });

    await abandonUpgrade(ports(), stationId);
    await confirmConnection(ports(), stationId, { securityProfile: 2 });

    expect(await stationNow(stationId)).toMatchObject({ securityProfile: 1 });
  });
});
