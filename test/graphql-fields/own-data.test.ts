import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSession } from '#core/sessions/start-session.ts';
import { fields } from '../../functions/graphql/fields.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { givenToken, minuteMs, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
const sessionOf: Record<string, string> = {};
beforeAll(async () => {
  db = await startTestDatabase();
  asked = await newAsked(db);
  const { scene } = asked;
  await scene.stations.createStation(aStation({ stationId: 'CS-1' }));
  for (const [index, userId] of ['dora', 'emil'].entries()) {
    const uid = `AA0${index}`;
    await givenToken(scene, { uid, userId });
    const { sessionId } = await startSession(scene, {
      stationId: 'CS-1',
      connector: { evseId: index + 1, connectorId: 1 },
      token: { uid, tokenType: 'RFID' },
      startedAt: noon + index * minuteMs,
      meterStartWh: 0,
    });
    sessionOf[userId] = sessionId;
  }
});
afterAll(() => db.close());

const askAs =
  (subject: string, roles: string[]) =>
  async (field: string, args: View = {}) => {
    const caller = { tenantId: asked.scene.tenantId, subject, roles };
    const resolve = fields[field];
    if (!resolve) throw new Error(`no field ${field}`);
    return resolve({ field, caller, arguments: args }, asked.services);
  };
const dora = askAs('dora', ['DRIVER']);
const ids = (list: unknown) => (list as View[]).map(({ sessionId }) => sessionId);

describe('a driver', () => {
  test('reads their own session, and of others as little as of none', async () => {
    expect(await dora('Query.session', { id: sessionOf.dora })).toMatchObject({ stationId: 'CS-1' });
    expect(await dora('Query.session', { id: sessionOf.emil })).toBeNull();
    expect(await dora('Query.session', { id: 'never-was' })).toBeNull();
    expect(await dora('Query.realTimeMetrics', { sessionId: sessionOf.dora })).not.toBeNull();
    expect(await dora('Query.realTimeMetrics', { sessionId: sessionOf.emil })).toBeNull();
  });

  test('lists their own sessions, whatever the filter says', async () => {
    const filters = [
      undefined,
      { stationIds: ['CS-1'] },
      { userIds: ['dora'] },
      { status: ['ACTIVE'] },
      { startAfter: new Date(noon - 1).toISOString() },
    ];

    for (const filter of filters) {
      expect(ids(await dora('Query.sessions', { filter })), JSON.stringify(filter)).toEqual([sessionOf.dora]);
    }
    expect(ids(await dora('Query.sessions', { filter: { userIds: ['emil'] } }))).toEqual([]);
    expect(ids(await dora('Query.sessions', { filter: { userIds: ['emil'], status: ['ACTIVE'] } }))).toEqual(
      [],
    );
    expect(ids(await dora('Query.sessions', { filter: { stationIds: ['CS-2'] } }))).toEqual([]);
    const page = (await dora('Query.sessionsPage', { limit: 1 })) as { items: View[] };
    expect(ids(page.items)).toEqual([sessionOf.dora]);
  });

  test('reads their own tokens and no others', async () => {
    expect(await dora('Query.authToken', { id: 'aa00' })).toMatchObject({ uid: 'AA00', version: 1 });
    expect(await dora('Query.authToken', { id: 'AA01' })).toBeNull();
    expect(await dora('Query.authTokensPage')).toEqual({
      items: [expect.objectContaining({ uid: 'AA00' })],
      nextToken: null,
    });
    await expect(dora('Query.authTokensPage', { userId: 'emil' })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'userId',
    });
  });

  test('without a name owns nothing', async () => {
    const nobody = askAs('', ['DRIVER']);

    expect(await nobody('Query.session', { id: sessionOf.dora })).toBeNull();
    expect(await nobody('Query.authToken', { id: 'AA00' })).toBeNull();
  });

  test('follows their own sessions, by name; foreign ones are as unknown as any', async () => {
    const follow = (sessionIds?: unknown) => dora('Subscription.sessionUpdates', { sessionIds });

    expect(await follow([sessionOf.dora])).toEqual({ tenantId: asked.scene.tenantId });
    await expect(follow(undefined)).rejects.toMatchObject({ code: 'Validation', field: 'sessionIds' });
    const foreign = await follow([sessionOf.dora, sessionOf.emil]).catch((error: Error) => error.message);
    const unknown = await follow([sessionOf.dora, 'never-was']).catch((error: Error) => error.message);
    expect(String(foreign).replace(String(sessionOf.emil), '')).toBe(
      String(unknown).replace('never-was', ''),
    );
  });

  test('who is an operator too sees everybody’s', async () => {
    const both = askAs('dora', ['DRIVER', 'OPERATOR']);

    expect(ids(await both('Query.sessions'))).toHaveLength(2);
    expect(await both('Subscription.sessionUpdates', {})).toEqual({ tenantId: asked.scene.tenantId });
  });
});
