import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the header that only the edge can write holds one of the secrets that count: two during a rotation. */
export function isOriginSecret(
  header: string | undefined,
  secrets: readonly (string | undefined)[],
): boolean {
  const given = sha256(header ?? '');
  const matches = secrets.map((secret) => secret !== undefined && timingSafeEqual(given, sha256(secret)));
  return header !== undefined && header !== '' && matches.includes(true);
}

/** Equal lengths are what a timing-safe comparison asks for. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
