import type { TokenRestrictions } from './token-restrictions.ts';

export type TokenType = 'RFID' | 'APP_USER' | 'AD_HOC_USER' | 'EMAID' | 'KEY_CODE' | 'MAC_ADDRESS' | 'OTHER';

/**
 * What a token is to the reader it is shown to, where its kind leaves that open: a card by one standard or the other; an
 * id that a station made for itself, or one of a central system. Stations tell tokens of the same id apart by it.
 */
export type TokenForm = 'ISO14443' | 'ISO15693' | 'LOCAL' | 'CENTRAL';

/** What tokens of a kind are where nobody said; `undefined` where their kind says all. */
export function usualForm(tokenType: TokenType): TokenForm | undefined {
  if (tokenType === 'RFID') return 'ISO14443';
  return tokenType === 'EMAID' || tokenType === 'KEY_CODE' || tokenType === 'MAC_ADDRESS'
    ? undefined
    : 'CENTRAL';
}

/** What tells tokens apart where they are shown. */
export interface TokenRef {
  readonly uid: string;
  readonly tokenType: TokenType;
  /** The usual one of its kind when absent. */
  readonly form?: TokenForm;
}

/** What lets a driver charge. Times in epoch milliseconds. */
export interface Token extends TokenRef {
  /** As `foldTokenUid` gives it. */
  readonly uid: string;
  /** As printed on the card or as first written. */
  readonly visualId: string;
  readonly groupId?: string;
  readonly userId?: string;
  /** The roaming partner whose driver it is, and who pays; such a token has no user. */
  readonly partnerId?: string;
  readonly active: boolean;
  readonly blocked: boolean;
  readonly blockedReason?: string;
  /** That its user may not charge: written here so that judging a token reads nothing else. */
  readonly holderStatus?: 'BLOCKED' | 'DELETED';
  readonly expiresAt?: number;
  /** Where and when it charges; anywhere and always when absent. */
  readonly restrictions?: TokenRestrictions;
  /** How many sessions may run on it at once; as many as it likes when absent. */
  readonly maxOpenSessions?: number;
  /** From -9 to 9: who gets power first where there is too little. */
  readonly priority?: number;
  /** What its driver reads (RFC 5646), and what a station may show to whoever holds it. */
  readonly language?: string;
  readonly message?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
}

/** One spelling per token: stations differ in case and in blanks around it (ISO 14443 uids are hexadecimal). */
export function foldTokenUid(raw: string): string {
  return raw.trim().toUpperCase();
}
