import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStores } from '../../functions/adapters/dynamodb/open-stores.ts';
import type { CalledStation } from '../../functions/core/commands/call-desk.ts';
import type { Command } from '../../functions/core/commands/command.ts';
import { followUp } from '../../functions/core/commands/follow-ups.ts';
import { chooseLocalList } from '../../functions/core/local-lists/choose-local-list.ts';
import { checkLocalList } from '../../functions/core/local-lists/reconcile-local-list.ts';
import { updateListsOf } from '../../functions/core/local-lists/update-lists.ts';
import type { StationLimits } from '../../functions/core/stations/station-limits.ts';
import { blockToken, createToken, updateToken } from '../../functions/core/tokens/provision-token.ts';
import { callDesk } from '../../functions/ocpp/call-desk.ts';
import { encodeCommand } from '../../functions/ocpp/calls.ts';
import type { Subprotocol } from '../../functions/ocpp/subprotocols.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { claim as claimSlot } from '../support/claim.ts';
import { sealingOf } from '../support/sealing.ts';
import { names, openRoom, type Room, type TestStation } from './room-under-test.ts';

let room: Room;
let tenants = 0;
let station: TestStation;
beforeAll(async () => {
  room = await openRoom('tenant-of-lists');
});
afterAll(() => room.close());
beforeEach(() => {
  tenants += 1;
});

const words = {
  'ocpp1.6': { version: 'listVersion', list: 'localAuthorizationList' },
  'ocpp2.0.1': { version: 'versionNumber', list: 'localAuthorizationList' },
} as const;
const ports = () => {
  const { client, services } = room;
  const { tenantId } = services;
  return { ...openStores({ client, tables: names, tenantId }), ...services, calls: callDesk };
};
const called = (limits: StationLimits): CalledStation => ({
  limits,
  installed: async () => [],
  objectionTo: async () => undefined,
  securityProfile: 1,
  seal: (text) => sealingOf(room.services.tenantId).sealSecret(stationId(), text),
});
const listOf = () => room.services.localLists.findList(station.stationId);
const stationId = () => station.stationId;

interface Sent {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Sends the oldest waiting call, has the station answer, and lets follow what follows. */
async function exchange(protocol: Subprotocol, answer: (sent: Sent) => object | string): Promise<Sent> {
  const [command] = await room.services.commands.listQueued(stationId(), 1);
  if (!command) throw new Error('nothing waits');
  const call = encodeCommand(await loadVersion(protocol), command);
  if ('refused' in call) throw new Error(call.refused.message);
  const [, , action, payload] = JSON.parse(call.frame);
  await claim(command);
  const said = answer({ action, payload });
  const frame =
    typeof said === 'string' ? [4, command.commandId, said, '', {}] : [3, command.commandId, said];
  await station.sends(JSON.stringify(frame));
  await followUp(ports(), command);
  return { action, payload };
}

async function claim({ commandId }: Command): Promise<void> {
  room.now += 1_000;
  const slot = { stationId: stationId(), commandId, now: room.now, until: room.now + 30_000 };
  const claimed = await claimSlot(room.services.commands, slot);
  if (claimed !== 'claimed') throw new Error(claimed);
}

/** That the station told its limits before. */
async function givenLimits(limits: StationLimits = {}): Promise<void> {
  const commandId = crypto.randomUUID();
  const at = { createdAt: room.now, deadlineAt: room.now, sentAt: room.now };
  const [request, state] = [{ kind: 'READ_LIMITS' }, 'ACCEPTED'] as const;
  const { commands } = room.services;
  await commands.addCommand({ commandId, stationId: stationId(), name: 'X', request, state, ...at });
  await room.services.limits.noteLimits(stationId(), { ...limits, inquiry: { commandId } });
}

const waiting = async () => (await room.services.commands.listQueued(stationId(), 9)).map(({ name }) => name);

describe.each(['ocpp1.6', 'ocpp2.0.1'] as const)('the local list over %s', (protocol) => {
  const { version, list } = words[protocol];
  const has = (number: number) => () => ({ [version]: number });
  const says = (status: string) => () => ({ status });
  const choose = (...uids: string[]) =>
    chooseLocalList(ports(), { stationId: stationId(), choice: { kind: 'TOKENS', uids } });
  const tellsOneEntry = ({ payload }: Sent) =>
    protocol === 'ocpp1.6'
      ? { configurationKey: [{ key: 'SendLocalListMaxLength', readonly: true, value: '1' }] }
      : {
          getVariableResult: (payload.getVariableData as object[]).map((one) =>
            /LocalAuthListCtrlr.*ItemsPerMessage/.test(JSON.stringify(one))
              ? { ...one, attributeStatus: 'Accepted', attributeValue: '1' }
              : { ...one, attributeStatus: 'UnknownVariable' },
          ),
        };
  const uid = (name: string) => `${name}-${tenants}`;
  const nobody = {
    users: { findUser: async () => undefined },
    partners: { findPartner: async () => undefined },
  };
  beforeEach(async () => {
    station = await room.givenStation(`CP${tenants}`, protocol);
    await givenLimits();
    for (const name of ['A', 'B', 'C']) {
      await createToken({ ...room.services, ...nobody }, { uid: uid(name), tokenType: 'RFID', groupId: 'G' });
    }
  });

  test('a station is asked what it has, and gets the list anew when that is not ours [TC_043_4, D01, D02]', async () => {
    await choose(uid('A'), uid('B'));

    const asked = await exchange(protocol, has(7));
    const sent = await exchange(protocol, says('Accepted'));

    expect(asked.action).toBe('GetLocalListVersion');
    expect(sent).toMatchObject({ action: 'SendLocalList', payload: { updateType: 'Full', [version]: 8 } });
    expect(sent.payload[list]).toHaveLength(2);
    expect(JSON.stringify(sent.payload[list])).toContain('"Accepted"');
    expect(await listOf()).toMatchObject({ content: { version: 8 }, lastVersion: 8, failures: 0 });
    expect(await waiting()).toEqual([]);
  });

  test('a station whose list is empty gets the first one [TC_042_2, TC_043_4, D02]', async () => {
    await choose(uid('A'));

    const asked = await exchange(protocol, has(0));
    const sent = await exchange(protocol, says('Accepted'));

    expect(asked.action).toBe('GetLocalListVersion');
    expect(sent.payload).toMatchObject({ updateType: 'Full', [version]: 1 });
    expect(sent.payload[list]).toHaveLength(1);
    expect(await listOf()).toMatchObject({ content: { version: 1 } });
  });

  test('a token that is blocked is sent as the only change, to the stations that have it [TC_043_5, D01]', async () => {
    await choose(uid('A'), uid('B'));
    await exchange(protocol, has(0));
    await exchange(protocol, says('Accepted'));
    await blockToken(room.services, uid('B'));

    await updateListsOf(ports(), uid('B'));
    const { payload } = await exchange(protocol, says('Accepted'));

    expect(payload).toMatchObject({ updateType: 'Differential', [version]: 2 });
    expect(payload[list]).toHaveLength(1);
    expect(JSON.stringify(payload[list])).toContain('"Blocked"');
  });

  test.each(['VersionMismatch', 'Failed'])(
    'row 60: after %s the list is made anew [TC_043_3, D01.FR.05]',
    async (status) => {
      await choose(uid('A'));
      await exchange(protocol, has(0));
      await exchange(protocol, says('Accepted'));
      await choose(uid('A'), uid('C'));
      await exchange(protocol, has(1));
      const differential = await exchange(protocol, says(status));

      const anew = await exchange(protocol, says('Accepted'));

      expect(differential.payload).toMatchObject({ updateType: 'Differential', [version]: 2 });
      expect(anew.payload).toMatchObject({ updateType: 'Full', [version]: 3 });
      expect(anew.payload[list]).toHaveLength(2);
    },
  );

  test('a station that goes on refusing is left alone, and an operator is told', async () => {
    await choose(uid('A'));
    await exchange(protocol, has(0));

    for (let attempt = 0; attempt < 3; attempt += 1) await exchange(protocol, says('Failed'));

    expect(await waiting()).toEqual([]);
    const { items } = await room.services.alerts.listAlerts(
      { stationId: stationId(), open: true },
      { limit: 9 },
    );
    expect(items).toMatchObject([{ kind: 'local-list-refused' }]);
  });

  test('a station that knows no lists is remembered as such until somebody chooses again', async () => {
    await choose(uid('A'));
    await exchange(protocol, () => 'NotImplemented');
    await checkLocalList(ports(), station);
    const before = await waiting();

    await choose(uid('A'));

    expect([before, await waiting()]).toEqual([[], ['GET_LOCAL_LIST_VERSION']]);
  });

  test('a long list goes in parts, each after the one before was taken [D01.FR.11]', async () => {
    await room.services.limits.noteLimits(stationId(), {
      localListEntriesPerMessage: 1,
      localListEntries: 3,
    });
    await choose(uid('A'), uid('B'), uid('C'));
    await exchange(protocol, has(0));

    const updates = [
      await exchange(protocol, says('Accepted')),
      await exchange(protocol, says('Accepted')),
      await exchange(protocol, says('Accepted')),
    ];

    expect(updates.map(({ payload }) => [payload.updateType, payload[version]])).toEqual([
      ['Full', 1],
      ['Differential', 2],
      ['Differential', 3],
    ]);
    expect(await waiting()).toEqual([]);
  });

  test('row 59: a station is asked first how much it takes, once, and gets no more', async () => {
    station = await room.givenStation(`FRESH${tenants}`, protocol);
    await choose(uid('A'), uid('B'));
    await choose(uid('A'), uid('B'));
    const before = await waiting();

    const asked = await exchange(protocol, tellsOneEntry);
    await exchange(protocol, has(0));
    await exchange(protocol, has(0));
    const sent = await exchange(protocol, says('Accepted'));

    expect(before).toEqual(['GET_CONFIGURATION', 'GET_LOCAL_LIST_VERSION', 'GET_LOCAL_LIST_VERSION']);
    expect(JSON.stringify(asked.payload)).toMatch(
      /SendLocalListMaxLength|LocalAuthListCtrlr.*ItemsPerMessage/,
    );
    expect(sent.payload[list]).toHaveLength(1);
  });

  test('row 59: a station that did not answer is asked again, and so is one with new firmware', async () => {
    station = await room.givenStation(`FRESH${tenants}`, protocol);
    await checkLocalList(ports(), station);
    await choose(uid('A'));
    await exchange(protocol, tellsOneEntry);
    const asks = async () => (await waiting()).filter((name) => name === 'GET_CONFIGURATION').length;
    await checkLocalList(ports(), station);
    const afterAnswer = await asks();
    await checkLocalList(ports(), { ...station, firmwareVersion: '2' });
    const afterUpdate = await asks();
    const { inquiry } = await room.services.limits.findLimits(stationId());
    const settlement = { state: 'TIMED_OUT', settledAt: room.now } as const;
    await room.services.commands.settle(stationId(), inquiry?.commandId ?? '', settlement);

    await checkLocalList(ports(), { ...station, firmwareVersion: '2' });

    expect([afterAnswer, afterUpdate, await asks()]).toEqual([0, 1, 1]);
    expect((await room.services.limits.findLimits(stationId())).inquiry).not.toEqual(inquiry);
  });

  test('row 59: more tokens than the station holds are refused', async () => {
    await room.services.limits.noteLimits(stationId(), { localListEntries: 1 });

    await expect(choose(uid('A'), uid('B'))).rejects.toMatchObject({ code: 'TooLarge', field: 'tokens' });
  });

  test('a token that nobody registered is refused', async () => {
    await expect(choose('NO-SUCH')).rejects.toMatchObject({ code: 'Validation', field: 'tokens' });
  });

  test('a station that lost its list gets it anew, one that has it gets nothing', async () => {
    await choose(uid('A'));
    await exchange(protocol, has(0));
    await exchange(protocol, says('Accepted'));
    await checkLocalList(ports(), station);
    await exchange(protocol, has(1));
    const afterRestart = await waiting();

    await checkLocalList(ports(), station);
    await exchange(protocol, has(0));

    expect([afterRestart, await waiting()]).toEqual([[], ['SEND_LOCAL_LIST']]);
  });

  test('what happens twice is sent once', async () => {
    await choose(uid('A'));
    await exchange(protocol, has(0));

    await Promise.all([updateListsOf(ports(), uid('A')), updateListsOf(ports(), uid('A'))]);

    expect(await waiting()).toEqual(['SEND_LOCAL_LIST']);
  });

  test('an update whose command was not stored is sent when the change is told again', async () => {
    await choose(uid('A'), uid('B'));
    await exchange(protocol, has(0));
    await exchange(protocol, says('Accepted'));
    await blockToken(room.services, uid('B'));
    const { commands, ...others } = ports();
    const addCommand = () => Promise.reject(new Error('the table throttles'));
    const failing = { ...others, commands: { ...commands, addCommand } };

    await expect(updateListsOf(failing, uid('B'))).rejects.toThrow('throttles');
    await updateListsOf(ports(), uid('B'));
    const { payload } = await exchange(protocol, says('Accepted'));

    expect(payload).toMatchObject({ updateType: 'Differential', [version]: 2 });
    expect(JSON.stringify(payload[list])).toContain('"Blocked"');
    expect(await listOf()).toMatchObject({ content: { version: 2 }, lastVersion: 2 });
    expect(await waiting()).toEqual([]);
  });

  test('an operator’s own list makes ours uncertain', async () => {
    await choose(uid('A'));
    await exchange(protocol, has(0));
    await exchange(protocol, says('Accepted'));
    const parameters = { [version]: 9, updateType: 'Full' };
    const [request] = await callDesk.prepareCall(
      protocol,
      { name: 'SEND_LOCAL_LIST', parameters },
      called({}),
    );
    if (!request) throw new Error('no call');
    await room.services.commands.addCommand({
      commandId: crypto.randomUUID(),
      stationId: stationId(),
      name: 'SEND_LOCAL_LIST',
      request,
      state: 'QUEUED',
      createdAt: Date.now(),
      deadlineAt: Date.now() + 9_000,
    });

    await exchange(protocol, says('Accepted'));

    const known = await listOf();
    expect(known).toMatchObject({ lastVersion: 9 });
    expect(known?.content).toBeUndefined();
  });

  test('a caller’s long list is cut into a new list and changes of rising versions', async () => {
    const entries = Array.from({ length: 5 }, (_, index) =>
      protocol === 'ocpp1.6'
        ? { idTag: `T${index}`, idTagInfo: { status: 'Accepted' } }
        : { idToken: { idToken: `T${index}`, type: 'Central' }, idTokenInfo: { status: 'Accepted' } },
    );
    const parameters = { [version]: 3, updateType: 'Full', [list]: entries };

    const calls = await callDesk.prepareCall(
      protocol,
      { name: 'SEND_LOCAL_LIST', parameters },
      called({ localListEntriesPerMessage: 2 }),
    );

    expect(calls).toMatchObject([
      { payload: { updateType: 'Full', [version]: 3 } },
      { payload: { updateType: 'Differential', [version]: 4 } },
      { payload: { updateType: 'Differential', [version]: 5 } },
    ]);
  });
});

describe('a 2.0.1 station', () => {
  test('gets each token as the type that it is shown as, and another once that is known', async () => {
    station = await room.givenStation(`CP${tenants}`, 'ocpp2.0.1');
    await givenLimits();
    const at = { active: true, blocked: false, createdAt: 1, updatedAt: 1, revision: 1 };
    const groupId = `F-${tenants}`;
    const card = { uid: `CARD-${tenants}`, visualId: 'C', tokenType: 'RFID', groupId, ...at } as const;
    const own = { ...card, uid: `OWN-${tenants}`, tokenType: 'AD_HOC_USER', form: 'LOCAL' } as const;
    for (const token of [card, own]) await room.services.tokens.createToken(token);
    await chooseLocalList(ports(), { stationId: stationId(), choice: { kind: 'GROUP', groupId } });
    await exchange('ocpp2.0.1', () => ({ versionNumber: 0 }));
    const accept = () => exchange('ocpp2.0.1', () => ({ status: 'Accepted' }));
    const first = await accept();
    await station.calls('Authorize', { idToken: { idToken: card.uid, type: 'ISO15693' } });

    await updateListsOf(ports(), card.uid);
    const changes = [await accept(), await accept()];

    expect(first.payload.localAuthorizationList).toMatchObject([
      { idToken: { idToken: card.uid, type: 'ISO14443' } },
      { idToken: { idToken: own.uid, type: 'Local' } },
    ]);
    expect(changes.map(({ payload }) => payload.localAuthorizationList)).toMatchObject([
      [{ idToken: { idToken: card.uid, type: 'ISO14443' } }],
      [{ idToken: { idToken: card.uid, type: 'ISO15693' }, idTokenInfo: { status: 'Accepted' } }],
    ]);
    expect(await waiting()).toEqual([]);
  });

  test('row 59: gets its list in messages of the size that it takes, ours and those of callers [D01.FR.11]', async () => {
    station = await room.givenStation(`CP${tenants}`, 'ocpp2.0.1');
    await givenLimits({ localListMessageBytes: 1_000 });
    const groupId = `G-${tenants}`.padEnd(36, 'x');
    const nobody = {
      users: { findUser: async () => undefined },
      partners: { findPartner: async () => undefined },
    };
    for (let index = 0; index < 9; index += 1) {
      const uid = `${index}-${tenants}`.padEnd(36, '0');
      const limits = { restrictions: { evseIds: [1, 2] }, priority: -9, language: 'en-GB' } as const;
      const described = {
        uid,
        tokenType: 'MAC_ADDRESS',
        groupId,
        expiresAt: Date.now() * 2,
        ...limits,
      } as const;
      await createToken({ ...room.services, ...nobody }, described);
    }
    await chooseLocalList(ports(), { stationId: stationId(), choice: { kind: 'GROUP', groupId } });
    await exchange('ocpp2.0.1', () => ({ versionNumber: 0 }));
    const sent: Sent[] = [];
    while ((await waiting()).length > 0) {
      sent.push(await exchange('ocpp2.0.1', () => ({ status: 'Accepted' })));
    }
    const lists = sent.map(({ payload }) => payload.localAuthorizationList as object[]);

    const again = { versionNumber: 30, updateType: 'Full', localAuthorizationList: lists.flat() };
    const limits = { localListMessageBytes: 1_000 };
    const wish = { name: 'SEND_LOCAL_LIST', parameters: again };
    const calls = await callDesk.prepareCall('ocpp2.0.1', wish, called(limits));

    expect(lists.flat()).toHaveLength(9);
    for (const message of [...sent, ...calls]) expect(JSON.stringify(message).length).toBeLessThan(1_000);
    expect(calls.length).toBeGreaterThan(1);
  });
});

describe('a 1.6 station', () => {
  test('is not told of tokens for some EVSEs, which its list could not say', async () => {
    station = await room.givenStation(`CP${tenants}`, 'ocpp1.6');
    const nobody = {
      users: { findUser: async () => undefined },
      partners: { findPartner: async () => undefined },
    };
    const anywhere = { uid: `ANY-${tenants}`, tokenType: 'RFID', groupId: `G-${tenants}` } as const;
    const second = { ...anywhere, uid: `SECOND-${tenants}`, restrictions: { evseIds: [2] } };
    for (const token of [anywhere, second]) await createToken({ ...room.services, ...nobody }, token);
    const choice = { kind: 'GROUP', groupId: anywhere.groupId } as const;
    await givenLimits();
    await chooseLocalList(ports(), { stationId: stationId(), choice });
    await exchange('ocpp1.6', () => ({ listVersion: 0 }));
    const anew = await exchange('ocpp1.6', () => ({ status: 'Accepted' }));
    await updateToken({ ...room.services, ...nobody }, anywhere.uid, { restrictions: { evseIds: [1] } });

    await updateListsOf(ports(), anywhere.uid);
    const change = await exchange('ocpp1.6', () => ({ status: 'Accepted' }));

    expect(anew.payload.localAuthorizationList).toMatchObject([{ idTag: anywhere.uid }]);
    expect(change.payload).toMatchObject({ updateType: 'Differential' });
    expect(change.payload.localAuthorizationList).toEqual([{ idTag: anywhere.uid }]);
  });

  test('says with -1, or with NotSupported, that it knows no lists [TC_042_1, TC_043_1]', async () => {
    for (const [index, answer] of [{ listVersion: -1 }, { status: 'NotSupported' }].entries()) {
      station = await room.givenStation(`CP${tenants}-${index}`, 'ocpp1.6');
      await givenLimits();
      await chooseLocalList(ports(), { stationId: stationId(), choice: { kind: 'GROUP', groupId: 'NONE' } });
      if (index === 1) await exchange('ocpp1.6', () => ({ listVersion: 3 }));
      await exchange('ocpp1.6', () => answer);

      expect(await listOf()).toMatchObject({ unsupported: true });
      expect(await waiting()).toEqual([]);
    }
  });
});
