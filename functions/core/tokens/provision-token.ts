import { checkRevision } from '../check-revision.ts';
import { DomainError } from '../errors.ts';
import type { PartnerStore } from '../partners/partner-store.ts';
import type { Clock } from '../ports.ts';
import type { UserStore } from '../users/user-store.ts';
import { checkRestrictions } from './check-restrictions.ts';
import { foldTokenUid, type Token, type TokenRef } from './token.ts';
import type { TokenStore } from './token-store.ts';

/** The longest any protocol carries (OCPP 2.0.1 IdToken, OCPI CiString(36)). */
const longestUid = 36;

/** What an owner says of a token. */
export interface TokenDescription extends TokenTerms, TokenRef {
  readonly visualId?: string;
  readonly groupId?: string;
  readonly userId?: string;
  /** Of a partner's driver; then without a user. */
  readonly partnerId?: string;
  readonly expiresAt?: number;
}

/** On what terms it charges; see `Token`. */
type TokenTerms = Pick<Token, 'restrictions' | 'maxOpenSessions' | 'priority' | 'language' | 'message'>;

interface TokenPorts {
  readonly tokens: TokenStore;
  readonly clock: Clock;
}

/** For writes that may give a token to a user or a partner. */
interface HolderPorts extends TokenPorts {
  readonly users: Pick<UserStore, 'findUser'>;
  readonly partners: Pick<PartnerStore, 'findPartner'>;
}

/** Registers a token. Throws `Validation`, also for a user who may not charge and for no partner, or `Conflict`. */
export async function createToken(ports: HolderPorts, described: TokenDescription): Promise<Token> {
  const token = newToken(described, ports.clock());
  const { uid, userId } = token;
  await checkPartner(ports, token);
  const given = await givenTo(ports, userId);
  const created = await ports.tokens.createToken(token, given);
  if (created === 'exists') throw new DomainError('Conflict', `token ${uid} exists already`, 'input.uid');
  if (created === 'holder-not-active') throw holderRefused(userId);
  return token;
}

/** Checks a user whom a token is given to. The write looks again, for the user may be blocked meanwhile. */
async function givenTo({ users }: HolderPorts, userId: string | undefined) {
  if (userId === undefined) return {};
  const user = await users.findUser(userId);
  if (user?.status !== 'ACTIVE') throw holderRefused(userId);
  return { holderIsActive: true };
}

/** A partner's driver is no user of ours. The partner need not be connected, but must be there. */
async function checkPartner(
  { partners }: HolderPorts,
  { partnerId, userId }: Pick<Token, 'partnerId' | 'userId'>,
): Promise<void> {
  if (partnerId === undefined) return;
  if (userId !== undefined)
    throw new DomainError('Validation', 'a token is of a user or of a partner', 'input.partnerId');
  const partner = await partners.findPartner(partnerId);
  if (!partner || partner.status === 'DELETED')
    throw new DomainError('Validation', `there is no partner ${partnerId}`, 'input.partnerId');
}

function holderRefused(userId = ''): DomainError {
  return new DomainError('Validation', `there is no active user ${userId}`, 'input.userId');
}

/** What an owner says of a token that may be there already. */
export interface TokenDetails extends TokenDescription {
  /** `true` when absent. */
  readonly active?: boolean;
  /** As it was when absent. */
  readonly blocked?: boolean;
  readonly blockedReason?: string;
}

/** Makes a token what its owner says, new or not: what is not said of it is not so, its block and form aside. Throws `Validation` or `Conflict`. */
export async function saveToken(
  ports: HolderPorts,
  { active, blocked, blockedReason, ...said }: TokenDetails,
) {
  const described = newToken(said, ports.clock());
  await checkPartner(ports, described);
  const before = await ports.tokens.findToken(described.uid);
  const isBlocked = blocked ?? before?.blocked ?? false;
  const reason = blockedReason ?? before?.blockedReason;
  const { userId } = described;
  const keepsHolder = before !== undefined && before.userId === userId;
  const holderStatus = keepsHolder ? before.holderStatus : undefined;
  const form = described.form ?? (before?.tokenType === described.tokenType ? before.form : undefined);
  const token: Token = {
    ...described,
    ...(form === undefined ? {} : { form }),
    active: active ?? true,
    blocked: isBlocked,
    ...(isBlocked && reason !== undefined ? { blockedReason: reason } : {}),
    ...(holderStatus === undefined ? {} : { holderStatus }),
    ...(before ? { createdAt: before.createdAt, revision: before.revision + 1 } : {}),
  };
  const given = keepsHolder ? {} : await givenTo(ports, userId);
  const saved = before
    ? await ports.tokens.replaceToken(token, given)
    : await ports.tokens.createToken(token, given);
  if (saved === 'holder-not-active') throw holderRefused(userId);
  if (saved === 'exists' || saved === 'changed-meanwhile') {
    throw new DomainError(
      'Conflict',
      `token ${token.uid} was changed by somebody else, read it again`,
      'uid',
    );
  }
  return token;
}

function newToken(described: TokenDescription, now: number): Token {
  const { uid: raw, visualId = raw.trim(), tokenType, groupId, userId, expiresAt, ...rest } = described;
  const uid = foldTokenUid(raw);
  if (uid === '' || uid.length > longestUid) {
    throw new DomainError('Validation', `uid is 1 to ${longestUid} characters`, 'input.uid');
  }
  checkRestrictions(rest.restrictions);
  return {
    uid,
    visualId,
    tokenType,
    active: true,
    blocked: false,
    createdAt: now,
    updatedAt: now,
    revision: 1,
    ...(groupId === undefined ? {} : { groupId }),
    ...(userId === undefined ? {} : { userId }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...rest,
  };
}

/** Blocks a token from the next question on; sessions that run go on. Throws `NotFound` or `Conflict`. */
export async function blockToken(
  ports: TokenPorts,
  uid: string,
  reason?: string,
  expectedRevision?: number,
): Promise<Token> {
  const block = (token: Token) => ({
    ...token,
    blocked: true,
    ...(reason === undefined ? {} : { blockedReason: reason }),
  });
  return changeToken(ports, uid, block, { expectedRevision });
}

/** Lets a blocked token charge again. Throws `NotFound` or `Conflict`. */
export async function unblockToken(
  ports: TokenPorts,
  uid: string,
  expectedRevision?: number,
): Promise<Token> {
  const unblock = ({ blockedReason: _, ...token }: Token) => ({ ...token, blocked: false });
  return changeToken(ports, uid, unblock, { expectedRevision });
}

/** What an owner may change of a token. Absent stays as it is, `null` takes away. */
export interface TokenChange {
  readonly visualId?: string | null;
  readonly groupId?: string | null;
  readonly userId?: string | null;
  readonly expiresAt?: number | null;
  readonly active?: boolean;
  readonly restrictions?: Token['restrictions'] | null;
}

/**
 * Changes a token. Throws `NotFound`, `Validation` for a user who may not charge, or `Conflict` when somebody else
 * changed it meanwhile.
 */
export async function updateToken(
  ports: HolderPorts,
  uid: string,
  change: TokenChange,
  expectedRevision?: number,
): Promise<Token> {
  const { userId, restrictions } = change;
  checkRestrictions(restrictions);
  const given = await givenTo(ports, userId ?? undefined);
  return changeToken(ports, uid, (token) => withChange(token, change), { ...given, expectedRevision });
}

function withChange(token: Token, change: TokenChange): Token {
  const { visualId = token.visualId, active = token.active, ...others } = change;
  const kept = Object.entries({ ...token, ...others }).filter(([, value]) => value != null);
  const isSameHolder = others.userId === undefined || others.userId === token.userId;
  const { holderStatus: _, ...rest } = Object.fromEntries(kept) as unknown as Token;
  const holder = isSameHolder && token.holderStatus ? { holderStatus: token.holderStatus } : {};
  return { ...rest, ...holder, active, visualId: visualId ?? token.uid };
}

async function changeToken(
  ports: TokenPorts,
  rawUid: string,
  change: (token: Token) => Token,
  { expectedRevision, ...given }: { holderIsActive?: boolean; expectedRevision: number | undefined },
): Promise<Token> {
  const uid = foldTokenUid(rawUid);
  const before = await ports.tokens.findToken(uid);
  if (!before) throw new DomainError('NotFound', `token ${uid} is not known`, 'id');
  checkRevision(before, expectedRevision);
  const after: Token = { ...change(before), updatedAt: ports.clock(), revision: before.revision + 1 };
  const replaced = await ports.tokens.replaceToken(after, given);
  if (replaced === 'holder-not-active') throw holderRefused(after.userId);
  if (replaced !== 'replaced') {
    throw new DomainError('Conflict', `token ${uid} was changed by somebody else, read it again`, 'id');
  }
  return after;
}
