import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  continueMaintenance,
  type MaintenanceStep,
  startMaintenance,
} from '#core/maintenance/maintenance.ts';
import { desireConfiguration } from '#core/reconcile/desire-configuration.ts';
import { newId } from '#platform/clock.ts';
import { callDesk } from '../../../functions/ocpp/call-desk.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene;
let handedOn: MaintenanceStep[];
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
  scene.now = Date.now();
  handedOn = [];
});
afterAll(() => db.close());

const ids = Array.from({ length: 60 }, (_, index) => `CS-${String(index).padStart(2, '0')}`);

function ports() {
  return {
    ...scene,
    calls: callDesk,
    newId,
    sealSecret: async (_: string, text: string) => text,
    handOn: async (step: MaintenanceStep) => void handedOn.push(step),
  };
}

async function given(stationIds: readonly string[]): Promise<void> {
  for (const [index, stationId] of stationIds.entries()) {
    const protocol = index % 2 === 0 ? 'ocpp1.6' : 'ocpp2.0.1';
    await scene.stations.createStation(aStation({ stationId, protocol }));
  }
}

/** Does all steps of a run; gives how many there were. */
async function run(): Promise<number> {
  let steps = 0;
  for (let next = handedOn.shift(); next !== undefined; steps += 1) {
    next = await continueMaintenance(ports(), next);
  }
  return steps;
}

const requestsTo = async (stationId: string) =>
  (await scene.commands.listQueued(stationId, 20)).map(({ request }) => request);

const asked = { task: 'CLEAR_CACHES', requestedBy: 'alice' } as const;

describe('maintenance', () => {
  test('comes to every station once, a few at a time, whether it is connected or not', async () => {
    await given(ids);

    const { maintenanceId } = await startMaintenance(ports(), asked);
    const steps = await run();

    expect(steps).toBe(3);
    for (const stationId of ids) {
      expect(await requestsTo(stationId), stationId).toEqual([
        { kind: 'CALL', action: 'ClearCache', payload: {} },
      ]);
    }
    expect(await scene.maintenance.findMaintenance('CLEAR_CACHES')).toEqual({
      maintenanceId,
      task: 'CLEAR_CACHES',
      startedAt: scene.now,
      startedBy: 'alice',
      stationsReached: 60,
      endedAt: scene.now,
    });
  });

  test('has stations of both versions tell their settings', async () => {
    await given(['CS-0', 'CS-1']);

    await startMaintenance(ports(), { ...asked, task: 'READ_CONFIGURATION' });
    await run();

    expect(await requestsTo('CS-0')).toMatchObject([{ kind: 'READ_ALL_SETTINGS' }]);
    expect(await requestsTo('CS-1')).toMatchObject([{ kind: 'READ_ALL_SETTINGS' }]);
  });

  test('brings stations to what is desired of them, and asks nothing twice however often it runs', async () => {
    await given(['CS-0']);
    await desireConfiguration(ports(), {
      scope: { of: 'STATION', stationId: 'CS-0' },
      settings: [{ key: 'HeartbeatInterval', value: '60' }],
      setBy: 'alice',
    });
    const task = 'RECONCILE_STATIONS';
    await startMaintenance(ports(), { ...asked, task });
    const [first] = handedOn;
    await run();
    if (first) await continueMaintenance(ports(), first);

    expect(await requestsTo('CS-0')).toEqual([
      { kind: 'CHANGE_SETTINGS', settings: [{ key: 'HeartbeatInterval', value: '60' }] },
    ]);
  });

  test('leaves out stations that are retired', async () => {
    await scene.stations.createStation(aStation({ stationId: 'CS-0', lifecycle: 'RETIRED' }));

    await startMaintenance(ports(), asked);
    await run();

    expect(await requestsTo('CS-0')).toEqual([]);
  });

  test('begins once while it runs, and anew once it has ended', async () => {
    await given(ids);
    const first = await startMaintenance(ports(), asked);
    const [step] = handedOn.splice(0);
    const next = step && (await continueMaintenance(ports(), step));

    const again = await startMaintenance(ports(), asked);
    expect(again).toMatchObject({ maintenanceId: first.maintenanceId, stationsReached: 25 });
    expect(handedOn).toEqual([]);

    handedOn.push(...(next ? [next] : []));
    await run();
    const anew = await startMaintenance(ports(), asked);
    expect(anew.maintenanceId).not.toBe(first.maintenanceId);
    expect(anew.stationsReached).toBe(0);
  });

  test('whose first step was lost is begun again by asking again', async () => {
    const first = await startMaintenance(ports(), asked);
    handedOn.splice(0);

    const again = await startMaintenance(ports(), asked);

    expect(again.maintenanceId).toBe(first.maintenanceId);
    expect(handedOn).toMatchObject([{ maintenanceId: first.maintenanceId, stationsReached: 0 }]);
  });

  test('that did not end within an hour stands in nobody’s way', async () => {
    await given(ids);
    const first = await startMaintenance(ports(), asked);
    scene.now += 3_600_001;

    const next = await startMaintenance(ports(), asked);

    expect(next.maintenanceId).not.toBe(first.maintenanceId);
  });

  test('of one tenant leaves the stations of others alone', async () => {
    await given(['CS-0']);
    const theirs = await newScene(db);
    await theirs.stations.createStation(aStation({ stationId: 'CS-0' }));

    await startMaintenance(ports(), asked);
    await run();

    expect(await theirs.commands.listQueued('CS-0', 20)).toEqual([]);
    expect(await theirs.maintenance.findMaintenance('CLEAR_CACHES')).toBeUndefined();
  });
});
