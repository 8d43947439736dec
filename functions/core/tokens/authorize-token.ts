import type { Clock } from '../ports.ts';
import { saneTime, wasKept } from '../stations/station-clock.ts';
import type { StationStore } from '../stations/station-store.ts';
import { type TenantPolicy, usualPolicy } from '../tenants/tenant-policy.ts';
import { foldTokenUid, type Token, type TokenRef, type TokenType } from './token.ts';
import { endOfHours, offence, type TokenRestrictions } from './token-restrictions.ts';
import type { TokenStore } from './token-store.ts';

/** `UNKNOWN` to whoever was asked; `INVALID`: known, and not for charging (here, or any more). */
export type AuthorizationStatus =
  | 'ACCEPTED'
  | 'BLOCKED'
  | 'EXPIRED'
  | 'INVALID'
  | 'UNKNOWN'
  | 'NO_CREDIT'
  | 'CONCURRENT_SESSION'
  | 'WRONG_PLACE'
  | 'WRONG_EVSE'
  | 'WRONG_TIME';

/** The verdict on a token, and what a station may cache of it. */
export interface Authorization extends TokenRef {
  readonly status: AuthorizationStatus;
  /** The token as asked for, folded. */
  readonly uid: string;
  readonly groupId?: string;
  readonly expiresAt?: number;
  readonly userId?: string;
  readonly partnerId?: string;
  /** The only EVSEs it charges at. */
  readonly evseIds?: readonly number[];
  /** How many sessions may run on it at once. */
  readonly maxOpenSessions?: number;
  readonly priority?: number;
  readonly language?: string;
  readonly message?: string;
  /** How long the verdict may be kept, where that is limited: never longer than the token is good here. */
  readonly cacheUntil?: number;
  /** It was refused for what may have come about only after it was shown. */
  readonly refusedSince?: true;
}

/** Who asks for a verdict, and what for: to know (`ASK`), because charging begins (`START`) or is to end (`STOP`). */
export interface TokenQuestion {
  readonly uid: string;
  readonly tokenType: TokenType;
  /** `ASK` when absent. */
  readonly purpose?: 'ASK' | 'START' | 'STOP';
  /** Where it is shown. Restrictions of place and time are held against tokens that are shown somewhere. */
  readonly stationId?: string;
  readonly evseId?: number;
  /** When it was shown to start, by its station's clock; now when absent. */
  readonly shownAt?: number;
}

/** Whoever knows tokens: gives a verdict on those it knows, and `undefined` on all others. */
export type TokenSource = (question: TokenQuestion) => Promise<Authorization | undefined>;

export interface AuthorizationPorts {
  readonly tokens: TokenStore;
  readonly clock: Clock;
  /** For restrictions by location and hour: whoever names a station gives it. */
  readonly stations?: StationStore;
  /** The usual one when absent. */
  readonly policy?: TenantPolicy;
  /** Asked in their order about tokens that are not the tenant's own. */
  readonly otherTokens?: readonly TokenSource[];
}

/**
 * Judges a token by the first source that knows it, the tenant's own first: one that nobody knows is UNKNOWN. Group
 * and expiry are given for known tokens only. Times are held against the moment it was shown, which a station that was
 * offline tells later; of blocking no moment is known but that of the token's last change.
 */
export async function authorizeToken(
  ports: AuthorizationPorts,
  asked: TokenQuestion,
): Promise<Authorization> {
  const question = { ...asked, uid: foldTokenUid(asked.uid) };
  const { uid, tokenType } = question;
  if (uid === '') return { status: 'INVALID', uid, tokenType };
  const sources: readonly TokenSource[] = [ownTokens(ports), ...(ports.otherTokens ?? [])];
  for (const judge of sources) {
    const authorization = await judge(question);
    if (authorization) return kept(ports, authorization);
  }
  return { status: 'UNKNOWN', uid, tokenType };
}

/** Until the token expires, its hours are over or the tenant's time is up, whichever comes first. */
function kept(
  { policy = usualPolicy, clock }: AuthorizationPorts,
  authorization: Authorization,
): Authorization {
  const { cacheUntil, expiresAt } = authorization;
  const { cacheLifetimeS } = policy;
  const lifetimeEnd = cacheLifetimeS === undefined ? undefined : clock() + cacheLifetimeS * 1000;
  const ends = [cacheUntil, expiresAt, lifetimeEnd].filter((end) => end !== undefined);
  return ends.length === 0 ? authorization : { ...authorization, cacheUntil: Math.min(...ends) };
}

/** The tenant's own: retired is INVALID, then BLOCKED, then EXPIRED, then what restricts it. */
function ownTokens(ports: AuthorizationPorts): TokenSource {
  return async (question) => {
    const token = await ports.tokens.findToken(question.uid);
    if (!token) return undefined;
    return { ...(await verdict(ports, token, question)), ...knownOf(token) };
  };
}

/** What a verdict tells of a token, whatever it is. */
function knownOf(token: Token): Omit<Authorization, keyof Verdict> {
  const { uid, tokenType, form, groupId, expiresAt, userId, partnerId, restrictions, ...rest } = token;
  const { maxOpenSessions, priority, language, message } = rest;
  return {
    uid,
    tokenType,
    ...(form === undefined ? {} : { form }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(userId === undefined ? {} : { userId }),
    ...(partnerId === undefined ? {} : { partnerId }),
    ...(restrictions?.evseIds === undefined ? {} : { evseIds: restrictions.evseIds }),
    ...(maxOpenSessions === undefined ? {} : { maxOpenSessions }),
    ...(priority === undefined ? {} : { priority }),
    ...(language === undefined ? {} : { language }),
    ...(message === undefined ? {} : { message }),
  };
}

type Verdict = Pick<Authorization, 'status' | 'cacheUntil' | 'refusedSince'>;

async function verdict(ports: AuthorizationPorts, token: Token, question: TokenQuestion): Promise<Verdict> {
  const now = ports.clock();
  const at = saneTime(question.shownAt ?? now, now);
  const standing = standingOf(token, at);
  if (standing !== 'ACCEPTED') return refusal(token, standing, { at, now });
  if (question.purpose === 'START' && isMaster(ports.policy ?? usualPolicy, token)) {
    return { status: 'INVALID' };
  }
  const { restrictions } = token;
  const { stationId } = question;
  if (!restrictions || stationId === undefined) return { status: 'ACCEPTED' };
  return verdictThere(ports, restrictions, { ...question, stationId, at });
}

/** Nobody knows since when a token is blocked or retired, but that it changed after its station let it charge. */
function refusal(
  { updatedAt }: Token,
  status: AuthorizationStatus,
  { at, now }: { at: number; now: number },
): Verdict {
  const mayBeSince = status !== 'EXPIRED' && wasKept(at, now) && updatedAt > at;
  return { status, ...(mayBeSince ? { refusedSince: true } : {}) };
}

async function verdictThere(
  ports: AuthorizationPorts,
  restrictions: TokenRestrictions,
  { purpose, stationId, evseId, at }: TokenQuestion & { stationId: string; at: number },
): Promise<Verdict> {
  const needsStation = restrictions.locationIds !== undefined || restrictions.hours !== undefined;
  // Whoever ends a session may do so anywhere and is not worth another read; the next start asks again.
  if (purpose === 'STOP' && needsStation) return { status: 'ACCEPTED', cacheUntil: at };
  const station = needsStation ? await ports.stations?.findStation(stationId) : undefined;
  const { locationId, timeZone = 'UTC' } = station ?? {};
  const offends = offence(restrictions, {
    at,
    stationId,
    timeZone,
    ...(locationId === undefined ? {} : { locationId }),
    ...(evseId === undefined ? {} : { evseId }),
  });
  if (purpose === 'STOP') return { status: 'ACCEPTED', ...(offends ? { cacheUntil: at } : {}) };
  if (offends) return { status: offends };
  const hoursEnd = restrictions.hours && endOfHours(restrictions.hours, { at, timeZone });
  return { status: 'ACCEPTED', ...(hoursEnd === undefined ? {} : { cacheUntil: hoursEnd }) };
}

/** What a token is worth anywhere: also what a station may hold without us. */
export function standingOf(
  token: Token,
  now: number,
): Extract<AuthorizationStatus, 'ACCEPTED' | 'BLOCKED' | 'EXPIRED' | 'INVALID'> {
  if (!token.active || token.holderStatus === 'DELETED') return 'INVALID';
  if (token.blocked || token.holderStatus === 'BLOCKED') return 'BLOCKED';
  if (token.expiresAt !== undefined && token.expiresAt <= now) return 'EXPIRED';
  return 'ACCEPTED';
}

/** Such a token ends anybody's session and starts none (OCPP 2.0.1 C16). */
export function isMaster({ masterGroupId }: TenantPolicy, { groupId }: Pick<Token, 'groupId'>): boolean {
  return masterGroupId !== undefined && groupId === masterGroupId;
}
