import type { SessionToken } from '../sessions/session.ts';

/** Who a CDR is settled with: an account of the tenant's own drivers, or a roaming partner who pays for his. */
export interface Counterparty {
  readonly kind: 'ACCOUNT' | 'PARTNER';
  readonly id: string;
}

/**
 * Who pays for what a token charged: the partner who issued it, else the account of its user; a token without a user
 * is an account of its own, `token:{uid}`.
 */
export function counterpartyOf(token: Pick<SessionToken, 'uid' | 'userId' | 'partnerId'>): Counterparty {
  if (token.partnerId !== undefined) return { kind: 'PARTNER', id: token.partnerId };
  return { kind: 'ACCOUNT', id: token.userId ?? `token:${token.uid}` };
}

/** The counterparty of its text, `ACCOUNT:{id}` or `PARTNER:{id}`; `undefined` for any other. */
export function counterpartyFromKey(key: string): Counterparty | undefined {
  const [, kind, id] = /^(ACCOUNT|PARTNER):(.{1,255})$/.exec(key) ?? [];
  if (id === undefined) return undefined;
  return { kind: kind === 'PARTNER' ? 'PARTNER' : 'ACCOUNT', id };
}
