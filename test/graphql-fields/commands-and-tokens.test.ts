import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authorizeToken } from '#core/tokens/authorize-token.ts';
import { parseFieldRequest } from '../../functions/graphql/field-request.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { goodUid, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

describe('sendStationCommand', () => {
  const wish = (parameters: unknown, timeoutSeconds?: number) => ({
    stationId: 'CS-1',
    command: { command: 'START_TRANSACTION', parameters },
    timeoutSeconds,
  });
  const parameters = { idToken: goodUid, connectorId: 1 };

  beforeEach(async () => {
    const { scene } = asked;
    await scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    await scene.live.connect({
      stationId: 'CS-1',
      connectionId: 'c-1',
      protocol: 'ocpp1.6',
      connectedAt: noon,
    });
    scene.now = Date.now();
  });

  /** A station that answers as soon as a command is in its queue. */
  function answering(): void {
    const { commands } = asked.services;
    Object.assign(asked.services, {
      commands: {
        ...commands,
        addCommand: async (command: Parameters<typeof commands.addCommand>[0]) => {
          await commands.addCommand(command);
          await commands.settle('CS-1', command.commandId, {
            state: 'ACCEPTED',
            settledAt: asked.scene.now,
            answer: { status: 'Accepted' },
          });
        },
      },
    });
  }

  test('gives the station’s answer', async () => {
    answering();

    const view = await asked.ask('Mutation.sendStationCommand', wish(parameters));

    expect(view).toMatchObject({
      stationId: 'CS-1',
      command: 'START_TRANSACTION',
      status: 'ACCEPTED',
      response: { status: 'Accepted' },
      completedAt: new Date(asked.scene.now).toISOString(),
    });
  });

  test('takes the parameters as JSON text too, which is how AppSync hands AWSJSON on', async () => {
    answering();

    const view = await asked.ask('Mutation.sendStationCommand', wish(JSON.stringify(parameters)));

    expect(view).toMatchObject({ status: 'ACCEPTED' });
  });

  test('says PENDING when the caller’s time is up, and the command can be read later', async () => {
    const { scene } = asked;
    /** Time passes with every look at it. */
    const clock = () => {
      scene.now += 400;
      return scene.now;
    };
    Object.assign(asked.services, { clock });

    const pending = (await asked.ask('Mutation.sendStationCommand', wish(parameters, 1))) as View;
    const stored = await asked.scene.commands.findCommand('CS-1', String(pending.commandId));
    await asked.scene.commands.settle('CS-1', String(pending.commandId), {
      state: 'FAILED',
      settledAt: asked.scene.now,
      failure: { code: 'NotSupported', message: 'no' },
    });

    expect(pending).toMatchObject({ status: 'PENDING', completedAt: undefined });
    expect(stored).toMatchObject({ state: 'QUEUED', requestedBy: 'alice' });
    expect((stored?.deadlineAt ?? 0) - (stored?.createdAt ?? 0)).toBe(30_000);
    expect(await asked.ask('Query.command', { id: pending.commandId })).toMatchObject({
      status: 'FAILED',
      errorCode: 'NotSupported',
      errorMessage: 'no',
    });
    const list = (await asked.ask('Query.commands', { stationId: 'CS-1' })) as View;
    expect(list).toMatchObject({ items: [{ commandId: pending.commandId }], nextToken: null });
  });

  test.each([
    ['timeoutSeconds', { ...wish(parameters), timeoutSeconds: 26 }],
    ['timeoutSeconds', { ...wish(parameters), timeoutSeconds: 0 }],
    ['command.parameters', wish('[1]')],
    ['command.parameters', wish('{')],
    ['parameters.idToken', wish({ idToken: 'NOBODY', connectorId: 1 })],
  ])('names what is wrong: %s', async (field, args) => {
    await expect(asked.ask('Mutation.sendStationCommand', args)).rejects.toMatchObject({
      code: 'Validation',
      field,
    });
  });

  test('to a station that is offline is refused at once', async () => {
    await asked.scene.live.disconnect('CS-1', 'c-1', noon);

    await expect(asked.ask('Mutation.sendStationCommand', wish(parameters))).rejects.toMatchObject({
      code: 'StationOffline',
    });
  });

  test('of another tenant is neither sent nor read', async () => {
    answering();
    const theirs = await newAsked(db);
    const { commandId } = (await asked.ask('Mutation.sendStationCommand', wish(parameters))) as View;

    await expect(theirs.ask('Mutation.sendStationCommand', wish(parameters))).rejects.toMatchObject({
      code: 'NotFound',
    });
    expect(await theirs.ask('Query.command', { id: commandId })).toBeNull();
    await expect(theirs.ask('Query.commands', { stationId: 'CS-1' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});

describe('tokens', () => {
  const verdict = async (uid: string) => {
    const { status } = await authorizeToken(asked.scene, { uid, tokenType: 'RFID' });
    return status;
  };

  test('are made, blocked and let charge again', async () => {
    const input = { uid: 'card-1', groupId: 'FAMILY', userId: null, expiresAt: '2027-01-01T00:00:00Z' };

    const made = await asked.ask('Mutation.createAuthToken', { input });
    const first = await verdict('CARD-1');
    const blocked = await asked.ask('Mutation.blockAuthToken', { id: 'card-1', reason: 'lost' });
    const second = await verdict('CARD-1');
    const unblocked = await asked.ask('Mutation.unblockAuthToken', { id: 'card-1' });

    expect(made).toMatchObject({
      id: 'CARD-1',
      uid: 'CARD-1',
      visualId: 'card-1',
      tokenType: 'RFID',
      groupId: 'FAMILY',
      expiresAt: '2027-01-01T00:00:00.000Z',
      isActive: true,
      isBlocked: false,
    });
    expect([first, second, await verdict('CARD-1')]).toEqual(['ACCEPTED', 'BLOCKED', 'ACCEPTED']);
    expect([blocked, unblocked]).toMatchObject([{ isBlocked: true }, { isBlocked: false }]);
  });

  test.each([
    ['input.uid', { uid: '' }],
    ['input.tokenType', { uid: 'x', tokenType: 'PALM' }],
    ['input.expiresAt', { uid: 'x', expiresAt: 'soon' }],
    ['input.restrictions', { uid: 'x', restrictions: { colour: 'red' } }],
    ['input.restrictions.stationIds', { uid: 'x', restrictions: { stationIds: [] } }],
    ['input.restrictions.hours.0.from', { uid: 'x', restrictions: { hours: [{ from: '9', to: '17:00' }] } }],
  ])('name what is wrong: %s', async (field, input) => {
    await expect(asked.ask('Mutation.createAuthToken', { input })).rejects.toMatchObject({
      code: 'Validation',
      field,
    });
  });

  describe('that are changed', () => {
    const update = (input: View) =>
      asked.ask('Mutation.updateAuthToken', { id: 'card-1', input }) as Promise<View>;

    beforeEach(async () => {
      await asked.ask('Mutation.createAuthToken', {
        input: { uid: 'card-1', groupId: 'FAMILY', expiresAt: '2027-01-01T00:00:00Z' },
      });
    });

    test('keep what is not named and lose what is null', async () => {
      const changed = await update({ visualId: 'No. 7', groupId: null });

      expect(changed).toMatchObject({
        id: 'CARD-1',
        visualId: 'No. 7',
        groupId: undefined,
        expiresAt: '2027-01-01T00:00:00.000Z',
        isActive: true,
      });
      expect(await update({ expiresAt: null, visualId: null })).toMatchObject({
        visualId: 'CARD-1',
        expiresAt: undefined,
      });
    });

    test('charge no more once they are inactive', async () => {
      await update({ isActive: false });
      expect(await verdict('CARD-1')).toBe('INVALID');

      await update({ isActive: true });
      expect(await verdict('CARD-1')).toBe('ACCEPTED');
    });

    test('are restricted in place and time, and freed again', async () => {
      const restrictions = {
        stationIds: ['CS-1'],
        evseIds: [2],
        validFrom: '2026-06-01T00:00:00.000Z',
        hours: [{ days: ['SATURDAY', 'SUNDAY'], from: '22:00', to: '06:00' }],
      };

      expect(await update({ restrictions })).toMatchObject({ restrictions });
      expect(await asked.scene.tokens.findToken('CARD-1')).toMatchObject({
        restrictions: { hours: [{ days: [6, 0], from: '22:00', to: '06:00' }] },
      });
      await expect(update({ restrictions: { hours: [] } })).rejects.toMatchObject({
        code: 'Validation',
        field: 'input.restrictions.hours',
      });
      expect(await update({ restrictions: null })).toMatchObject({ restrictions: undefined });
    });

    test('are given to users that are there alone', async () => {
      await expect(update({ userId: 'nobody' })).rejects.toMatchObject({
        code: 'Validation',
        field: 'input.userId',
      });
    });

    test('are nobody else’s', async () => {
      const theirs = await newAsked(db);
      const args = { id: 'card-1', input: { isActive: false } };

      await expect(theirs.ask('Mutation.updateAuthToken', args)).rejects.toMatchObject({
        code: 'NotFound',
        field: 'id',
      });
    });
  });

  test('of another tenant are not there to block', async () => {
    const theirs = await newAsked(db);
    await theirs.ask('Mutation.createAuthToken', { input: { uid: 'card-1' } });

    await expect(asked.ask('Mutation.blockAuthToken', { id: 'card-1' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});

describe('what a resolver hands on', () => {
  const caller = { tenantId: 't', subject: 's', roles: [] };

  test('needs a tenant', () => {
    expect(() => parseFieldRequest({ field: 'Query.x', caller: { ...caller, tenantId: '' } })).toThrow();
    expect(() => parseFieldRequest({ field: 'Query.x' })).toThrow();
  });

  test('has arguments and a source where there are some', () => {
    expect(parseFieldRequest({ field: 'Query.x', caller, arguments: null, source: null })).toEqual({
      field: 'Query.x',
      caller,
      arguments: {},
    });
  });
});
