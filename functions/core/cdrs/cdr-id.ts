import type { Digest } from '../ports.ts';

/** 32 characters: a CDR's id may have 36, and a credit CDR's suffix three more (OCPI 2.2.1 mod_cdrs). */
const idLength = 32;

/** The id of the first CDR of a session: the same whoever makes it, and whenever. */
export function cdrIdOf(digest: Digest, tenantId: string, sessionId: string): string {
  return digest(`cdr/${JSON.stringify([tenantId, sessionId])}`).slice(0, idLength);
}

/** The id of the one credit of a CDR. */
export function creditIdOf(cdrId: string): string {
  return `${cdrId}-C`;
}

/** The id of the one CDR that may take a credited one's place. */
export function replacementIdOf(digest: Digest, tenantId: string, replacedId: string): string {
  return digest(`cdr/replacement/${JSON.stringify([tenantId, replacedId])}`).slice(0, idLength);
}
