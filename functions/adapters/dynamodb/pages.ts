import { DomainError } from '#core/errors.ts';
import type { PageRequest } from '#core/ports.ts';

/** The most items any list gives at once, whatever is asked. */
export const mostPerPage = 200;

/** How many reads one call may spend on a filter before it hands the rest to a cursor. */
export const mostReadsPerPage = 8;

export function pageLimit(page: PageRequest): number {
  if (!Number.isFinite(page.limit)) return mostPerPage;
  return Math.min(Math.max(1, Math.trunc(page.limit)), mostPerPage);
}

/**
 * A cursor names the tenant, the list and a position in its order. It never holds a key: the partition always
 * comes from the store that reads it, so no cursor, however forged, reaches another one.
 */
export function toCursor(tenantId: string, list: string, position: string): string {
  return Buffer.from(JSON.stringify([tenantId, list, position])).toString('base64url');
}

/** The position in a cursor of this list; throws `Validation` for any other text. */
export function positionIn(
  cursor: string | undefined,
  tenantId: string,
  list: string,
  isPosition: (text: string) => boolean,
): string | undefined {
  if (cursor === undefined) return undefined;
  const content = contentOf(cursor);
  if (!Array.isArray(content) || content.length !== 3) throw badCursor();
  const [tenant, name, position] = content as readonly unknown[];
  if (tenant !== tenantId || name !== list || typeof position !== 'string' || !isPosition(position)) {
    throw badCursor();
  }
  return position;
}

/** Any text that can stand in a sort key. */
export function isSortText(text: string): boolean {
  return text.length > 0 && text.length <= 300;
}

export function badCursor(): DomainError {
  return new DomainError('Validation', 'the cursor is not one of this list', 'cursor');
}

function contentOf(cursor: string): unknown {
  if (cursor.length > 2_000 || !/^[\w-]+$/.test(cursor)) throw badCursor();
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badCursor();
  }
}
