import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteVariables } from '#core/device-model/note-variables.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { aStation, aUser } from '../adapters/dynamodb/samples.ts';
import { givenToken, goodUid, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from '../workers/worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let ours: Scene;
let theirs: Scene;
let handler: typeof import('../../functions/graphql/resolve-field.handler.ts').handler;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  process.env.STATION_API_ENDPOINT = 'http://127.0.0.1:1/stations';
  process.env.PEPPER_SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:pepper';
  process.env.ALLOWED_SECURITY_PROFILES = '1,2,3';
  process.env.MAINTENANCE_QUEUE_URL = 'http://127.0.0.1:1/maintenance';
  process.env.TIMERS_QUEUE_URL = 'http://127.0.0.1:1/timers';
  ({ handler } = await import('../../functions/graphql/resolve-field.handler.ts'));
  [ours, theirs] = [await newScene(db), await newScene(db)];
  await ours.stations.createStation(aStation({ stationId: 'CS-1', name: 'Ours' }));
  await theirs.stations.createStation(aStation({ stationId: 'CS-1', name: 'Theirs' }));
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

function request(scene: Scene, field: string, more: Record<string, unknown> = {}) {
  return { field, caller: { tenantId: scene.tenantId, subject: 'alice', roles: ['VIEWER'] }, ...more };
}

const resolve = (event: unknown) => handler(event, lambdaContext);

describe('the door of GraphQL', () => {
  test('answers each caller from their own tenant', async () => {
    const station = (scene: Scene) => resolve(request(scene, 'Query.station', { arguments: { id: 'CS-1' } }));

    expect(await station(ours)).toMatchObject({ name: 'Ours' });
    expect(await station(theirs)).toMatchObject({ name: 'Theirs' });
  });

  test('answers a batch in its order', async () => {
    const sources = [{ stationId: 'CS-1' }, { stationId: 'CS-9' }];

    const answers = await resolve(
      sources.map((source) => request(ours, 'ChargingSession.station', { source })),
    );

    expect(answers).toMatchObject([{ name: 'Ours' }, null]);
  });

  test('answers one of a batched field alone', async () => {
    await startSession(ours, {
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });

    const source = { stationId: 'CS-1' };

    expect(await resolve(request(ours, 'ChargingStation.activeSessions', { source }))).toHaveLength(1);
    expect(await resolve(request(theirs, 'ChargingStation.activeSessions', { source }))).toEqual([]);
  });

  test('gives a refusal as an answer that names the field at fault', async () => {
    const answer = await resolve(request(ours, 'Query.stationStatus', { arguments: { stationId: 'CS-9' } }));

    expect(answer).toEqual({
      error: { type: 'NotFound', message: 'station CS-9 is not known', field: 'stationId' },
    });
  });

  test('does not take a batch of several tenants or fields', async () => {
    const mixed = [request(ours, 'ChargingSession.station'), request(theirs, 'ChargingSession.station')];
    const muddled = [request(ours, 'ChargingSession.station'), request(ours, 'ChargingSession.cdr')];

    await expect(resolve(mixed)).rejects.toThrow('one tenant');
    await expect(resolve(muddled)).rejects.toThrow('one field');
  });

  test('fails for a field that it does not know, and for a caller without a tenant', async () => {
    await expect(resolve(request(ours, 'Query.everything'))).rejects.toThrow('Query.everything');
    await expect(
      resolve({ field: 'Query.stations', caller: { tenantId: '', subject: 'x', roles: [] } }),
    ).rejects.toThrow();
  });

  test('knows a driver as the user who signs in, and nobody who is blocked', async () => {
    const user = aUser({ subject: 'sub-1' });
    await ours.users.createUser(user);
    await givenToken(ours, { uid: 'OWN', userId: user.userId });
    const { sessionId } = await startSession(ours, {
      stationId: 'CS-1',
      connector: { evseId: 2, connectorId: 1 },
      token: { uid: 'OWN', tokenType: 'RFID' },
      startedAt: noon,
      meterStartWh: 0,
    });
    const ask = (scene: Scene) => {
      const caller = { tenantId: scene.tenantId, subject: 'sub-1', roles: ['DRIVER'] };
      return resolve({ field: 'Query.session', caller, arguments: { id: sessionId } });
    };

    const own = await ask(ours);
    const abroad = await ask(theirs);
    await ours.users.replaceUser({ ...user, status: 'BLOCKED', revision: 2 }, user);

    expect(own).toMatchObject({ sessionId });
    expect(abroad).toBeNull();
    expect(await ask(ours)).toMatchObject({ error: { type: 'Unauthorized' } });
  });

  test('answers of a batch what Lambda can give back, and says of the rest that it is too much', async () => {
    const told = Array.from({ length: 80 }, (_, index) => ({
      component: { name: 'Configuration' },
      variable: { name: `Vendor${index}` },
      attributes: [{ type: 'ACTUAL' as const, value: 'x'.repeat(1_000) }],
    }));
    await noteVariables(ours, { stationId: 'CS-1', told, at: noon });
    const asking = Array.from({ length: 100 }, () =>
      request(ours, 'ChargingStation.configuration', { source: { stationId: 'CS-1' } }),
    );

    const answers = (await resolve(asking)) as { error?: { type: string }; entries?: unknown[] }[];

    expect(Buffer.byteLength(JSON.stringify(answers))).toBeLessThan(6 * 1024 * 1024);
    expect(answers).toHaveLength(100);
    expect(answers.at(0)?.entries).toHaveLength(80);
    expect(answers.at(-1)).toMatchObject({
      error: { type: 'Validation', message: expect.stringContaining('ask for fewer') },
    });
  });

  test('has nothing to answer to nothing', async () => {
    expect(await resolve([])).toEqual([]);
  });
});
