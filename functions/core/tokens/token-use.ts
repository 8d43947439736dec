import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { wasKept } from '../stations/station-clock.ts';
import type { StationStore } from '../stations/station-store.ts';
import type { TenantPolicy } from '../tenants/tenant-policy.ts';
import {
  type Authorization,
  type AuthorizationPorts,
  authorizeToken,
  type TokenQuestion,
} from './authorize-token.ts';
import { foldTokenUid } from './token.ts';

/** Of a token without a limit, so many of its open sessions are remembered. */
const mostRemembered = 20;

/** What a token is and was used for. Times in epoch milliseconds. */
export interface TokenUse {
  readonly uid: string;
  /** Sessions that run on it, as far as their ends have arrived; by id, with their starts. */
  readonly open: Readonly<Record<string, number>>;
  /** Sessions that were started with it. */
  readonly useCount: number;
  readonly lastUsedAt?: number;
}

/** The use of one tenant's tokens, one record for each, by folded uid. Every write is safe to repeat. */
export interface TokenUseStore {
  findUse(uid: string): Promise<TokenUse | undefined>;
  /** Of tokens that were used. */
  findUses(uids: readonly string[]): Promise<readonly TokenUse[]>;
  /** Adds an open session, once, and takes others out. */
  noteStart(uid: string, start: { sessionId: string; at: number; forget: readonly string[] }): Promise<void>;
  noteEnd(uid: string, sessionId: string): Promise<void>;
}

export interface UsePorts extends AuthorizationPorts {
  readonly stations: StationStore;
  readonly policy: TenantPolicy;
  readonly tokenUses: TokenUseStore;
  readonly sessions: SessionStore;
}

/** A verdict on a token that starts a session, and which of its remembered sessions to forget. */
export interface JudgedStart {
  readonly authorization: Authorization;
  readonly forget: readonly string[];
}

/**
 * Judges a token that starts a session: as `authorizeToken`, and CONCURRENT_SESSION when as many of its sessions run
 * as may. What is remembered as running is looked at before anybody is refused: ends get lost. `isSame` says which
 * sessions this start does not compete with: itself, and what it ends by taking its place. A start that its station kept
 * competes with none: what runs by now says nothing about what ran then.
 */
export async function judgeStart(
  ports: UsePorts,
  question: TokenQuestion,
  isSame: (session: Session) => boolean,
): Promise<JudgedStart> {
  const uid = foldTokenUid(question.uid);
  const [authorization, use] = await Promise.all([
    authorizeToken(ports, { ...question, purpose: 'START' }),
    uid === '' ? undefined : ports.tokenUses.findUse(uid),
  ]);
  const open = Object.entries(use?.open ?? {}).sort(([, one], [, other]) => one - other);
  const remembered = open.map(([sessionId]) => sessionId);
  const now = ports.clock();
  const most = wasKept(question.shownAt ?? now, now) ? undefined : authorization.maxOpenSessions;
  if (most === undefined) {
    return {
      authorization,
      forget: remembered.slice(0, Math.max(0, remembered.length + 1 - mostRemembered)),
    };
  }
  if (authorization.status !== 'ACCEPTED' || remembered.length < most) return { authorization, forget: [] };
  const sessions = await ports.sessions.findSessions(remembered);
  const running = sessions.filter(({ state }) => state === 'ACTIVE');
  const forget = remembered.filter((id) => running.every(({ sessionId }) => sessionId !== id));
  const others = running.filter((session) => !isSame(session));
  if (others.length < most) return { authorization, forget };
  return { authorization: { ...authorization, status: 'CONCURRENT_SESSION' }, forget };
}

/**
 * Remembers that a session runs on its token. Never fails: a start that is not remembered lets one session too many
 * run, while an error would make the station send the start again.
 */
export async function noteTokenStart(
  ports: { tokenUses: TokenUseStore },
  session: Pick<Session, 'sessionId' | 'token' | 'startedAt'>,
  forget: readonly string[] = [],
): Promise<void> {
  const { sessionId, token, startedAt } = session;
  if (token?.status !== 'ACCEPTED') return;
  await ports.tokenUses.noteStart(token.uid, { sessionId, at: startedAt, forget }).catch(() => undefined);
}

/** Forgets a session that ended. Never fails, as above: what stays behind is looked at before it counts. */
export async function noteTokenEnd(
  ports: { tokenUses: TokenUseStore },
  { sessionId, token }: Pick<Session, 'sessionId' | 'token'>,
): Promise<void> {
  if (token?.status !== 'ACCEPTED') return;
  await ports.tokenUses.noteEnd(token.uid, sessionId).catch(() => undefined);
}
