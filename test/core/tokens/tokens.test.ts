import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authorizeToken } from '#core/tokens/authorize-token.ts';
import { blockToken, createToken, unblockToken } from '#core/tokens/provision-token.ts';
import { foldTokenUid, type Token } from '#core/tokens/token.ts';
import { aUser } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { givenToken, minuteMs, newScene, noon, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterAll(() => db.close());

const asked = { uid: 'CARD', tokenType: 'RFID' } as const;

describe('row 30: the verdict on a token', () => {
  const verdicts: readonly [string, string, Partial<Token>][] = [
    ['that may charge', 'ACCEPTED', {}],
    ['that expires later', 'ACCEPTED', { expiresAt: noon + 1 }],
    ['that expires now', 'EXPIRED', { expiresAt: noon }],
    ['that is blocked', 'BLOCKED', { blocked: true }],
    ['that is blocked and expired', 'BLOCKED', { blocked: true, expiresAt: noon - 1 }],
    ['whose user is blocked', 'BLOCKED', { userId: 'U', holderStatus: 'BLOCKED' }],
    ['whose user is gone', 'INVALID', { userId: 'U', holderStatus: 'DELETED' }],
    ['that is retired', 'INVALID', { active: false }],
    [
      'that is retired, blocked and expired',
      'INVALID',
      { active: false, blocked: true, expiresAt: noon - 1 },
    ],
  ];

  test.each(verdicts)('%s is %s', async (_, status, more) => {
    await givenToken(scene, { uid: 'CARD', ...more });

    expect(await authorizeToken(scene, asked)).toMatchObject({ status, uid: 'CARD' });
  });

  test('that nobody knows is UNKNOWN, and tells nothing else', async () => {
    expect(await authorizeToken(scene, { uid: ' unknown ', tokenType: 'EMAID' })).toEqual({
      status: 'UNKNOWN',
      uid: 'UNKNOWN',
      tokenType: 'EMAID',
    });
  });

  test.each(['', '   '])('without characters ("%s") is INVALID', async (uid) => {
    expect(await authorizeToken(scene, { uid, tokenType: 'RFID' })).toMatchObject({
      status: 'INVALID',
      uid: '',
    });
  });

  test('of another tenant’s token is UNKNOWN', async () => {
    const theirs = await newScene(db);
    await givenToken(theirs, { uid: 'CARD' });

    expect(await authorizeToken(scene, asked)).toMatchObject({ status: 'UNKNOWN' });
  });

  test('row 31: comes with group, expiry and owner, also when it is a refusal', async () => {
    const facts = { groupId: 'FAMILY', userId: 'user-7', expiresAt: noon + minuteMs };
    await givenToken(scene, { uid: 'CARD', tokenType: 'APP_USER', blocked: true, ...facts });

    expect(await authorizeToken(scene, asked)).toEqual({
      status: 'BLOCKED',
      uid: 'CARD',
      tokenType: 'APP_USER',
      ...facts,
      cacheUntil: facts.expiresAt,
    });
  });
});

describe('row 32: the spelling of a token', () => {
  test('does not matter in case and in blanks around it', async () => {
    await createToken(scene, { uid: ' 04a1b2ff ', tokenType: 'RFID' });

    const verdict = await authorizeToken(scene, { uid: '04A1b2Ff\t', tokenType: 'RFID' });

    expect(verdict).toMatchObject({ status: 'ACCEPTED', uid: '04A1B2FF' });
  });

  test('is kept as it was written, beside', async () => {
    const token = await createToken(scene, { uid: ' 04a1b2ff ', tokenType: 'RFID' });

    expect(token).toMatchObject({ uid: '04A1B2FF', visualId: '04a1b2ff' });
    expect(foldTokenUid('04a1b2ff*vendor')).toBe('04A1B2FF*VENDOR');
  });
});

describe('a new token', () => {
  test('may charge at once', async () => {
    await scene.users.createUser(aUser({ userId: 'U' }));
    const given = { uid: 'CARD', visualId: 'FR-1', tokenType: 'RFID', groupId: 'G', userId: 'U' } as const;

    const token = await createToken(scene, { ...given, expiresAt: noon + minuteMs });

    expect(token).toEqual({
      ...given,
      active: true,
      blocked: false,
      expiresAt: noon + minuteMs,
      createdAt: noon,
      updatedAt: noon,
      revision: 1,
    });
    expect(await scene.tokens.findToken('CARD')).toEqual(token);
  });

  test.each(['', '  ', 'x'.repeat(37)])('is refused under the uid "%s"', async (uid) => {
    await expect(createToken(scene, { uid, tokenType: 'RFID' })).rejects.toMatchObject({
      code: 'Validation',
      field: 'input.uid',
    });
  });

  test('of a uid that is taken in another spelling is refused', async () => {
    await createToken(scene, { uid: 'card', tokenType: 'RFID', groupId: 'FIRST' });

    const again = createToken(scene, { uid: 'CARD', tokenType: 'RFID' });

    await expect(again).rejects.toMatchObject({ code: 'Conflict', field: 'input.uid' });
    expect(await scene.tokens.findToken('CARD')).toMatchObject({ groupId: 'FIRST' });
  });
});

describe('blocking', () => {
  test('refuses the token from the next question on, and unblocking lets it charge again', async () => {
    await createToken(scene, asked);
    scene.now += minuteMs;

    const blocked = await blockToken(scene, 'card', 'lost');
    const whileBlocked = await authorizeToken(scene, asked);
    const unblocked = await unblockToken(scene, 'card');

    expect(blocked).toMatchObject({
      blocked: true,
      blockedReason: 'lost',
      revision: 2,
      updatedAt: scene.now,
    });
    expect(whileBlocked.status).toBe('BLOCKED');
    expect(unblocked).toMatchObject({ blocked: false, revision: 3 });
    expect(unblocked.blockedReason).toBeUndefined();
    expect(await scene.tokens.findToken('CARD')).toEqual(unblocked);
    expect((await authorizeToken(scene, asked)).status).toBe('ACCEPTED');
  });

  test('of a token nobody knows is refused', async () => {
    await expect(blockToken(scene, 'nobody')).rejects.toMatchObject({ code: 'NotFound', field: 'id' });
    await expect(unblockToken(scene, 'nobody')).rejects.toMatchObject({ code: 'NotFound', field: 'id' });
  });

  test('does not overwrite a change that was made since it was read', async () => {
    const token = await createToken(scene, asked);
    const tokens: Scene['tokens'] = {
      ...scene.tokens,
      replaceToken: async (next) => {
        await scene.tokens.replaceToken({ ...token, groupId: 'NEW', revision: 2 });
        return scene.tokens.replaceToken(next);
      },
    };

    await expect(blockToken({ ...scene, tokens }, 'card')).rejects.toMatchObject({ code: 'Conflict' });

    expect(await scene.tokens.findToken('CARD')).toMatchObject({ groupId: 'NEW', blocked: false });
  });
});
