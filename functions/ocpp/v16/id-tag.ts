import type { Authorization, AuthorizationStatus } from '#core/tokens/authorize-token.ts';
import type { TokenType } from '#core/tokens/token.ts';
import type { AuthorizeResponse } from './schema/messages.ts';

type IdTagInfo = AuthorizeResponse['idTagInfo'];

/** CiString20Type. */
const longestIdTag = 20;

const statuses: Readonly<Record<AuthorizationStatus, IdTagInfo['status']>> = {
  ACCEPTED: 'Accepted',
  BLOCKED: 'Blocked',
  EXPIRED: 'Expired',
  INVALID: 'Invalid',
  UNKNOWN: 'Invalid',
  NO_CREDIT: 'Blocked',
  WRONG_PLACE: 'Invalid',
  WRONG_EVSE: 'Invalid',
  WRONG_TIME: 'Invalid',
  CONCURRENT_SESSION: 'ConcurrentTx',
};

/** 1.6 does not say what kind of token an idTag is; nearly all are cards, and what we know of it wins. */
export function tokenOf(idTag: string): { uid: string; tokenType: TokenType } {
  return { uid: idTag, tokenType: 'RFID' };
}

/** A group as a tag. One that is too long for a parentIdTag stays out: a cut one would be another. */
export function parentIdTagOf(groupId: string | undefined): { parentIdTag?: string } {
  return groupId !== undefined && groupId.length <= longestIdTag ? { parentIdTag: groupId } : {};
}

/** IdTagInfo (1.6 §7.26). */
export function idTagInfo(authorization: Authorization): IdTagInfo {
  const { status, groupId, expiresAt, cacheUntil = expiresAt } = authorization;
  return {
    status: statuses[status],
    ...parentIdTagOf(groupId),
    ...(cacheUntil === undefined ? {} : { expiryDate: new Date(cacheUntil).toISOString() }),
  };
}
