import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readInformation } from '../../../functions/core/customers/read-information.ts';
import { ask } from '../asked-station.ts';
import { openRoom, type Room, type TestStation } from '../room-under-test.ts';

const protocol = 'ocpp2.0.1';
let room: Room;
let station: TestStation;
let stations = 0;
beforeAll(async () => {
  room = await openRoom();
  room.now = Date.now();
});
beforeEach(async () => {
  stations += 1;
  room.now += 1000;
  station = await room.givenStation(`D-${stations}`, protocol);
});
afterAll(() => room.close());

const message = (id: number, content = `message ${id}`) => ({
  id,
  priority: 'InFront',
  message: { format: 'UTF8', language: 'fr', content },
});
const asks = (name: string, parameters: Record<string, unknown>, answer: object = { status: 'Accepted' }) =>
  ask(room, station, { name, parameters, protocol }, () => answer);
const shown = async () =>
  (await room.services.displays.listMessages(station.stationId)).map(({ content }) => content);
const later = () => {
  room.now += 1000;
};

describe('messages of a display', () => {
  test('are known once the station agrees to show them, and forgotten when it clears them [O01, O05]', async () => {
    await asks('SET_DISPLAY_MESSAGE', { message: message(1) });
    await asks('SET_DISPLAY_MESSAGE', { message: message(2) }, { status: 'NotSupportedMessageFormat' });
    const afterSetting = await shown();
    later();
    await asks('CLEAR_DISPLAY_MESSAGE', { id: 1 });

    expect(afterSetting).toEqual(['message 1']);
    expect(await shown()).toEqual([]);
  });

  test('take the place of those with the same id [O06]', async () => {
    await asks('SET_DISPLAY_MESSAGE', { message: message(1) });
    later();
    await asks('SET_DISPLAY_MESSAGE', { message: message(1, 'better') });

    expect(await shown()).toEqual(['better']);
  });

  test('may be of one transaction and of a time [O02]', async () => {
    const info = {
      ...message(7),
      state: 'Charging',
      transactionId: 'tx-1',
      startDateTime: '2030-01-01T00:00:00Z',
      endDateTime: '2030-01-02T00:00:00Z',
    };

    await asks('SET_DISPLAY_MESSAGE', { message: info });

    expect(await room.services.displays.listMessages(station.stationId)).toMatchObject([
      {
        messageId: 7,
        priority: 'IN_FRONT',
        state: 'CHARGING',
        transactionRef: 'tx-1',
        startsAt: Date.UTC(2030, 0, 1),
        endsAt: Date.UTC(2030, 0, 2),
      },
    ]);
  });

  test('that a station tells in parts are all it has, once the last part is there [O03]', async () => {
    await asks('SET_DISPLAY_MESSAGE', { message: message(1) });
    later();
    await asks('GET_DISPLAY_MESSAGES', { requestId: 5 });
    await station.calls('NotifyDisplayMessages', { requestId: 5, tbc: true, messageInfo: [message(2)] });
    const meanwhile = await shown();
    await station.calls('NotifyDisplayMessages', { requestId: 5, messageInfo: [message(3)] });

    expect(meanwhile).toEqual(['message 1', 'message 2']);
    expect(await shown()).toEqual(['message 2', 'message 3']);
  });

  test('are all it has also when its parts overtake its answer [O03]', async () => {
    await asks('SET_DISPLAY_MESSAGE', { message: message(1) });
    later();
    await station.calls('NotifyDisplayMessages', { requestId: 7, messageInfo: [message(2)] });
    await asks('GET_DISPLAY_MESSAGES', { requestId: 7 });

    expect(await shown()).toEqual(['message 2']);
  });

  test('of some kind alone say nothing of the others [O04]', async () => {
    await asks('SET_DISPLAY_MESSAGE', { message: message(1) });
    later();
    await asks('GET_DISPLAY_MESSAGES', { requestId: 8, priority: 'AlwaysFront' });
    await station.calls('NotifyDisplayMessages', { requestId: 8, messageInfo: [message(2)] });

    expect(await shown()).toEqual(['message 1', 'message 2']);
  });

  test('are none when the station has none to tell [O03]', async () => {
    await asks('SET_DISPLAY_MESSAGE', { message: message(1) });
    later();
    await asks('GET_DISPLAY_MESSAGES', { requestId: 9 }, { status: 'Unknown' });

    expect(await shown()).toEqual([]);
  });

  test('that were cleared stay so when an older word on them arrives late', async () => {
    await asks('SET_DISPLAY_MESSAGE', { message: message(1) });
    const [told] = await room.services.displays.listMessages(station.stationId);
    later();
    await asks('CLEAR_DISPLAY_MESSAGE', { id: 1 });
    if (told) await room.services.displays.saveMessage(told);

    expect(await shown()).toEqual([]);
  });
});

describe('information of a customer', () => {
  const information = { report: true, clear: false, customerIdentifier: 'c-1' };
  const part = (requestId: number, seqNo: number, data: string, tbc = false) =>
    station.calls('NotifyCustomerInformation', {
      requestId,
      seqNo,
      data,
      tbc,
      generatedAt: '2030-01-01T00:00:00Z',
    });
  const read = (requestId: number, reader = 'alice') =>
    readInformation(room.services, { stationId: station.stationId, requestId, reader });

  test('is put together of its parts in whatever order, for whoever asked [N09]', async () => {
    await asks('CUSTOMER_INFORMATION', { requestId: 1, ...information });
    await part(1, 1, 'world', false);
    const half = await read(1);
    await part(1, 0, 'hello ', true);
    await part(1, 0, 'hello ', true);

    expect(half).toMatchObject({ data: '', complete: false });
    expect(await read(1)).toMatchObject({ data: 'hello world', complete: true, report: true });
  });

  test('is nobody else’s to read, and not to be found without a question [N09]', async () => {
    await asks('CUSTOMER_INFORMATION', { requestId: 2, ...information });
    await part(2, 0, 'secret');

    await expect(read(2, 'bob')).rejects.toMatchObject({ code: 'NotFound' });
    await expect(read(3)).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('is not kept when the station refuses to tell [N09]', async () => {
    await asks('CUSTOMER_INFORMATION', { requestId: 4, ...information }, { status: 'Invalid' });

    await expect(read(4)).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('can be cleared at the station [N10]', async () => {
    const { calls, commands } = await asks('CUSTOMER_INFORMATION', {
      requestId: 5,
      report: false,
      clear: true,
      customerIdentifier: 'c-1',
    });

    expect(calls[0]?.payload).toMatchObject({ clear: true, report: false });
    expect(commands[0]?.state).toBe('ACCEPTED');
  });

  test('of an older question under the same number is left out', async () => {
    await asks('CUSTOMER_INFORMATION', { requestId: 6, ...information });
    await part(6, 0, 'old', true);
    await part(6, 1, 'old');
    later();
    await asks('CUSTOMER_INFORMATION', { requestId: 6, ...information });
    await part(6, 0, 'new');

    expect(await read(6)).toMatchObject({ data: 'new', complete: true });
  });
});
