import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newSecret } from '#adapters/crypto/new-secret.ts';
import { tenantSeal } from '#adapters/crypto/tenant-seal.ts';
import { createApiKey } from '#core/api-keys/manage-api-keys.ts';
import { DomainError } from '#core/errors.ts';
import { type Attempt, type OncePorts, performOnce } from '#core/idempotency/perform-once.ts';
import { newId } from '#platform/clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene;
let ports: OncePorts;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await newScene(db);
  ports = { ...scene, newId, ...tenantSeal(scene.tenantId, async () => 'p'.repeat(64)) };
});

const once = (perform: (attempt: Attempt) => Promise<unknown>, more: { arguments?: { n: number } } = {}) =>
  performOnce(
    ports,
    { subject: 'alice', action: 'do', clientToken: 'once', arguments: { n: 1 }, ...more },
    perform,
  );

/** What an attempt was made with, after which it ends like this. */
async function attemptEnding(end: () => unknown, more?: { arguments: { n: number } }) {
  let seen: { isRepeat: boolean; ids: readonly string[] } | undefined;
  const result = await once(async (attempt) => {
    seen = { isRepeat: attempt.isRepeat, ids: [attempt.newId(), attempt.newId(), attempt.newId()] };
    return end();
  }, more).catch((error: unknown) => error);
  return { ...seen, result };
}

const timedOut = () => {
  throw new DomainError('Timeout', 'nobody answered yet');
};
const refused = () => {
  throw new DomainError('Conflict', 'not like this');
};
const broken = () => {
  throw new Error('the table is away');
};

describe('a call with a name of its own', () => {
  test.each([
    ['ended with Timeout', timedOut],
    ['broke off', broken],
  ])('that %s is gone on with, under the same ids', async (_, end) => {
    const first = await attemptEnding(end);
    scene.now += 60_000;
    const second = await attemptEnding(() => 'done');

    expect(first).toMatchObject({ isRepeat: false, result: expect.any(Error) });
    expect(second).toEqual({ isRepeat: true, ids: first.ids, result: 'done' });
    expect(await attemptEnding(() => 'again')).toEqual({ result: 'done' });
  });

  test('that may have happened is a conflict with other arguments', async () => {
    await attemptEnding(timedOut);

    const { result } = await attemptEnding(() => 'done', { arguments: { n: 2 } });

    expect(result).toMatchObject({ code: 'Conflict', field: 'clientToken' });
  });

  test('that was refused is made anew, under other ids', async () => {
    const first = await attemptEnding(refused);
    scene.now += 1;
    const second = await attemptEnding(() => 'done');

    expect(second).toMatchObject({ isRepeat: false, result: 'done' });
    expect(second.ids).not.toEqual(first.ids);
  });

  test('that died is taken over by one of those who ask again, once no attempt lives so long', async () => {
    const entered = Promise.withResolvers<Attempt>();
    const death = Promise.withResolvers<unknown>();
    const dying = once((attempt) => {
      entered.resolve(attempt);
      return death.promise;
    });
    const { newId: idOfTheDying } = await entered.promise;
    expect(await attemptEnding(() => 'too soon')).toMatchObject({ result: { code: 'Conflict' } });
    scene.now += 35_000;

    const after = await Promise.all([1, 2, 3].map(() => attemptEnding(() => 'done')));
    death.resolve('too late');
    await dying;

    const taken = after.filter(({ ids }) => ids !== undefined);
    expect(taken).toMatchObject([{ isRepeat: true, result: 'done' }]);
    expect(taken[0]?.ids?.[0]).toBe(idOfTheDying());
    expect(await attemptEnding(() => 'again')).toEqual({ result: 'done' });
  });

  test('has ids of its own, in the order they were made', async () => {
    const { ids = [] } = await attemptEnding(timedOut);
    const others = await performOnce(
      ports,
      { subject: 'bob', action: 'do', clientToken: 'once', arguments: { n: 1 } },
      async (attempt) => [attempt.newId(), attempt.newId()],
    );

    expect(ids).toEqual([...new Set(ids)].toSorted());
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
    expect(others).not.toContain(ids[0]);
  });
});

test('an API key whose answer was lost is there once, and its new secret is the one that counts', async () => {
  const creator = { subject: 'alice', roles: ['TENANT_ADMIN'] };
  const create = (attempt: Attempt) =>
    createApiKey({ ...scene, ...attempt, newSecret }, creator, { name: 'ERP', roles: ['VIEWER'] });
  const lost = once(async (attempt) => {
    await create(attempt);
    throw new Error('the connection broke');
  });
  await expect(lost).rejects.toThrow('broke');

  const made = (await once(create)) as Awaited<ReturnType<typeof create>>;

  const { items } = await scene.apiKeys.listKeys({ limit: 10 });
  expect(items).toMatchObject([
    { clientId: made.key.clientId, secretDigest: scene.digest(made.secret), createdBy: 'alice' },
  ]);
});
