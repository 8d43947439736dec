import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetOf } from '#core/audit/target.ts';
import { withoutSecrets } from '#core/audit/without-secrets.ts';

const isSecret = (name: string) => name === 'AuthorizationKey' || name === 'BasicAuthPassword';
const kept = (asked: Record<string, unknown>) => JSON.parse(withoutSecrets(asked, isSecret));
const secret = 'very-secret-text';

describe('what the trail keeps of arguments', () => {
  test.each([
    { input: { password: secret } },
    { input: { token: secret, name: 'partner' } },
    { input: { clientSecret: secret } },
    { input: { businessDetails: [{ privateKey: secret }] } },
    { body: { AuthorizationKey: secret } },
    { command: { parameters: { key: 'AuthorizationKey', value: secret } } },
    { command: { parameters: JSON.stringify({ key: 'AuthorizationKey', value: secret }) } },
    { body: { variable: { name: 'BasicAuthPassword' }, attributeValue: secret } },
    {
      parameters: JSON.stringify({
        setVariableData: [{ variable: { name: 'BasicAuthPassword' }, attributeValue: secret }],
      }),
    },
  ])('holds no secret: %j', (asked) => {
    expect(JSON.stringify(kept(asked))).not.toContain(secret);
  });

  test('holds what is none, ids of tokens among it', () => {
    const asked = {
      authTokenId: 'AA01',
      tokenUid: 'AA02',
      input: { uid: 'AA03', key: 'HeartbeatInterval', value: '60' },
    };

    expect(kept(asked)).toEqual(asked);
  });

  test('shortens long texts and lists and says so', () => {
    const asked = {
      reason: 'x'.repeat(5000),
      stationIds: Array.from({ length: 120 }, (_, index) => `CS-${index}`),
    };

    const { reason, stationIds } = kept(asked);

    expect(reason).toBe(`${'x'.repeat(300)}… (5000 characters)`);
    expect(stationIds).toHaveLength(51);
    expect(stationIds.at(-1)).toBe('… and 70 more');
  });

  test('is JSON of bounded size whatever is asked', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 8 })), (asked) => {
        const json = withoutSecrets(asked, isSecret);

        expect(json.length).toBeLessThanOrEqual(30_000);
        expect(() => JSON.parse(json)).not.toThrow();
      }),
    );
    const wide = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`member${index}`, 'x'.repeat(100)]),
    );
    expect(kept(wide)).toEqual({ omitted: expect.stringMatching(/^\d+ characters$/) });
  });
});

describe('what a change is about', () => {
  test.each([
    [{ id: 'CS-1', input: { name: 'x' } }, { stationId: 'CS-2' }, 'CS-1'],
    [{ input: { stationId: 'CS-1' } }, { id: 'CS-1' }, 'CS-1'],
    [{ input: { name: 'x' } }, { id: 'U-1' }, 'U-1'],
    [{ input: { uid: 'AA01', userId: 'U-1' } }, { id: 'AA01' }, 'AA01'],
    [{ path: { stationId: 'CS-1' }, body: { id: 'other' } }, { status: 200 }, 'CS-1'],
    [{ id: '' }, null, undefined],
    [{ id: 'x'.repeat(256) }, true, undefined],
  ])('%j giving %j is about %s', (asked, result, target) => {
    expect(targetOf(asked, result)).toBe(target);
  });
});
