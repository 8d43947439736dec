import type { Clock } from '../ports.ts';
import type { Token } from '../tokens/token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { holderStatusOf } from './user.ts';
import type { UserStore } from './user-store.ts';

export interface MarkPorts {
  readonly users: Pick<UserStore, 'findUser'>;
  readonly tokens: Pick<TokenStore, 'findToken' | 'listTokensOfUser' | 'replaceToken'>;
  readonly clock: Clock;
}

/** Tokens that are written at the same time. */
const lane = 10;
const pageSize = 100;

/** How often a token, or a user, may change under our hands. */
const mostAttempts = 5;

/**
 * Writes onto a user's tokens whether the user may charge. Safe to repeat and to run beside itself: it ends only when the
 * user still stands as what was written. Throws when others kept changing what it writes to; another run then finishes.
 */
export async function markTokens(ports: MarkPorts, userId: string): Promise<void> {
  let user = await ports.users.findUser(userId);
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    if (!user) return;
    const holderStatus = holderStatusOf(user);
    await markAll(ports, userId, holderStatus);
    user = await ports.users.findUser(userId);
    if (!user || holderStatusOf(user) === holderStatus) return;
  }
  throw new Error(`user ${userId} kept changing while their tokens were written`);
}

async function markAll(ports: MarkPorts, userId: string, holderStatus: Token['holderStatus']): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await ports.tokens.listTokensOfUser(userId, {
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (let start = 0; start < page.items.length; start += lane) {
      const together = page.items.slice(start, start + lane);
      await Promise.all(together.map((token) => mark(ports, token, holderStatus)));
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function mark(
  { tokens, clock }: MarkPorts,
  first: Token,
  holderStatus: Token['holderStatus'],
): Promise<void> {
  let token: Token | undefined = first;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    if (token === undefined || token.userId !== first.userId) return;
    if (token.holderStatus === holderStatus) return;
    const { holderStatus: _, ...rest } = token;
    const next: Token = {
      ...rest,
      ...(holderStatus === undefined ? {} : { holderStatus }),
      updatedAt: clock(),
      revision: token.revision + 1,
    };
    if ((await tokens.replaceToken(next)) === 'replaced') return;
    token = await tokens.findToken(first.uid);
  }
  throw new Error(`token ${first.uid} kept changing while its user's standing was written`);
}
