import type { Page, PageRequest } from '../ports.ts';
import type { Token } from './token.ts';

/** What must hold for a token to be written. */
export interface TokenWrite {
  /** Its user is ACTIVE at the moment of the write: for whoever gives it to them. */
  readonly holderIsActive?: boolean;
}

/** Tokens of one tenant, by folded uid. */
export interface TokenStore {
  findToken(uid: string): Promise<Token | undefined>;
  findTokens(uids: readonly string[]): Promise<readonly Token[]>;
  listTokens(page: PageRequest): Promise<Page<Token>>;
  /** The tokens of a user, by uid. */
  listTokensOfUser(userId: string, page: PageRequest): Promise<Page<Token>>;
  createToken(token: Token, options?: TokenWrite): Promise<'created' | 'exists' | 'holder-not-active'>;
  /** Replaces the token whose stored revision is one less than the given one's. */
  replaceToken(
    token: Token,
    options?: TokenWrite,
  ): Promise<'replaced' | 'changed-meanwhile' | 'holder-not-active'>;
}
