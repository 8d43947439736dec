export type TokenType = 'RFID' | 'APP_USER' | 'AD_HOC_USER' | 'EMAID' | 'KEY_CODE' | 'MAC_ADDRESS' | 'OTHER';

/** What lets a driver charge. Times in epoch milliseconds. */
export interface Token {
  /** As `foldTokenUid` gives it. */
  readonly uid: string;
  /** As printed on the card or as first written. */
  readonly visualId: string;
  readonly tokenType: TokenType;
  readonly groupId?: string;
  readonly userId?: string;
  readonly active: boolean;
  readonly blocked: boolean;
  readonly blockedReason?: string;
  readonly expiresAt?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
}

/** One spelling per token: stations differ in case and in blanks around it (ISO 14443 uids are hexadecimal). */
export function foldTokenUid(raw: string): string {
  return raw.trim().toUpperCase();
}
