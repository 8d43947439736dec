import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SetTimer, Timer } from '#core/timers.ts';
import { authorizeToken } from '#core/tokens/authorize-token.ts';
import { createToken, saveToken } from '#core/tokens/provision-token.ts';
import { markTokens } from '#core/users/mark-tokens.ts';
import { openSessionsOf } from '#core/users/open-sessions.ts';
import { blockUser, createUser, deleteUser, unblockUser, updateUser } from '#core/users/provision-user.ts';
import type { User, UserRole } from '#core/users/user.ts';
import { newId } from '#platform/clock.ts';
import { aSession } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene, noon, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene & { newId: typeof newId; setTimer: SetTimer };
let timers: { readonly timer: Timer; readonly at: number }[];
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  timers = [];
  const setTimer: SetTimer = async (timer, at) => void timers.push({ timer, at });
  scene = { ...(await newScene(db)), newId, setTimer };
});
afterAll(() => db.close());

const admin = { subject: 'admin', roles: ['TENANT_ADMIN'] };
const platform = { subject: 'root', roles: ['SUPER_ADMIN'] };
const driver = { email: 'ada@example.org', userType: 'DRIVER' } as const;

const givenUser = (more: object = {}): Promise<User> => createUser(scene, { ...driver, ...more }, admin);
const givenCard = (uid: string, user: User) =>
  createToken(scene, { uid, tokenType: 'RFID', userId: user.userId });
const verdictOn = async (uid: string) => (await authorizeToken(scene, { uid, tokenType: 'RFID' })).status;

async function givenOpenSession(uid: string, user: User): Promise<string> {
  const { userId } = user;
  const session = aSession({ token: { uid, tokenType: 'RFID', status: 'ACCEPTED', userId } });
  const { sessionId } = session;
  await scene.sessions.openSession(session, { occupies: false });
  await scene.tokenUses.noteStart(uid, { sessionId, at: noon, forget: [] });
  return sessionId;
}

describe('a new user', () => {
  test('is active, and may do what users of that type usually may', async () => {
    const user = await givenUser({ firstName: ' Ada ', phone: '+33 1 23', userGroups: ['a', 'a '] });

    expect(user).toEqual({
      userId: user.userId,
      ...driver,
      firstName: 'Ada',
      phone: '+33 1 23',
      userGroups: ['a'],
      roles: ['DRIVER'],
      status: 'ACTIVE',
      createdAt: noon,
      updatedAt: noon,
      revision: 1,
    });
    expect(await scene.users.findUser(user.userId)).toEqual(user);
  });

  test.each([
    ['email', { email: 'nobody' }],
    ['email', { email: 'a@b@example.org' }],
    ['email', { email: `${'a'.repeat(250)}@example.org` }],
    ['firstName', { firstName: '  ' }],
    ['lastName', { lastName: 'x'.repeat(101) }],
    ['phone', { phone: 'call me' }],
    ['language', { language: 'French, please' }],
    ['userGroups', { userGroups: [''] }],
    ['userGroups', { userGroups: Array.from({ length: 51 }, (_, index) => `g${index}`) }],
    ['subject', { subject: ' ' }],
  ])('is refused for a bad %s', async (field, more) => {
    await expect(givenUser(more)).rejects.toMatchObject({ code: 'Validation', field: `input.${field}` });
  });

  test('has an address and a sign-in that nobody else has', async () => {
    await givenUser({ subject: 'sub-1' });

    await expect(givenUser({ email: 'ADA@example.org' })).rejects.toMatchObject({
      code: 'Conflict',
      field: 'input.email',
    });
    await expect(givenUser({ email: 'b@example.org', subject: 'sub-1' })).rejects.toMatchObject({
      code: 'Conflict',
      field: 'input.subject',
    });
  });
});

describe('roles', () => {
  test.each<[string[], UserRole, boolean]>([
    [['TENANT_ADMIN'], 'TENANT_ADMIN', true],
    [['TENANT_ADMIN'], 'SUPER_ADMIN', false],
    [['SUPER_ADMIN'], 'TENANT_ADMIN', true],
    [['OPERATOR', 'VIEWER'], 'TENANT_ADMIN', false],
    [[], 'DRIVER', false],
  ])('of %j let somebody give %s: %s', async (roles, role, may) => {
    const made = createUser(scene, { ...driver, roles: [role] }, { subject: 'x', roles });

    if (may) expect((await made).roles).toEqual([role]);
    else await expect(made).rejects.toMatchObject({ code: 'NotAllowed' });
  });

  test('of the platform are for no user of a tenant, whoever gives them', async () => {
    const roles: UserRole[] = ['TENANT_ADMIN', 'SUPER_ADMIN'];
    const { userId } = await createUser(scene, { ...driver, roles: ['TENANT_ADMIN'] }, platform);
    const refusal = { code: 'Validation', field: 'input.roles' };

    const other = { ...driver, email: 'b@example.org', roles };
    await expect(createUser(scene, other, platform)).rejects.toMatchObject(refusal);
    await expect(updateUser(scene, { userId, patch: { roles } }, platform)).rejects.toMatchObject(refusal);
  });

  test('above one’s own protect from every change', async () => {
    const root = await createUser(scene, { ...driver, roles: ['TENANT_ADMIN'] }, platform);
    const { userId } = root;
    const admin = { subject: 'olga', roles: ['OPERATOR'] };

    const attempts = [
      updateUser(scene, { userId, patch: { roles: ['VIEWER'] } }, admin),
      blockUser(scene, { userId }, admin),
      unblockUser(scene, userId, admin),
      deleteUser(scene, userId, admin),
    ];

    for (const { status, reason } of await Promise.allSettled(attempts).then((all) =>
      all.map((one) => ({ status: one.status, reason: one.status === 'rejected' ? one.reason : undefined })),
    )) {
      expect(status).toBe('rejected');
      expect(reason).toMatchObject({ code: 'NotAllowed' });
    }
    expect(await scene.users.findUser(userId)).toEqual(root);
  });
});

describe('changing a user', () => {
  test('leaves what is not named, and takes away what is null', async () => {
    const { userId } = await givenUser({ firstName: 'Ada', lastName: 'Byron', subject: 'sub-1' });
    scene.now = noon + 1;

    const user = await updateUser(
      scene,
      { userId, patch: { firstName: null, email: 'new@example.org', roles: ['VIEWER'] } },
      admin,
    );

    expect(user).toMatchObject({
      lastName: 'Byron',
      email: 'new@example.org',
      roles: ['VIEWER'],
      revision: 2,
    });
    expect(user).toMatchObject({ subject: 'sub-1', createdAt: noon, status: 'ACTIVE' });
    expect(user.firstName).toBeUndefined();
    expect(await scene.users.findUserByEmail('ada@example.org')).toBeUndefined();
  });

  test('of an older version is refused', async () => {
    const { userId } = await givenUser();
    await updateUser(scene, { userId, patch: { firstName: 'Ada' }, revision: 1 }, admin);

    const late = updateUser(scene, { userId, patch: { firstName: 'Eve' }, revision: 1 }, admin);

    await expect(late).rejects.toMatchObject({ code: 'Conflict' });
    expect((await scene.users.findUser(userId))?.firstName).toBe('Ada');
  });

  test('whom nobody knows, or of another tenant, is refused', async () => {
    const theirs = { ...(await newScene(db)), newId };
    const { userId } = await createUser(theirs, driver, admin);

    await expect(updateUser(scene, { userId, patch: {} }, admin)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(blockUser(scene, { userId }, admin)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(deleteUser(scene, userId, admin)).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('blocking a user', () => {
  test('refuses all of their tokens and no others, and unblocking lets them charge again', async () => {
    const user = await givenUser();
    const other = await givenUser({ email: 'other@example.org' });
    for (const uid of ['A', 'B']) await givenCard(uid, user);
    await givenCard('C', other);

    const blocked = await blockUser(scene, { userId: user.userId, reason: 'unpaid' }, admin);
    const meanwhile = [await verdictOn('A'), await verdictOn('B'), await verdictOn('C')];
    const unblocked = await unblockUser(scene, user.userId, admin);

    expect(blocked).toMatchObject({ status: 'BLOCKED', blockedReason: 'unpaid' });
    expect(meanwhile).toEqual(['BLOCKED', 'BLOCKED', 'ACCEPTED']);
    expect(unblocked).toMatchObject({ status: 'ACTIVE' });
    expect(unblocked.blockedReason).toBeUndefined();
    expect([await verdictOn('A'), await verdictOn('B')]).toEqual(['ACCEPTED', 'ACCEPTED']);
  });

  test('leaves a token blocked that is blocked by itself', async () => {
    const user = await givenUser();
    const card = await givenCard('A', user);
    await scene.tokens.replaceToken({ ...card, blocked: true, revision: 2 });

    await blockUser(scene, { userId: user.userId }, admin);
    await unblockUser(scene, user.userId, admin);

    expect(await verdictOn('A')).toBe('BLOCKED');
  });

  test('reaches hundreds of tokens', async () => {
    const user = await givenUser();
    const uids = Array.from({ length: 130 }, (_, index) => `CARD-${index}`);
    for (const uid of uids) await givenCard(uid, user);

    await blockUser(scene, { userId: user.userId }, admin);

    const tokens = await scene.tokens.findTokens(uids);
    expect(tokens.filter(({ holderStatus }) => holderStatus === 'BLOCKED')).toHaveLength(130);
  });

  test('again finishes what broke off', async () => {
    const user = await givenUser();
    await givenCard('A', user);
    const broken = { ...scene.tokens, replaceToken: () => Promise.reject(new Error('gone')) };
    await expect(blockUser({ ...scene, tokens: broken }, { userId: user.userId }, admin)).rejects.toThrow();
    const between = await verdictOn('A');

    await blockUser(scene, { userId: user.userId }, admin);

    expect([between, await verdictOn('A')]).toEqual(['ACCEPTED', 'BLOCKED']);
  });

  test('that breaks off is finished by a timer that was set before, and so is every other change of their standing', async () => {
    const user = await givenUser();
    const { userId } = user;
    for (const uid of ['A', 'B']) await givenCard(uid, user);
    const broken = {
      ...scene,
      tokens: { ...scene.tokens, replaceToken: () => Promise.reject(new Error('gone')) },
    };
    const changes = [
      [() => blockUser(broken, { userId }, admin), 'BLOCKED'],
      [() => unblockUser(broken, userId, admin), 'ACCEPTED'],
      [() => deleteUser(broken, userId, admin), 'INVALID'],
    ] as const;

    for (const [change, verdict] of changes) {
      await expect(change()).rejects.toThrow('gone');
      const set = timers.splice(0);
      await markTokens(scene, userId);

      expect(set).toEqual([{ timer: { kind: 'MARK_TOKENS', userId }, at: noon + 45_000 }]);
      expect([await verdictOn('A'), await verdictOn('B')]).toEqual([verdict, verdict]);
    }
  });

  test('changes nothing when the timer cannot be set', async () => {
    const { userId } = await givenUser();
    const setTimer = () => Promise.reject(new Error('no queue'));

    await expect(blockUser({ ...scene, setTimer }, { userId }, admin)).rejects.toThrow('no queue');

    expect(await scene.users.findUser(userId)).toMatchObject({ status: 'ACTIVE' });
  });

  test('and unblocking at once leaves tokens as their user is', async () => {
    const user = await givenUser();
    for (const uid of ['A', 'B', 'C']) await givenCard(uid, user);
    const { userId } = user;

    await Promise.allSettled([
      blockUser(scene, { userId }, admin),
      unblockUser(scene, userId, admin),
      blockUser(scene, { userId }, admin),
      unblockUser(scene, userId, admin),
    ]);

    await markTokens(scene, userId);
    const { status } = (await scene.users.findUser(userId)) ?? user;
    const expected = status === 'ACTIVE' ? 'ACCEPTED' : 'BLOCKED';
    expect([await verdictOn('A'), await verdictOn('B'), await verdictOn('C')]).toEqual(
      Array(3).fill(expected),
    );
  });

  test('of oneself is refused', async () => {
    const { userId } = await givenUser({ subject: admin.subject });

    await expect(blockUser(scene, { userId }, admin)).rejects.toMatchObject({ code: 'Conflict' });
    await expect(deleteUser(scene, userId, admin)).rejects.toMatchObject({ code: 'Conflict' });
  });

  test('refuses them new tokens', async () => {
    const user = await givenUser();
    await blockUser(scene, { userId: user.userId }, admin);

    await expect(givenCard('A', user)).rejects.toMatchObject({ code: 'Validation', field: 'input.userId' });
  });
});

describe('a token that changes hands', () => {
  test('is as good as its new user', async () => {
    const user = await givenUser();
    const other = await givenUser({ email: 'other@example.org' });
    await givenCard('A', user);
    await blockUser(scene, { userId: user.userId }, admin);

    const kept = await saveToken(scene, { uid: 'A', tokenType: 'RFID', userId: user.userId });
    const moved = await saveToken(scene, { uid: 'A', tokenType: 'RFID', userId: other.userId });
    const back = saveToken(scene, { uid: 'A', tokenType: 'RFID', userId: user.userId });

    expect([kept.holderStatus, moved.holderStatus]).toEqual(['BLOCKED', undefined]);
    await expect(back).rejects.toMatchObject({ code: 'Validation', field: 'input.userId' });
    expect(await verdictOn('A')).toBe('ACCEPTED');
  });
});

describe('deleting a user', () => {
  test('forgets the person, frees the address and refuses the tokens', async () => {
    const user = await givenUser({ firstName: 'Ada', subject: 'sub-1', userGroups: ['fleet'] });
    const { userId } = user;
    await givenCard('A', user);

    await deleteUser(scene, userId, admin);
    await deleteUser(scene, userId, admin);

    expect(await scene.users.findUser(userId)).toEqual({
      userId,
      userType: 'DRIVER',
      userGroups: ['fleet'],
      roles: [],
      status: 'DELETED',
      createdAt: noon,
      updatedAt: noon,
      revision: 2,
    });
    expect(await scene.users.findUserBySubject('sub-1')).toBeUndefined();
    expect(await verdictOn('A')).toBe('INVALID');
    expect((await givenUser()).userId).not.toBe(userId);
    await expect(unblockUser(scene, userId, admin)).rejects.toMatchObject({ code: 'Conflict' });
    await expect(updateUser(scene, { userId, patch: {} }, admin)).rejects.toMatchObject({ code: 'Conflict' });
  });

  test('waits for the end of their sessions', async () => {
    const user = await givenUser();
    await givenCard('A', user);
    const sessionId = await givenOpenSession('A', user);

    await expect(deleteUser(scene, user.userId, admin)).rejects.toMatchObject({ code: 'Conflict' });

    const end = { endedAt: noon + 1, stopReason: 'LOCAL' } as const;
    await scene.sessions.endSession({ sessionId, stationId: 'CS-001' }, end, []);
    await deleteUser(scene, user.userId, admin);
    expect((await scene.users.findUser(user.userId))?.status).toBe('DELETED');
  });
});

test('open sessions are found for many users at once, each their own', async () => {
  const [one, other, idle] = [
    await givenUser(),
    await givenUser({ email: 'b@example.org' }),
    await givenUser({ email: 'c@example.org' }),
  ];
  await givenCard('A', one);
  await givenCard('B', other);
  await givenCard('C', idle);
  const [first, second] = [await givenOpenSession('A', one), await givenOpenSession('B', other)];

  const open = await openSessionsOf(scene, [one.userId, other.userId, idle.userId]);

  expect([...open].map(([userId, sessions]) => [userId, sessions.map(({ sessionId }) => sessionId)])).toEqual(
    [
      [one.userId, [first]],
      [other.userId, [second]],
    ],
  );
});
