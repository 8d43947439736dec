import type { Digest } from '../ports.ts';

/** 32 characters: fits every partner's limit of 36. */
const idLength = 32;
const greatestNumber = 0x7fff_ffff;

/** The id of a session that the system numbered: unique in the tenant, because the number is. */
export function numberedSessionId(digest: Digest, tenantId: string, transactionNumber: number): string {
  return digest(`session/number/${tenantId}/${transactionNumber}`).slice(0, idLength);
}

/** The id of a session that its station numbered: such ids are unique within that station alone. */
export function referencedSessionId(
  digest: Digest,
  tenantId: string,
  stationId: string,
  transactionRef: string,
): string {
  return digest(`session/ref/${JSON.stringify([tenantId, stationId, transactionRef])}`).slice(0, idLength);
}

/**
 * A transaction number between 1 and 2³¹−1 that a start leads to, so that a repeat leads to it again.
 * `attempt` counts how many before it were taken by other starts.
 */
export function transactionNumberOf(digest: Digest, startKey: string, attempt: number): number {
  const word = Number.parseInt(digest(`number/${attempt}/${startKey}`).slice(0, 8), 16);
  return (word % greatestNumber) + 1;
}
