import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { PasswordHash } from '#core/stations/station.ts';

/** Letters and digits that nobody mistakes for one another when typing them into a station. */
const readable = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
const passwordLength = 20;

/** Compared with when there is nothing to compare with, so that it takes as long. No password leads to it. */
const unmatchable = { salt: '00'.repeat(16), hash: '00'.repeat(32) };

/**
 * A password that a person can type: 20 characters, 116 bits. Both protocols allow it (OCPP 1.6 security
 * whitepaper 16 to 20 bytes; OCPP 2.0.1 part 2 A00.FR.205 16 to 40 characters).
 */
export function generateStationPassword(): string {
  return Array.from({ length: passwordLength }, () => readable[randomInt(readable.length)]).join('');
}

/**
 * The form in which a password is kept: HMAC-SHA-256 under a pepper that is not in the database. Fast on
 * purpose: station passwords are random, and ten thousand stations may reconnect at once.
 */
export function hashStationPassword(pepper: string, password: string | Buffer): PasswordHash {
  const salt = randomBytes(16).toString('hex');
  return { salt, hash: keyedHash(pepper, salt, password).toString('hex') };
}

/**
 * Whether the password is the kept one, or the one before it during a rotation. The work is the same whatever is
 * wrong; for a station that does not exist, ask with nothing kept.
 */
export function verifyStationPassword(
  pepper: string,
  password: string | Buffer,
  kept: PasswordHash | undefined,
): boolean {
  const fitsCurrent = fits(pepper, password, kept ?? unmatchable);
  const fitsPrevious = fits(pepper, password, kept?.previous ?? unmatchable);
  return fitsCurrent || fitsPrevious;
}

function fits(pepper: string, password: string | Buffer, kept: { salt: string; hash: string }): boolean {
  const hash = keyedHash(pepper, kept.salt, password);
  const expected = Buffer.from(kept.hash, 'hex');
  return expected.length === hash.length && timingSafeEqual(hash, expected);
}

function keyedHash(pepper: string, salt: string, password: string | Buffer): Buffer {
  return createHmac('sha256', pepper).update(`${salt}:`).update(password).digest();
}
