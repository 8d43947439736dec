import type { Page, PageRequest } from '../ports.ts';
import type { Token } from './token.ts';

/** Tokens of one tenant, by folded uid. */
export interface TokenStore {
  findToken(uid: string): Promise<Token | undefined>;
  findTokens(uids: readonly string[]): Promise<readonly Token[]>;
  listTokens(page: PageRequest): Promise<Page<Token>>;
  createToken(token: Token): Promise<'created' | 'exists'>;
  /** Replaces the token whose stored revision is one less than the given one's. */
  replaceToken(token: Token): Promise<'replaced' | 'changed-meanwhile'>;
}
