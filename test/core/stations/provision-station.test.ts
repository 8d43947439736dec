import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSession } from '#core/sessions/start-session.ts';
import {
  createStation,
  deleteStation,
  type PasswordPort,
  type StationDescription,
  updateStation,
} from '#core/stations/provision-station.ts';
import type { SecurityProfile } from '#core/stations/station.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { goodUid, minuteMs, newScene, noon, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene & { passwords: PasswordPort; allowedProfiles: ReadonlySet<SecurityProfile> };
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  const passwords: PasswordPort = {
    generate: () => 'generated-password-1',
    hash: async (password) => ({ salt: 'salt', hash: `hash of ${password}` }),
  };
  scene = Object.assign(await newScene(db), { passwords, allowedProfiles: new Set([1, 2, 3] as const) });
});
afterAll(() => db.close());

function described(more: Partial<StationDescription> = {}): StationDescription {
  return {
    stationId: 'CS-1',
    name: 'Car park, left',
    protocol: 'ocpp1.6',
    securityProfile: 2,
    timeZone: 'Europe/Paris',
    connectors: [{ evseId: 1, connectorId: 1, connectorType: 'TYPE_2', maxPowerW: 22_000 }],
    ...more,
  };
}

const place = (evseId: number, connectorId = 1) => ({ evseId, connectorId, connectorType: 'TYPE_2' });

const named = (evseId: number, evseUid: string) => ({ ...place(evseId), evseUid });

/** What is wrong with a description, and the field that says so. */
const mistakes: readonly [string, string, Partial<StationDescription>][] = [
  ['an empty name', 'input.name', { name: '  ' }],
  ['a long name', 'input.name', { name: 'x'.repeat(101) }],
  ['a short password', 'input.password', { password: 'x'.repeat(15) }],
  ['a long password', 'input.password', { password: 'x'.repeat(41) }],
  ['a password with a blank', 'input.password', { password: 'sixteen letters and' }],
  ['a password that is not ASCII', 'input.password', { password: 'pässword-of-sixteen' }],
  ['a hasty heartbeat', 'input.heartbeatIntervalS', { heartbeatIntervalS: 9 }],
  ['a lazy heartbeat', 'input.heartbeatIntervalS', { heartbeatIntervalS: 301 }],
  ['a profile that this platform does not allow', 'input.securityProfile', { securityProfile: 0 }],
  ['no connectors', 'input.connectors', { connectors: [] }],
  [
    'too many connectors',
    'input.connectors',
    { connectors: Array.from({ length: 101 }, (_, i) => place(i + 1)) },
  ],
  ['a connector twice', 'input.connectors.1.connectorId', { connectors: [place(1), place(1)] }],
  ['EVSE 0', 'input.connectors.0.connectorId', { connectors: [place(0)] }],
  ['connector 0', 'input.connectors.0.connectorId', { connectors: [place(1, 0)] }],
  ['half a connector', 'input.connectors.0.connectorId', { connectors: [place(1, 1.5)] }],
  ['an EVSE name of two', 'input.connectors.1.evseUid', { connectors: [named(1, 'A'), named(2, 'a')] }],
  ['an EVSE of two names', 'input.connectors.1.evseUid', { connectors: [named(1, 'A'), { ...place(1, 2) }] }],
  ['a long EVSE name', 'input.connectors.0.evseUid', { connectors: [named(1, 'x'.repeat(37))] }],
  ['a skipped EVSE', 'input.connectors.1.connectorId', { connectors: [place(1), place(3)] }],
  ['a skipped connector', 'input.connectors.1.connectorId', { connectors: [place(1, 1), place(1, 3)] }],
  ['no first EVSE', 'input.connectors.0.connectorId', { connectors: [place(2)] }],
  [
    'a type of connector that nobody knows',
    'input.connectors.0.connectorType',
    { connectors: [{ ...place(1), connectorType: 'Type 2' }] },
  ],
  ['no power', 'input.connectors.0.maxPower', { connectors: [{ ...place(1), maxPowerW: 0 }] }],
];

test('row 45: the laziest heartbeat may be missed once before the transport cuts an idle connection', async () => {
  const idleCutS = 600;
  const { station } = await createStation(scene, { ...described(), heartbeatIntervalS: 300 });

  expect(station.heartbeatIntervalS * 2).toBeLessThanOrEqual(idleCutS);
});

describe('a new station', () => {
  test('is stored with the hash of its password, which is given back this once', async () => {
    const made = await createStation(scene, described());

    expect(made.password).toBe('generated-password-1');
    expect(await scene.stations.findStation('CS-1')).toEqual({
      ...described(),
      password: { salt: 'salt', hash: 'hash of generated-password-1' },
      heartbeatIntervalS: 300,
      lifecycle: 'ACTIVE',
      createdAt: noon,
      updatedAt: noon,
      revision: 1,
    });
  });

  test.each([
    [[1, 2, 3], 1],
    [[2, 3], 2],
  ] as const)('has, where %j are allowed and none is named, profile %i', async (allowed, expected) => {
    const { securityProfile: _, ...unsaid } = described();

    const { station, password } = await createStation(
      { ...scene, allowedProfiles: new Set(allowed) },
      unsaid,
    );

    expect(station.securityProfile).toBe(expected);
    expect(password).toBe('generated-password-1');
  });

  test('keeps the password it was given', async () => {
    const made = await createStation(scene, described({ password: 'the-one-I-want-1' }));

    expect(made.password).toBe('the-one-I-want-1');
    expect(made.station.password?.hash).toBe('hash of the-one-I-want-1');
  });

  test.each([0, 3] as const)('of security profile %d has none', async (securityProfile) => {
    const made = await createStation(
      { ...scene, allowedProfiles: new Set([securityProfile]) },
      described({ securityProfile }),
    );

    expect(made.password).toBeUndefined();
    expect(made.station.password).toBeUndefined();
  });

  test('has its connectors in the order of their numbers', async () => {
    const connectors = [place(2, 2), place(1), place(2, 1)];

    const { station } = await createStation(scene, described({ connectors }));

    expect(station.connectors).toEqual([place(1), place(2, 1), place(2, 2)]);
  });

  test('of an id that is taken is refused, and changes nothing', async () => {
    await createStation(scene, described());

    const again = createStation(scene, described({ name: 'Other' }));

    await expect(again).rejects.toMatchObject({ code: 'Conflict', field: 'input.stationId' });
    expect(await scene.stations.findStation('CS-1')).toMatchObject({ name: 'Car park, left' });
  });

  test('may have an id that another tenant has', async () => {
    const theirs = Object.assign(await newScene(db), {
      passwords: scene.passwords,
      allowedProfiles: scene.allowedProfiles,
    });
    await createStation(theirs, described({ name: 'Theirs' }));

    await createStation(scene, described());

    expect(await theirs.stations.findStation('CS-1')).toMatchObject({ name: 'Theirs' });
  });

  test.each(['', 'x'.repeat(49), 'CS/1', 'CS#1', 'CS%1', 'CS 1', 'CS-é'])(
    'row 33: is refused under the id "%s"',
    async (stationId) => {
      const made = createStation(scene, described({ stationId }));

      await expect(made).rejects.toMatchObject({ code: 'Validation', field: 'input.stationId' });
    },
  );

  test.each(mistakes)('is refused for %s', async (_, field, mistake) => {
    const made = createStation(scene, described(mistake));

    await expect(made).rejects.toMatchObject({ name: 'DomainError', code: 'Validation', field });
    expect(await scene.stations.findStation('CS-1')).toBeUndefined();
  });
});

describe('a change of a station', () => {
  test('touches what is named and counts the revision', async () => {
    const { station } = await createStation(scene, described({ address: 'Here' }));
    scene.now += minuteMs;

    await updateStation(scene, 'CS-1', { name: 'Renamed', lifecycle: 'MAINTENANCE' });

    expect(await scene.stations.findStation('CS-1')).toEqual({
      ...station,
      name: 'Renamed',
      lifecycle: 'MAINTENANCE',
      updatedAt: noon + minuteMs,
      revision: 2,
    });
  });

  test('sets a new password', async () => {
    await createStation(scene, described());

    const { password } = await updateStation(scene, 'CS-1', { password: 'another-password-1' });

    expect(password?.hash).toBe('hash of another-password-1');
  });

  test('to a lower profile is told to operators, to a higher one to nobody', async () => {
    await createStation(scene, described({ securityProfile: 2 }));
    const kinds = async () => {
      const { items } = await scene.alerts.listAlerts({ stationId: 'CS-1' }, { limit: 5 });
      return items.map(({ kind, severity }) => [kind, severity]);
    };

    await updateStation(scene, 'CS-1', { securityProfile: 3 });
    const raised = await kinds();
    await updateStation(scene, 'CS-1', { securityProfile: 1 });

    expect(raised).toEqual([]);
    expect(await kinds()).toEqual([['SECURITY_PROFILE_LOWERED', 'HIGH']]);
  });

  test('to a profile with passwords needs one', async () => {
    await createStation(scene, described({ securityProfile: 3 }));

    const change = updateStation(scene, 'CS-1', { securityProfile: 2 });

    await expect(change).rejects.toMatchObject({ code: 'Validation', field: 'input.password' });
    await expect(
      updateStation(scene, 'CS-1', { securityProfile: 2, password: 'another-password-1' }),
    ).resolves.toMatchObject({ securityProfile: 2 });
  });

  test.each(mistakes)('is refused for %s', async (_, field, mistake) => {
    const { station } = await createStation(scene, described());

    const change = updateStation(scene, 'CS-1', mistake);

    await expect(change).rejects.toMatchObject({ code: 'Validation', field });
    expect(await scene.stations.findStation('CS-1')).toEqual(station);
  });

  test('of a station nobody knows is refused', async () => {
    await expect(updateStation(scene, 'CS-9', { name: 'x' })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'id',
    });
  });

  test('is one of two that are made at once: the other is told', async () => {
    await createStation(scene, described());

    const results = await Promise.allSettled(
      ['One', 'Two'].map((name) => updateStation(scene, 'CS-1', { name })),
    );

    const made = results.filter(({ status }) => status === 'fulfilled');
    const refused = results.filter((result) => result.status === 'rejected');
    expect(made.length + refused.length).toBe(2);
    expect(made.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'Conflict' });
    expect((await scene.stations.findStation('CS-1'))?.revision).toBe(1 + made.length);
  });

  test('does not overwrite one that was made since it was read', async () => {
    const { station } = await createStation(scene, described());
    const stations: Scene['stations'] = {
      ...scene.stations,
      replaceStation: async (next) => {
        await scene.stations.replaceStation({ ...station, name: 'First', revision: 2 });
        return scene.stations.replaceStation(next);
      },
    };

    const change = updateStation({ ...scene, stations }, 'CS-1', { name: 'Second' });

    await expect(change).rejects.toMatchObject({ code: 'Conflict' });
    expect(await scene.stations.findStation('CS-1')).toMatchObject({ name: 'First' });
  });
});

describe('the removal of a station', () => {
  test('leaves nothing of it to find', async () => {
    await createStation(scene, described());

    await deleteStation(scene, 'CS-1');

    expect(await scene.stations.findStation('CS-1')).toBeUndefined();
  });

  test('waits for the end of its sessions', async () => {
    await createStation(scene, described());
    await startSession(scene, {
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });

    await expect(deleteStation(scene, 'CS-1')).rejects.toMatchObject({ code: 'Conflict', field: 'id' });

    expect(await scene.stations.findStation('CS-1')).toBeDefined();
  });

  test('of one nobody knows is refused', async () => {
    await expect(deleteStation(scene, 'CS-9')).rejects.toMatchObject({ code: 'NotFound', field: 'id' });
  });
});
