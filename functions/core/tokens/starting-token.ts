import type { Clock } from '../ports.ts';
import { foldTokenUid, type Token } from './token.ts';
import type { TokenStore } from './token-store.ts';

const notOurs = 'is not a token of this tenant';

/**
 * The token of this uid if a station may be asked to start a session with it, or what stands against that. A look that
 * may be behind is enough for a yes: the start itself is judged anew when the station tells of it. A no is looked at
 * again.
 */
export async function findStartingToken(
  ports: { tokens: TokenStore; clock: Clock },
  uid: string,
): Promise<{ readonly token: Token } | { readonly objection: string }> {
  const now = ports.clock();
  const folded = foldTokenUid(uid);
  const [seen] = await ports.tokens.findTokens([folded]);
  if (seen && objectionTo(seen, now) === undefined) return { token: seen };
  const token = await ports.tokens.findToken(folded);
  if (!token) return { objection: notOurs };
  const objection = objectionTo(token, now);
  return objection === undefined ? { token } : { objection };
}

function objectionTo({ active, blocked, expiresAt }: Token, now: number): string | undefined {
  if (!active) return notOurs;
  if (blocked) return 'is blocked';
  return expiresAt !== undefined && expiresAt <= now ? 'has expired' : undefined;
}
