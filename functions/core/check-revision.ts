import { DomainError } from './errors.ts';

/**
 * Throws `Conflict` when a record is no longer the one that the caller read. Without a revision to expect, the last one
 * to write wins.
 */
export function checkRevision(stored: { readonly revision: number }, expected: number | undefined): void {
  if (expected === undefined || stored.revision === expected) return;
  throw new DomainError(
    'Conflict',
    `somebody else changed this: it is at version ${stored.revision}, read it again`,
    'version',
  );
}
