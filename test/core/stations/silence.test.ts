import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectStation } from '#core/stations/connect.ts';
import { endSilentConnections } from '#core/stations/end-silent-connections.ts';
import { noteSeen, SeenHints } from '#core/stations/note-seen.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { minuteMs, newScene, type Scene } from '../sessions/scene.ts';

const silentMs = 15 * minuteMs;

let db: TestDatabase;
let scene: Scene;
let closed: string[];
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
  closed = [];
});
afterAll(() => db.close());

const connect = (stationId: string, connectionId = `of ${stationId}`) =>
  connectStation(scene, { stationId, connectionId, protocol: 'ocpp1.6', connectedAt: scene.now });
const speak = (stationId: string) =>
  noteSeen(scene, new SeenHints(), { stationId, connectionId: `of ${stationId}` });
const sweep = (live: Pick<Scene['live'], 'listConnected' | 'disconnect'> = scene.live) => {
  const close = async (connectionId: string) => closed.push(connectionId);
  return endSilentConnections({ live, close, clock: scene.clock }, silentMs);
};
const connected = async () =>
  (await scene.live.listConnected({ limit: 100 })).items.map((link) => link.stationId);

describe('a connection of which no end was told', () => {
  test('ends when nothing was heard on it for longer than it can live, and the others stay', async () => {
    for (const stationId of ['gone', 'mute', 'there']) await connect(stationId);
    await speak('gone');
    scene.now += silentMs - minuteMs;
    await speak('there');
    await connect('new');
    scene.now += 2 * minuteMs;

    expect(await sweep()).toBe(2);

    expect((await connected()).toSorted()).toEqual(['new', 'there']);
    expect(closed.toSorted()).toEqual(['of gone', 'of mute']);
    const link = await scene.live.findLink('gone');
    expect(link).toMatchObject({ disconnectedAt: scene.now });
    expect(link?.connectionId).toBeUndefined();
  });

  test('ends once', async () => {
    await connect('gone');
    scene.now += silentMs + 1;

    expect([await sweep(), await sweep()]).toEqual([1, 0]);
  });

  test('stays when the station is heard, or comes back, after it was looked at', async () => {
    for (const stationId of ['heard', 'back']) await connect(stationId);
    scene.now += silentMs + 1;
    const late = {
      ...scene.live,
      listConnected: async (page: { limit: number }) => {
        const seen = await scene.live.listConnected(page);
        await speak('heard');
        await connect('back', 'another');
        return seen;
      },
    };

    expect(await sweep(late)).toBe(0);

    expect((await connected()).toSorted()).toEqual(['back', 'heard']);
    expect(closed).toEqual([]);
  });

  test('ends among more stations than are looked at together', async () => {
    const stationIds = Array.from({ length: 130 }, (_, index) => `CS-${index}`);
    await Promise.all(stationIds.map((stationId) => connect(stationId)));
    scene.now += silentMs + 1;

    expect(await sweep()).toBe(130);
    expect(await connected()).toEqual([]);
  });
});
