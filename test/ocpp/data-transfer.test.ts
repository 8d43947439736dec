import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataTransferHandler } from '../../functions/core/data-transfer/data-transfer.ts';
import { ask } from './asked-station.ts';
import { openRoom, type Room } from './room-under-test.ts';

let room: Room;
const handed: unknown[] = [];
const forward: DataTransferHandler = async (route, transfer) => {
  handed.push([route.url, transfer.data]);
  return { status: 'ACCEPTED', data: { price: 4.5 } };
};
beforeAll(async () => {
  room = await openRoom();
  Object.assign(room.services, { forwardData: forward });
  const { transfers } = room.services;
  await transfers.saveRoute({ vendorId: 'com.keeps', mode: 'STORE', updatedAt: 1 });
  await transfers.saveRoute({ vendorId: 'com.some', messageId: 'Known', mode: 'STORE', updatedAt: 1 });
  const url = 'https://example.com/data';
  const route = { mode: 'FORWARD', url, secret: 's', updatedAt: 1 } as const;
  await transfers.saveRoute({ vendorId: 'com.hands', messageId: 'Price', ...route });
});
afterAll(() => room.close());

const sent = async (stationId: string) =>
  (await room.services.transfers.listTransfers(stationId, { limit: 50 })).items;

describe.each([
  ['ocpp1.6', '{"price":4.5}'],
  ['ocpp2.0.1', { price: 4.5 }],
] as const)('data of a vendor in %s', (protocol, relayed) => {
  test.each([
    ['nobody decided on', { vendorId: 'com.else' }, 'UnknownVendorId'],
    ['names no vendor', { vendorId: '' }, 'UnknownVendorId'],
    ['is of a message nobody decided on', { vendorId: 'com.some', messageId: 'Other' }, 'UnknownMessageId'],
    ['names no message, where messages are known', { vendorId: 'com.some' }, 'UnknownMessageId'],
    ['is of a known message', { vendorId: 'com.some', messageId: 'Known' }, 'Accepted'],
    ['is of a vendor whose data is kept', { vendorId: 'com.keeps', messageId: 'Any' }, 'Accepted'],
  ])('that %s: %j is answered %s, and kept [TC_064, P02]', async (name, transfer, status) => {
    const station = await room.givenStation(`${protocol}-${name}`, protocol);

    expect(await station.calls('DataTransfer', { ...transfer, data: 'x' })).toEqual({ status });
    expect(await sent(station.stationId)).toMatchObject([
      { ...transfer, direction: 'FROM_STATION', data: 'x' },
    ]);
  });

  test('is handed on where a route leads, and what comes back is relayed [TC_064, P02]', async () => {
    const station = await room.givenStation(`${protocol}-forward`, protocol);
    const answer = await station.calls('DataTransfer', {
      vendorId: 'com.hands',
      messageId: 'Price',
      data: '?',
    });

    expect(answer).toEqual({ status: 'Accepted', data: relayed });
    expect(handed.at(-1)).toEqual(['https://example.com/data', '?']);
    expect(await sent(station.stationId)).toMatchObject([{ status: 'ACCEPTED', answerData: { price: 4.5 } }]);
  });

  test('to a station is kept with its answer, once [TC_062, P01]', async () => {
    const station = await room.givenStation(`${protocol}-to`, protocol);
    const parameters = { vendorId: 'com.acme', messageId: 'Ping', data: 'ping' };
    const answer = { status: 'Accepted', data: 'pong' };
    const wish = { name: 'DATA_TRANSFER', parameters, protocol };
    const { commands } = await ask(room, station, wish, () => answer);
    await station.sends(JSON.stringify([3, commands[0]?.commandId, answer]));

    expect(commands[0]).toMatchObject({ state: 'ACCEPTED', answer });
    expect(await sent(station.stationId)).toEqual([
      {
        ...parameters,
        stationId: station.stationId,
        transferId: commands[0]?.commandId,
        direction: 'TO_STATION',
        at: room.now,
        status: 'ACCEPTED',
        answerData: 'pong',
      },
    ]);
  });
});

test('data of any shape comes back as it was in 2.0.1 [P02]', async () => {
  const station = await room.givenStation('shapes', 'ocpp2.0.1');
  const shapes = [null, 0, false, '', [1, 2.5, null], { deep: { empty: {}, list: [] } }];

  for (const data of shapes) await station.calls('DataTransfer', { vendorId: 'com.keeps', data });

  expect((await sent('shapes')).map(({ data }) => data).toReversed()).toEqual(shapes);
});
