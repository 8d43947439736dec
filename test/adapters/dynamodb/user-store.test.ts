import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aToken, aUser, noon } from './samples.ts';

let db: TestDatabase;
let stores: Stores;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(() => {
  stores = db.storesOf();
});

const ids = ({ items }: { items: readonly { userId: string }[] }) => items.map(({ userId }) => userId);

describe('the user store', () => {
  test('gives a user back as they were created, by id, by e-mail however it is written, and by subject', async () => {
    const user = aUser({ email: 'Ada@Example.org', subject: 'sub-1' });

    expect(await stores.users.createUser(user)).toBe('created');

    expect(await stores.users.findUser('user-1')).toEqual(user);
    expect(await stores.users.findUserByEmail(' ada@EXAMPLE.org ')).toEqual(user);
    expect(await stores.users.findUserBySubject('sub-1')).toEqual(user);
    expect(await stores.users.findUsers(['nobody', 'user-1'])).toEqual([user]);
  });

  test('knows nobody by an address or a subject that is empty', async () => {
    expect(await stores.users.findUserByEmail(' ')).toBeUndefined();
    expect(await stores.users.findUserBySubject('')).toBeUndefined();
  });

  test('keeps the first of two users with one id, one address or one subject', async () => {
    await stores.users.createUser(aUser({ subject: 'sub-1' }));

    const outcomes = [
      await stores.users.createUser(aUser({ email: 'other@example.org' })),
      await stores.users.createUser(aUser({ userId: 'user-2', email: 'USER-1@example.org' })),
      await stores.users.createUser(aUser({ userId: 'user-2', subject: 'sub-1' })),
    ];

    expect(outcomes).toEqual(['exists', 'email-taken', 'subject-taken']);
    expect(await stores.users.findUser('user-2')).toBeUndefined();
    expect(await stores.users.findUserByEmail('user-2@example.org')).toBeUndefined();
  });

  test('lets one of many who take an address at the same time have it', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        stores.users.createUser(aUser({ userId: `user-${index}`, email: 'same@example.org' })),
      ),
    );

    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect((await stores.users.listUsers({}, { limit: 20 })).items).toHaveLength(1);
  });

  test('has the same address in two tenants', async () => {
    const theirs = db.storesOf();
    await theirs.users.createUser(aUser({ userId: 'theirs', email: 'same@example.org', subject: 'sub-1' }));

    const created = await stores.users.createUser(aUser({ email: 'same@example.org', subject: 'sub-1' }));

    expect(created).toBe('created');
    expect((await stores.users.findUserByEmail('same@example.org'))?.userId).toBe('user-1');
    expect((await theirs.users.findUserBySubject('sub-1'))?.userId).toBe('theirs');
    expect(await theirs.users.findUser('user-1')).toBeUndefined();
    expect(ids(await theirs.users.listUsers({}, { limit: 10 }))).toEqual(['theirs']);
  });

  test('frees the address that a user leaves, and refuses one that another has', async () => {
    const before = aUser();
    await stores.users.createUser(before);
    await stores.users.createUser(aUser({ userId: 'user-2' }));
    const moved = { ...before, email: 'moved@example.org', revision: 2 };

    const outcomes = [
      await stores.users.replaceUser({ ...before, email: 'User-2@example.org', revision: 2 }, before),
      await stores.users.replaceUser(moved, before),
      await stores.users.createUser(aUser({ userId: 'user-3', email: 'user-1@example.org' })),
    ];

    expect(outcomes).toEqual(['email-taken', 'replaced', 'created']);
    expect(await stores.users.findUserByEmail('moved@example.org')).toEqual(moved);
  });

  test('lets one of many concurrent replacements win', async () => {
    const before = aUser();
    await stores.users.createUser(before);

    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        stores.users.replaceUser({ ...before, email: `new-${index}@example.org`, revision: 2 }, before),
      ),
    );

    expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1);
    const now = await stores.users.findUser('user-1');
    expect(await stores.users.findUserByEmail(now?.email ?? '')).toEqual(now);
  });

  test('notes a sign-in once in a while, whoever changes the user meanwhile', async () => {
    const before = aUser();
    await stores.users.createUser(before);
    const everyMs = 3_600_000;

    await stores.users.noteLogin('user-1', { at: noon, everyMs });
    await stores.users.noteLogin('user-1', { at: noon + everyMs - 1, everyMs });
    await stores.users.replaceUser({ ...before, firstName: 'Augusta', revision: 2 }, before);
    const soon = await stores.users.findUser('user-1');
    await stores.users.noteLogin('user-1', { at: noon + everyMs, everyMs });
    await stores.users.noteLogin('nobody', { at: noon, everyMs });

    expect(soon).toMatchObject({ firstName: 'Augusta', lastLoginAt: noon });
    expect((await stores.users.findUser('user-1'))?.lastLoginAt).toBe(noon + everyMs);
    expect(await stores.users.findUser('nobody')).toBeUndefined();
  });

  test('lists oldest first, in pages, by status, type and moments', async () => {
    const { users } = stores;
    await users.createUser(aUser({ userId: 'a', createdAt: noon - 2 }));
    await users.createUser(aUser({ userId: 'b', userType: 'OPERATOR', createdAt: noon - 1 }));
    await users.createUser(aUser({ userId: 'c', status: 'BLOCKED', lastLoginAt: noon }));

    const first = await users.listUsers({}, { limit: 2 });
    const second = await users.listUsers({}, { limit: 2, cursor: first.cursor ?? '' });

    expect([ids(first), ids(second)]).toEqual([['a', 'b'], ['c']]);
    const page = { limit: 10 };
    expect(ids(await users.listUsers({ statuses: ['ACTIVE', 'PENDING'] }, page))).toEqual(['a', 'b']);
    expect(ids(await users.listUsers({ userTypes: ['DRIVER'], statuses: ['ACTIVE'] }, page))).toEqual(['a']);
    expect(ids(await users.listUsers({ createdFrom: noon - 1 }, page))).toEqual(['b', 'c']);
    expect(ids(await users.listUsers({ lastLoginFrom: noon }, page))).toEqual(['c']);
    expect(ids(await users.listUsers({ lastLoginFrom: noon + 1 }, page))).toEqual([]);
  });
});

describe('tokens of a user', () => {
  const uidsOf = async (userId: string) =>
    (await stores.tokens.listTokensOfUser(userId, { limit: 10 })).items.map(({ uid }) => uid);

  test('are those that name the user now, in the order of their uids, in pages', async () => {
    const { tokens } = stores;
    for (const uid of ['B', 'A', 'C']) await tokens.createToken(aToken({ uid }));
    await tokens.createToken(aToken({ uid: 'X', userId: 'user-2' }));
    await tokens.replaceToken(aToken({ uid: 'C', userId: 'user-2', revision: 2 }));

    const first = await tokens.listTokensOfUser('user-1', { limit: 1 });
    const second = await tokens.listTokensOfUser('user-1', { limit: 1, cursor: first.cursor ?? '' });

    expect([first, second].flatMap(({ items }) => items.map(({ uid }) => uid))).toEqual(['A', 'B']);
    expect(await uidsOf('user-2')).toEqual(['C', 'X']);
    expect(await db.storesOf().tokens.listTokensOfUser('user-1', { limit: 10 })).toEqual({ items: [] });
  });

  test('go when a token is taken from its user', async () => {
    const { userId: _, ...nobodys } = aToken({ uid: 'A', revision: 2 });
    await stores.tokens.createToken(aToken({ uid: 'A' }));

    await stores.tokens.replaceToken(nobodys);

    expect(await uidsOf('user-1')).toEqual([]);
    expect(await stores.tokens.findToken('A')).toEqual(nobodys);
  });

  test('are given to active users alone, to the moment', async () => {
    const { users, tokens } = stores;
    const blocked = aUser({ status: 'BLOCKED' });
    await users.createUser(blocked);
    await tokens.createToken(aToken({ uid: 'OLD' }));
    const given = { holderIsActive: true };

    const outcomes = [
      await tokens.createToken(aToken({ uid: 'NEW' }), given),
      await tokens.createToken(aToken({ uid: 'NEW', userId: 'nobody' }), given),
      await tokens.replaceToken(aToken({ uid: 'OLD', revision: 2 }), given),
    ];
    await users.replaceUser({ ...blocked, status: 'ACTIVE', revision: 2 }, blocked);
    const then = await tokens.createToken(aToken({ uid: 'NEW' }), given);

    expect(outcomes).toEqual(['holder-not-active', 'holder-not-active', 'holder-not-active']);
    expect(then).toBe('created');
    expect(await uidsOf('user-1')).toEqual(['NEW', 'OLD']);
  });
});
