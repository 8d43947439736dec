import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectStation, disconnectStation } from '#core/stations/connect.ts';
import { noteSeen, SeenHints } from '#core/stations/note-seen.ts';
import { registerBoot } from '#core/stations/register-boot.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { minuteMs, newScene, noon, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterAll(() => db.close());

const stationId = 'CS-1';

function connect(connectionId: string, connectedAt = scene.now) {
  return connectStation(scene, { stationId, connectionId, protocol: 'ocpp1.6', connectedAt });
}

describe('row 44: a connection', () => {
  test('becomes the station’s own, and its gate is closed until it speaks', async () => {
    expect(await connect('first')).toBe('connected');

    const link = await scene.live.findLink(stationId);
    expect(link).toMatchObject({ connectionId: 'first', protocol: 'ocpp1.6', connectedAt: noon });
    expect(link?.callsFrom).toBeUndefined();
  });

  test('takes over from the one before, and closes the gate again', async () => {
    await connect('first');
    await noteSeen(scene, new SeenHints(), { stationId, connectionId: 'first' });

    expect(await connect('second', noon + 1)).toBe('connected');

    const link = await scene.live.findLink(stationId);
    expect(link?.connectionId).toBe('second');
    expect(link?.callsFrom).toBeUndefined();
  });

  test('that is told of late does not take over from a later one', async () => {
    await connect('second', noon + 1);

    expect(await connect('first', noon)).toBe('superseded');

    expect(await scene.live.findLink(stationId)).toMatchObject({ connectionId: 'second' });
  });

  test('that ends takes the station offline', async () => {
    await connect('first');
    scene.now += minuteMs;

    expect(await disconnectStation(scene, { stationId, connectionId: 'first' })).toBe('disconnected');

    const link = await scene.live.findLink(stationId);
    expect(link).toMatchObject({ disconnectedAt: noon + minuteMs });
    expect(link?.connectionId).toBeUndefined();
  });

  test('that ended after the next one began says nothing about that one', async () => {
    await connect('first');
    await connect('second', noon + 1);

    expect(await disconnectStation(scene, { stationId, connectionId: 'first' })).toBe('not-current');

    const link = await scene.live.findLink(stationId);
    expect(link).toMatchObject({ connectionId: 'second' });
    expect(link?.disconnectedAt).toBeUndefined();
  });

  test('of a station is its tenant’s alone', async () => {
    const theirs = await newScene(db);
    await connect('first');

    expect(await disconnectStation(theirs, { stationId, connectionId: 'first' })).toBe('not-current');

    expect(await theirs.live.findLink(stationId)).toBeUndefined();
    expect(await scene.live.findLink(stationId)).toMatchObject({ connectionId: 'first' });
  });
});

describe('row 43: a frame', () => {
  const seen = { stationId, connectionId: 'first' };

  test('is noted as life, and the first one lets calls through', async () => {
    await connect('first');
    scene.now += 7;

    await noteSeen(scene, new SeenHints(), seen);

    expect(await scene.live.findLink(stationId)).toMatchObject({ lastSeenAt: noon + 7, callsFrom: noon + 7 });
  });

  test('is written once in two minutes and connection', async () => {
    const hints = new SeenHints();
    const written: number[] = [];
    const live: Scene['live'] = {
      ...scene.live,
      noteSeen: (note) => {
        written.push(note.at - noon);
        return scene.live.noteSeen(note);
      },
    };
    await connect('first');

    for (const at of [0, 1, 119_999, 120_000, 239_999, 240_000]) {
      scene.now = noon + at;
      await noteSeen({ ...scene, live }, hints, seen);
    }
    await noteSeen({ ...scene, live }, hints, { ...seen, connectionId: 'second' });

    expect(written).toEqual([0, 120_000, 240_000, 240_000]);
  });

  test('of an older connection is not the life of the present one', async () => {
    await connect('second');

    await noteSeen(scene, new SeenHints(), seen);

    const link = await scene.live.findLink(stationId);
    expect(link?.lastSeenAt).toBeUndefined();
    expect(link?.callsFrom).toBeUndefined();
  });

  test('that could not be noted is made up for by the next one', async () => {
    const hints = new SeenHints();
    const live = { ...scene.live, noteSeen: () => Promise.reject(new Error('throttled')) };
    await connect('first');
    await expect(noteSeen({ ...scene, live }, hints, seen)).rejects.toThrow('throttled');

    await noteSeen(scene, hints, seen);

    expect(await scene.live.findLink(stationId)).toMatchObject({ callsFrom: noon });
  });

  test('is written again for a connection that was forgotten among too many', () => {
    const hints = new SeenHints(2);

    const taken = ['a', 'b', 'a', 'c', 'a', 'b'].map((connectionId) => hints.take(connectionId, noon));

    expect(taken).toEqual([true, true, false, true, true, true]);
  });
});

describe('a boot', () => {
  const boot = { stationId, connectionId: 'first', manufacturer: 'Acme', model: 'Duo 22' };

  test('is accepted with the station’s heartbeat, and calls wait until its answer is there (row 39)', async () => {
    await scene.stations.createStation(aStation({ stationId, heartbeatIntervalS: 120 }));
    await connect('first');

    const registration = await registerBoot(scene, { ...boot, reason: 'PowerUp' });

    expect(registration).toEqual({ status: 'ACCEPTED', intervalS: 120, now: noon });
    const link = await scene.live.findLink(stationId);
    expect(link).toMatchObject({ bootedAt: noon, lastSeenAt: noon });
    expect(link?.callsFrom).toBeGreaterThan(noon);
    expect(link?.callsFrom).toBeLessThanOrEqual(noon + 5_000);
  });

  test('closes the gate again that an earlier frame opened', async () => {
    await scene.stations.createStation(aStation({ stationId }));
    await connect('first');
    await noteSeen(scene, new SeenHints(), boot);
    scene.now += 10;

    await registerBoot(scene, boot);

    expect((await scene.live.findLink(stationId))?.callsFrom).toBeGreaterThan(scene.now);
  });

  test('replaces what was written of the make, and nothing else', async () => {
    const before = aStation({ stationId, manufacturer: 'Typo', model: 'Typo', serialNumber: 'S-1' });
    await scene.stations.createStation(before);
    await connect('first');
    scene.now += minuteMs;

    await registerBoot(scene, { ...boot, firmwareVersion: '1.2' });

    expect(await scene.stations.findStation(stationId)).toEqual({
      ...before,
      manufacturer: 'Acme',
      model: 'Duo 22',
      firmwareVersion: '1.2',
      updatedAt: noon + minuteMs,
      revision: before.revision + 1,
    });
  });

  test('that says nothing new changes nothing', async () => {
    await scene.stations.createStation(aStation({ stationId }));
    await connect('first');

    await registerBoot(scene, boot);

    expect(await scene.stations.findStation(stationId)).toMatchObject({ revision: 1 });
  });

  test('leaves the owner’s change alone that is made at the same moment', async () => {
    const before = aStation({ stationId, model: 'Typo' });
    await scene.stations.createStation(before);
    const stations: Scene['stations'] = {
      ...scene.stations,
      replaceStation: async (next) => {
        await scene.stations.replaceStation({ ...before, name: 'Renamed', revision: 2 });
        return scene.stations.replaceStation(next);
      },
    };
    await connect('first');

    const registration = await registerBoot({ ...scene, stations }, boot);

    expect(registration.status).toBe('ACCEPTED');
    expect(await scene.stations.findStation(stationId)).toMatchObject({ name: 'Renamed', revision: 2 });
  });

  test.each([
    ['that nobody registered', undefined],
    ['that is out of service for good', aStation({ stationId, lifecycle: 'RETIRED' as const })],
  ])('of a station %s is rejected, and opens no gate', async (_, station) => {
    if (station) await scene.stations.createStation(station);
    await connect('first');

    const registration = await registerBoot(scene, boot);

    expect(registration.status).toBe('REJECTED');
    const link = await scene.live.findLink(stationId);
    expect(link?.callsFrom).toBeUndefined();
  });

  test('on an older connection does not touch the present one', async () => {
    await scene.stations.createStation(aStation({ stationId }));
    await connect('second');

    await registerBoot(scene, boot);

    expect((await scene.live.findLink(stationId))?.callsFrom).toBeUndefined();
  });
});
