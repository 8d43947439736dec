import { randomBytes } from 'node:crypto';

/** A new key that two parties sign messages with: 256 bits as text. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
