import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import type { TokenUseStore } from '../tokens/token-use.ts';

export interface OpenSessionPorts {
  readonly tokens: Pick<TokenStore, 'listTokensOfUser'>;
  readonly tokenUses: Pick<TokenUseStore, 'findUses'>;
  readonly sessions: Pick<SessionStore, 'findSessions'>;
}

/** Users that are looked at at the same time. */
const lane = 10;

/** Of each user, so many tokens are looked at. */
const mostTokens = 200;

/**
 * The sessions that run on the tokens that these users have now; users without any are not in the map. Looks at what
 * tokens are remembered to be used for, so what it costs depends on how many tokens the users have.
 */
export async function openSessionsOf(
  ports: OpenSessionPorts,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Session[]>> {
  const uids: string[] = [];
  for (let start = 0; start < userIds.length; start += lane) {
    const pages = await Promise.all(
      userIds
        .slice(start, start + lane)
        .map((userId) => ports.tokens.listTokensOfUser(userId, { limit: mostTokens })),
    );
    uids.push(...pages.flatMap(({ items }) => items.map(({ uid }) => uid)));
  }
  const uses = await ports.tokenUses.findUses(uids);
  const remembered = [...new Set(uses.flatMap(({ open }) => Object.keys(open)))];
  const open = new Map<string, Session[]>();
  for (const session of await ports.sessions.findSessions(remembered)) {
    const userId = session.token?.userId;
    if (session.state !== 'ACTIVE' || userId === undefined || !userIds.includes(userId)) continue;
    open.set(userId, [...(open.get(userId) ?? []), session]);
  }
  return open;
}
