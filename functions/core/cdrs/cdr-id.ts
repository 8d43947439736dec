import type { Digest } from '../ports.ts';

/** 32 characters: a CDR's id may have 36, and a credit CDR's suffix three more (OCPI 2.2.1 mod_cdrs). */
const idLength = 32;

/** The id of the one CDR of a session: the same whoever makes it, and whenever. */
export function cdrIdOf(digest: Digest, tenantId: string, sessionId: string): string {
  return digest(`cdr/${JSON.stringify([tenantId, sessionId])}`).slice(0, idLength);
}
