import type { Clock } from '../ports.ts';
import { foldTokenUid, type Token, type TokenType } from './token.ts';
import type { TokenStore } from './token-store.ts';

export type AuthorizationStatus = 'ACCEPTED' | 'BLOCKED' | 'EXPIRED' | 'INVALID' | 'CONCURRENT_SESSION';

/** The verdict on a token, and what a station may cache of it. */
export interface Authorization {
  readonly status: AuthorizationStatus;
  /** The token as asked for, folded. */
  readonly uid: string;
  readonly tokenType: TokenType;
  readonly groupId?: string;
  readonly expiresAt?: number;
  readonly userId?: string;
}

/**
 * Judges a token by what its tenant keeps: unknown or retired is INVALID, then BLOCKED, then EXPIRED.
 * Group and expiry are given for known tokens only.
 */
export async function authorizeToken(
  ports: { tokens: TokenStore; clock: Clock },
  asked: { uid: string; tokenType: TokenType },
): Promise<Authorization> {
  const uid = foldTokenUid(asked.uid);
  const token = uid === '' ? undefined : await ports.tokens.findToken(uid);
  if (!token) return { status: 'INVALID', uid, tokenType: asked.tokenType };
  return {
    status: verdict(token, ports.clock()),
    uid,
    tokenType: token.tokenType,
    ...(token.groupId === undefined ? {} : { groupId: token.groupId }),
    ...(token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
    ...(token.userId === undefined ? {} : { userId: token.userId }),
  };
}

function verdict(token: Token, now: number): AuthorizationStatus {
  if (!token.active) return 'INVALID';
  if (token.blocked) return 'BLOCKED';
  if (token.expiresAt !== undefined && token.expiresAt <= now) return 'EXPIRED';
  return 'ACCEPTED';
}
