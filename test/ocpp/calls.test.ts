import { describe, expect, test } from 'vitest';
import type { Command, CommandRequest } from '../../functions/core/commands/command.ts';
import { encodeCommand, largestCallBytes, readAnswer } from '../../functions/ocpp/calls.ts';
import type { Subprotocol } from '../../functions/ocpp/subprotocols.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';

const commandId = '01890a5d-ac96-774b-bcce-b302099a8057';

async function encode(subprotocol: Subprotocol, request: CommandRequest) {
  const command: Command = {
    commandId,
    stationId: 'CP1',
    name: 'COMMAND',
    request,
    state: 'QUEUED',
    createdAt: 0,
    deadlineAt: 1,
  };
  const encoded = encodeCommand(await loadVersion(subprotocol), command);
  return 'frame' in encoded ? JSON.parse(encoded.frame) : encoded;
}

const startSession = {
  kind: 'START_SESSION',
  connector: { evseId: 2, connectorId: 1 },
  token: { uid: '04A1B2C3D4E5F6', tokenType: 'RFID', groupId: 'GROUP-1' },
  remoteStartId: 77,
} as const;
const stopSession = { kind: 'STOP_SESSION', sessionId: 's', transactionRef: '4711' } as const;

describe('a command as a call', () => {
  test('a start of a session in 1.6', async () => {
    expect(await encode('ocpp1.6', startSession)).toEqual([
      2,
      commandId,
      'RemoteStartTransaction',
      { connectorId: 2, idTag: '04A1B2C3D4E5F6' },
    ]);
  });

  test('row 42: a start of a session in 2.0.1 carries the id of the remote start [F01]', async () => {
    expect(await encode('ocpp2.0.1', startSession)).toEqual([
      2,
      commandId,
      'RequestStartTransaction',
      {
        remoteStartId: 77,
        evseId: 2,
        idToken: { idToken: '04A1B2C3D4E5F6', type: 'ISO14443' },
        groupIdToken: { idToken: 'GROUP-1', type: 'Central' },
      },
    ]);
  });

  test.each(['ocpp1.6', 'ocpp2.0.1'] as const)(
    'row 38: nothing is started or stopped at a station of %s that is pending, whoever asks in whichever words [B02.FR.05]',
    async (subprotocol) => {
      const version = await loadVersion(subprotocol);
      const [action, payload] =
        subprotocol === 'ocpp1.6'
          ? ['RemoteStopTransaction', { transactionId: 1 }]
          : ['RequestStopTransaction', { transactionId: '1' }];
      const requests = [startSession, stopSession, { kind: 'CALL', action, payload }] as const;
      const command = {
        commandId,
        stationId: 'CP1',
        name: 'X',
        state: 'QUEUED',
        createdAt: 0,
        deadlineAt: 1,
      } as const;
      const encoded = (registration: 'PENDING' | 'ACCEPTED') =>
        requests.map((request) => encodeCommand(version, { ...command, request }, { registration }));

      for (const call of encoded('PENDING')) expect(call).toMatchObject({ refused: { code: 'NotAccepted' } });
      for (const call of encoded('ACCEPTED')) expect(call).toHaveProperty('frame');
      const reset = { ...command, request: { kind: 'RESET', when: 'NOW' } } as const;
      expect(encodeCommand(version, reset, { registration: 'PENDING' })).toHaveProperty('frame');
    },
  );

  test('a stop of a session, by number in 1.6 and by reference in 2.0.1', async () => {
    expect(await encode('ocpp1.6', stopSession)).toEqual([
      2,
      commandId,
      'RemoteStopTransaction',
      { transactionId: 4711 },
    ]);
    expect(await encode('ocpp2.0.1', stopSession)).toEqual([
      2,
      commandId,
      'RequestStopTransaction',
      { transactionId: '4711' },
    ]);
  });

  test('a restart for another way into the network, which waits until nothing charges [B10]', async () => {
    expect(await encode('ocpp2.0.1', { kind: 'RESTART_FOR_NETWORK' })).toEqual([
      ...[2, commandId, 'Reset', { type: 'OnIdle' }],
    ]);
  });

  test('a call in the protocol’s own words, built here or not', async () => {
    const request = { kind: 'CALL', action: 'Reset', payload: { type: 'Soft' } } as const;

    expect(await encode('ocpp1.6', request)).toEqual([2, commandId, 'Reset', { type: 'Soft' }]);
  });

  test.each([
    ['a payload outside the schema', 'ocpp2.0.1', 'Reset', { type: 'Soft' }, 'InvalidRequest'],
    ['an action of another version', 'ocpp1.6', 'SetVariables', {}, 'NotSupported'],
    ['a word that is no action', 'ocpp1.6', 'toString', {}, 'NotSupported'],
    [
      'a call too large for the transport',
      'ocpp1.6',
      'DataTransfer',
      { vendorId: 'x', data: 'ä'.repeat(largestCallBytes / 2) },
      'CallTooLarge',
    ],
  ] as const)('%s is refused before it is sent', async (_, subprotocol, action, payload, code) => {
    expect(await encode(subprotocol, { kind: 'CALL', action, payload })).toMatchObject({ refused: { code } });
  });

  test('a token too long for an idTag is refused, naming it', async () => {
    const token = { uid: 'X'.repeat(21), tokenType: 'RFID' } as const;

    expect(await encode('ocpp1.6', { ...startSession, token })).toEqual({
      refused: { code: 'InvalidRequest', message: expect.stringContaining('RemoteStartTransaction.idTag') },
    });
  });
});

describe('an answer to a call', () => {
  const settle = async (request: CommandRequest, payload: unknown) =>
    readAnswer(await loadVersion('ocpp1.6'), request, { kind: 'result', messageId: 'm', payload, quirks: [] })
      .outcome;
  const call = (action: string) => ({ kind: 'CALL', action, payload: {} }) as const;

  test.each([
    ['ACCEPTED', startSession, { status: 'Accepted' }],
    ['REJECTED', startSession, { status: 'Rejected' }],
    ['ACCEPTED', call('ChangeConfiguration'), { status: 'RebootRequired' }],
    ['ACCEPTED', call('ChangeAvailability'), { status: 'Scheduled' }],
    ['ACCEPTED', call('UnlockConnector'), { status: 'Unlocked' }],
    ['REJECTED', call('UnlockConnector'), { status: 'NotSupported' }],
    ['ACCEPTED', call('GetConfiguration'), { unknownKey: ['x'] }],
  ] as const)('%s: %j answered %j', async (state, request, payload) => {
    expect(await settle(request, payload)).toEqual({ state, answer: payload });
  });

  test('row 48: one outside its schema fails the command with the reason', async () => {
    expect(await settle(startSession, { status: 'Yes' })).toEqual({
      state: 'FAILED',
      failure: { code: 'InvalidAnswer', message: expect.stringContaining('RemoteStartTransaction.status') },
    });
  });

  test('row 46: an error fails the command with its code, however it is spelled', async () => {
    const outcome = readAnswer(await loadVersion('ocpp1.6'), startSession, {
      kind: 'error',
      messageId: 'm',
      code: 'OccurrenceConstraintViolation',
      description: 'why',
      details: {},
      quirks: [],
    }).outcome;

    expect(outcome).toEqual({
      state: 'FAILED',
      failure: { code: 'OccurrenceConstraintViolation', message: 'why' },
    });
  });
});
