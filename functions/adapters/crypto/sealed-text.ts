import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const purpose = 'open-csms sealed text v1';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Makes a text unreadable for all who do not hold the secret: AES-256-GCM under a key derived from it (HKDF, RFC 5869).
 * It opens at its own place alone, such as `tenant/station`: moved elsewhere it is nothing.
 */
export function sealText(secret: string, place: string, text: string): string {
  const iv = randomBytes(ivBytes);
  const seal = createCipheriv(cipher, keyFrom(secret), iv).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([seal.update(text, 'utf8'), seal.final()]);
  return Buffer.concat([iv, seal.getAuthTag(), sealed]).toString('base64url');
}

/** The text again. Throws for one that was sealed with another secret, for another place, or not at all. */
export function openText(secret: string, place: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const open = createDecipheriv(cipher, keyFrom(secret), bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  open.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  const text = open.update(bytes.subarray(ivBytes + tagBytes));
  return Buffer.concat([text, open.final()]).toString('utf8');
}

function keyFrom(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}
