import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { givenToken } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  asked = await newAsked(db);
  await asked.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
  await givenToken(asked.scene, { uid: 'AA01' });
});

const versionOf = async (field: string, args: View) => ((await asked.ask(field, args)) as View).version;

describe('a change that names the version it was made from', () => {
  const rename = (name: string, version?: number | null) =>
    asked.ask('Mutation.updateStation', { id: 'CS-1', input: { name }, version });

  test('happens while nobody else changed the station, and counts it up', async () => {
    const read = (await versionOf('Query.station', { id: 'CS-1' })) as number;

    await rename('North', read);

    expect(await versionOf('Query.station', { id: 'CS-1' })).toBe(read + 1);
  });

  test('is a conflict once somebody did, and changes nothing', async () => {
    const read = (await versionOf('Query.station', { id: 'CS-1' })) as number;
    await rename('North', read);

    await expect(rename('South', read)).rejects.toMatchObject({ code: 'Conflict', field: 'version' });

    expect(await asked.ask('Query.station', { id: 'CS-1' })).toMatchObject({ name: 'North' });
  });

  test('of two made from the same version at once happens for one', async () => {
    const read = (await versionOf('Query.station', { id: 'CS-1' })) as number;

    const results = await Promise.allSettled(['A', 'B', 'C', 'D'].map((name) => rename(name, read)));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'Conflict' });
    }
  });

  test('need not: then the last one to write wins', async () => {
    await rename('North');
    await rename('South', null);

    expect(await asked.ask('Query.station', { id: 'CS-1' })).toMatchObject({ name: 'South' });
  });

  test('holds for locations and for the tenant alike', async () => {
    const { tenantId } = asked.scene;
    await asked.ask('Mutation.createLocation', { input: { id: 'YARD', name: 'Yard' } });
    const changes = [
      ['Query.location', 'Mutation.updateLocation', { id: 'YARD' }],
      ['Query.tenant', 'Mutation.updateTenant', { id: tenantId }],
    ] as const;

    for (const [read, update, args] of changes) {
      const rename = (name: string, version?: unknown) =>
        asked.ask(update, { ...args, input: { name }, version });
      const first = await versionOf(read, args);
      const second = ((await rename('North', first)) as View).version;

      expect([first, second], update).toEqual([1, 2]);
      await expect(rename('South', first), update).rejects.toMatchObject({
        code: 'Conflict',
        field: 'version',
      });
      expect(await asked.ask(read, args), update).toMatchObject({ name: 'North', version: 2 });
    }
  });

  test('holds for tokens alike', async () => {
    const block = (version: unknown) => asked.ask('Mutation.blockAuthToken', { id: 'AA01', version });
    const { version } = (await block(1)) as { version: number };

    for (const field of ['blockAuthToken', 'unblockAuthToken', 'updateAuthToken']) {
      const stale = asked.ask(`Mutation.${field}`, { id: 'AA01', input: { visualId: 'x' }, version: 1 });

      await expect(stale, field).rejects.toMatchObject({ code: 'Conflict', field: 'version' });
    }
    expect(await versionOf('Mutation.unblockAuthToken', { id: 'AA01', version })).toBe(version + 1);
  });
});
