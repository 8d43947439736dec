import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aSession, aUser } from '../adapters/dynamodb/samples.ts';
import { blockedUid, expiredUid, goodUid, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
let theirs: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  [asked, theirs] = [await newAsked(db), await newAsked(db)];
});

const ada = { email: 'ada@example.org', userType: 'DRIVER' };
const create = async (input: View = {}, who: Asked = asked) =>
  (await who.ask('Mutation.createUser', { input: { ...ada, ...input } })) as View & { id: string };
const idsOf = (found: unknown) => (found as readonly View[]).map(({ id }) => id);

async function givenOpenSession(user: { id: string }, uid: string) {
  await asked.ask('Mutation.createAuthToken', { input: { uid, userId: user.id } });
  const session = aSession({ token: { uid, tokenType: 'RFID', status: 'ACCEPTED', userId: user.id } });
  await asked.scene.sessions.openSession(session, { occupies: false });
  const { sessionId } = session;
  await asked.scene.tokenUses.noteStart(uid, { sessionId, at: noon, forget: [] });
  return sessionId;
}

describe('a user', () => {
  test('is what was said of them, by id and by address, in their own tenant alone', async () => {
    const user = await create({ firstName: 'Ada', language: null, userGroups: ['fleet'] });

    expect(user).toMatchObject({
      ...ada,
      firstName: 'Ada',
      userGroups: ['fleet'],
      status: 'ACTIVE',
      roles: ['DRIVER'],
      createdAt: '2026-06-15T12:00:00.000Z',
      version: 1,
    });
    expect(await asked.ask('Query.user', { id: user.id })).toEqual(user);
    expect(await asked.ask('Query.userByEmail', { email: 'ADA@example.org' })).toEqual(user);
    expect(await theirs.ask('Query.user', { id: user.id })).toBeNull();
    expect(await theirs.ask('Query.userByEmail', { email: ada.email })).toBeNull();
    expect(await theirs.ask('Query.users')).toEqual([]);
    await expect(theirs.ask('Mutation.deleteUser', { id: user.id })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  test.each([
    ['input.email', { email: 'nobody' }],
    ['input.userType', { userType: 'ROBOT' }],
    ['input.status', { status: 'DELETED' }],
    ['input.roles.0', { roles: ['KING'] }],
    ['input.phone', { phone: 'x' }],
  ])('is refused when %s is wrong', async (field, input) => {
    await expect(create(input)).rejects.toMatchObject({ code: 'Validation', field });
  });

  test('is given no role above that of who asks', async () => {
    await expect(create({ roles: ['SUPER_ADMIN'] })).rejects.toMatchObject({
      code: 'NotAllowed',
      field: 'input.roles',
    });
  });

  test('is changed where it is said, as long as it is the version that was seen', async () => {
    const { id } = await create({ firstName: 'Ada', phone: '+33 1 23' });
    const update = (input: View, version?: number) =>
      asked.ask('Mutation.updateUser', { id, input, version });

    const changed = await update({ phone: null, lastName: 'Byron' }, 1);

    expect(changed).toMatchObject({ firstName: 'Ada', lastName: 'Byron', version: 2 });
    expect((changed as View).phone).toBeUndefined();
    await expect(update({ lastName: 'King' }, 1)).rejects.toMatchObject({ code: 'Conflict' });
    await expect(update({ email: null })).rejects.toMatchObject({ code: 'Validation', field: 'input.email' });
  });

  test('is expected until somebody lets them in', async () => {
    const { id } = await create({ status: 'PENDING' });
    const token = { uid: 'CARD', userId: id };

    await expect(asked.ask('Mutation.createAuthToken', { input: token })).rejects.toMatchObject({
      code: 'Validation',
      field: 'input.userId',
    });
    await asked.ask('Mutation.unblockUser', { id });

    expect(await asked.ask('Mutation.createAuthToken', { input: token })).toMatchObject({ uid: 'CARD' });
  });

  test('who is blocked has tokens that say so, and none of another tenant can be given to them', async () => {
    const { id } = await create();
    await asked.ask('Mutation.createAuthToken', { input: { uid: 'CARD', userId: id } });

    const blocked = await asked.ask('Mutation.blockUser', { id, reason: 'unpaid' });
    const [tokens] = await asked.askMany('User.authTokens', [{ userId: id }]);

    expect(blocked).toMatchObject({ status: 'BLOCKED', blockedReason: 'unpaid' });
    expect(tokens).toMatchObject([{ uid: 'CARD', isBlocked: true, isActive: true }]);
    const abroad = theirs.ask('Mutation.createAuthToken', { input: { uid: 'CARD', userId: id } });
    await expect(abroad).rejects.toMatchObject({ code: 'Validation', field: 'input.userId' });
  });

  test('who is deleted is found by id alone', async () => {
    const { id } = await create();

    expect(await asked.ask('Mutation.deleteUser', { id })).toBe(true);

    expect(await asked.ask('Query.user', { id })).toMatchObject({ id, status: 'DELETED', roles: [] });
    expect(await asked.ask('Query.userByEmail', { email: ada.email })).toBeNull();
    expect(await asked.ask('Query.users')).toEqual([]);
    expect(idsOf(await asked.ask('Query.users', { filter: { status: ['DELETED'] } }))).toEqual([id]);
  });
});

describe('the list of users', () => {
  test('comes oldest first, in pages, by every filter', async () => {
    const [one, other] = [await create(), await create({ email: 'b@example.org', userType: 'OPERATOR' })];
    const late = aUser({ userId: 'z', createdAt: noon + 1, lastLoginAt: noon + 5 });
    await asked.scene.users.createUser(late);
    const list = async (filter: View) => idsOf(await asked.ask('Query.users', { filter }));

    const first = (await asked.ask('Query.usersPage', { limit: 2 })) as View;
    const second = (await asked.ask('Query.usersPage', { limit: 2, nextToken: first.nextToken })) as View;

    expect([idsOf(first.items), idsOf(second.items)]).toEqual([[one.id, other.id], ['z']]);
    expect(second.nextToken).toBeNull();
    expect(await list({ userTypes: ['OPERATOR'] })).toEqual([other.id]);
    expect(await list({ userTypes: [], status: ['ACTIVE', 'BLOCKED'] })).toEqual([one.id, other.id, 'z']);
    expect(await list({ createdAfter: new Date(noon + 1).toISOString() })).toEqual(['z']);
    expect(await list({ lastLoginAfter: new Date(noon).toISOString() })).toEqual(['z']);
  });

  test('knows whose sessions run', async () => {
    const [charging, idle] = [await create(), await create({ email: 'b@example.org' })];
    await givenOpenSession(charging, 'CARD');
    const list = async (hasActiveSessions: boolean) =>
      idsOf(await asked.ask('Query.users', { filter: { hasActiveSessions } }));

    expect(await list(true)).toEqual([charging.id]);
    expect(await list(false)).toEqual([idle.id]);
  });
});

test('tokens are found by id, and listed in pages, all of them or those of a user', async () => {
  const user = await create();
  for (const uid of ['CARD-1', 'CARD-2', 'CARD-3']) {
    await asked.ask('Mutation.createAuthToken', { input: { uid, userId: user.id } });
  }
  const pages = async (args: View, who = asked) => {
    const uids: unknown[][] = [];
    let nextToken: unknown;
    do {
      const page = (await who.ask('Query.authTokensPage', { ...args, nextToken })) as View;
      uids.push((page.items as View[]).map(({ uid }) => uid));
      ({ nextToken } = page);
    } while (nextToken !== null);
    return uids;
  };

  expect(await asked.ask('Query.authToken', { id: ' card-1 ' })).toMatchObject({ id: 'CARD-1', version: 1 });
  expect(await theirs.ask('Query.authToken', { id: 'CARD-1' })).toBeNull();
  expect((await pages({ userId: user.id, limit: 2 })).flat()).toEqual(['CARD-1', 'CARD-2', 'CARD-3']);
  expect((await pages({ limit: 4 })).flat()).toEqual([
    goodUid,
    'CARD-1',
    'CARD-2',
    'CARD-3',
    blockedUid,
    expiredUid,
  ]);
  expect((await pages({ userId: user.id }, theirs)).flat()).toEqual([]);
});

describe('below a user and a session', () => {
  test('are each user’s own tokens and sessions, and each session’s user', async () => {
    const [one, other] = [await create(), await create({ email: 'b@example.org' })];
    const [first, second] = [await givenOpenSession(one, 'A'), await givenOpenSession(other, 'B')];
    const sources = [{ userId: other.id }, { userId: one.id }, { userId: 'nobody' }];

    const tokens = await asked.askMany('User.authTokens', sources);
    const sessions = await asked.askMany('User.sessions', sources);
    const users = await asked.askMany('ChargingSession.user', [...sources, {}]);

    expect(tokens).toMatchObject([[{ uid: 'B' }], [{ uid: 'A' }], []]);
    expect(sessions).toMatchObject([[{ id: second }], [{ id: first }], []]);
    expect(users).toMatchObject([{ id: other.id }, { id: one.id }, null, null]);
    expect(await theirs.askMany('User.sessions', sources)).toEqual([[], [], []]);
    expect(await theirs.askMany('ChargingSession.user', sources)).toEqual([null, null, null]);
  });
});
