import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import {
  generateStationPassword,
  hashStationPassword,
  verifyStationPassword,
} from '#adapters/crypto/station-passwords.ts';

describe('a station password', () => {
  test('fits its own hash and no other password does', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (password, other) => {
        const kept = hashStationPassword('pepper', password);

        expect(verifyStationPassword('pepper', password, kept)).toBe(true);
        expect(verifyStationPassword('pepper', Buffer.from(password), kept)).toBe(true);
        expect(verifyStationPassword('pepper', other, kept)).toBe(other === password);
      }),
    );
  });

  test('is worth nothing without the pepper', () => {
    const kept = hashStationPassword('pepper', 'password');

    expect(verifyStationPassword('another', 'password', kept)).toBe(false);
  });

  test('that was replaced still opens during the rotation, and not after it', () => {
    const { salt, hash } = hashStationPassword('pepper', 'old');
    const during = { ...hashStationPassword('pepper', 'new'), previous: { salt, hash } };
    const { previous: _, ...after } = during;

    expect(['old', 'new', 'x'].map((word) => verifyStationPassword('pepper', word, during))).toEqual([
      true,
      true,
      false,
    ]);
    expect(verifyStationPassword('pepper', 'old', after)).toBe(false);
  });

  test('never fits a station that is not there, or a damaged hash', () => {
    expect(verifyStationPassword('pepper', '', undefined)).toBe(false);
    expect(verifyStationPassword('pepper', 'x', { salt: '', hash: '' })).toBe(false);
    expect(verifyStationPassword('pepper', 'x', { salt: '00', hash: 'not hexadecimal' })).toBe(false);
  });

  test('has a hash of its own each time, of fixed size', () => {
    const [first, second] = [hashStationPassword('pepper', 'same'), hashStationPassword('pepper', 'same')];

    expect(first).not.toEqual(second);
    expect(first).toEqual({
      salt: expect.stringMatching(/^[0-9a-f]{32}$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('is generated readable, 20 characters long and new', () => {
    const passwords = Array.from({ length: 200 }, generateStationPassword);

    expect(passwords.every((password) => /^[A-HJ-NP-Za-km-z2-9]{20}$/.test(password))).toBe(true);
    expect(new Set(passwords).size).toBe(200);
  });
});

test('a digest is SHA-256 in lower-case hexadecimal', () => {
  expect(digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
