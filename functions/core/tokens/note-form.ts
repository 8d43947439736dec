import type { Clock } from '../ports.ts';
import type { Authorization } from './authorize-token.ts';
import { type TokenRef, usualForm } from './token.ts';
import type { TokenStore } from './token-store.ts';

/**
 * Keeps in which form an accepted token was shown, where nobody said and it is not the usual one of its kind: at most one
 * write in the life of a token, so that stations find it in their lists. Never fails: the verdict is worth more.
 */
export async function noteForm(
  { tokens, clock }: { tokens: TokenStore; clock: Clock },
  shown: TokenRef,
  { uid, status, tokenType, form: known }: Authorization,
): Promise<void> {
  const { form } = shown;
  const isNews = form !== undefined && known === undefined && form !== usualForm(tokenType);
  if (!isNews || status !== 'ACCEPTED' || shown.tokenType !== tokenType) return;
  try {
    const token = await tokens.findToken(uid);
    if (!token || token.form !== undefined || token.tokenType !== tokenType) return;
    await tokens.replaceToken({ ...token, form, updatedAt: clock(), revision: token.revision + 1 });
  } catch {
    // It will be shown again.
  }
}
