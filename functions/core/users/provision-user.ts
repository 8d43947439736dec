import { DomainError } from '../errors.ts';
import type { Clock, NewId } from '../ports.ts';
import type { SetTimer } from '../timers.ts';
import {
  checkedDetails,
  checkRank,
  refusePlatformRole,
  type UserActor,
  type UserDetails,
  usualRoles,
} from './check-user.ts';
import type { MarkPorts } from './mark-tokens.ts';
import { markTokens } from './mark-tokens.ts';
import { type OpenSessionPorts, openSessionsOf } from './open-sessions.ts';
import type { User, UserStatus } from './user.ts';
import type { Taken, UserStore } from './user-store.ts';

export interface UserPorts {
  readonly users: UserStore;
  readonly clock: Clock;
}

/** What is said of a new user. */
export interface NewUser extends Omit<UserDetails, 'userGroups' | 'roles'> {
  readonly userGroups?: readonly string[];
  /** The usual ones of the type when absent. */
  readonly roles?: UserDetails['roles'];
  /** ACTIVE when absent. */
  readonly status?: Extract<UserStatus, 'ACTIVE' | 'PENDING'>;
}

/** Registers a user. Throws `Validation`, `NotAllowed` for roles above the actor's, `Conflict` for what others have. */
export async function createUser(
  ports: UserPorts & { readonly newId: NewId },
  { userGroups = [], roles, status = 'ACTIVE', ...said }: NewUser,
  actor: UserActor,
): Promise<User> {
  const details = checkedDetails({ ...said, userGroups, roles: roles ?? usualRoles(said.userType) });
  checkRank(actor, details.roles);
  refusePlatformRole(details.roles);
  const now = ports.clock();
  const user: User = {
    userId: ports.newId(),
    ...details,
    status,
    createdAt: now,
    updatedAt: now,
    revision: 1,
  };
  const created = await ports.users.createUser(user);
  if (created === 'created') return user;
  throw created === 'exists' ? changedMeanwhile(user.userId) : taken(created);
}

/** What is to change of a user: `null` takes away. */
export interface UserPatch extends Partial<Pick<UserDetails, 'userType' | 'userGroups' | 'roles'>> {
  readonly email?: string;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly phone?: string | null;
  readonly language?: string | null;
  readonly subject?: string | null;
}

/**
 * Changes what is said of a user. With `revision`, only the user as of then. Throws `NotFound`, `Validation`, `Conflict`,
 * and `NotAllowed` for users who are above the actor, or would be.
 */
export async function updateUser(
  ports: UserPorts,
  { userId, patch, revision }: { userId: string; patch: UserPatch; revision?: number },
  actor: UserActor,
): Promise<User> {
  const before = await knownUser(ports, userId);
  checkRank(actor, before.roles);
  if (before.status === 'DELETED') throw gone(userId);
  if (revision !== undefined && revision !== before.revision) throw changedMeanwhile(userId);
  const details = checkedDetails({
    email: changed(patch.email, before.email),
    firstName: changed(patch.firstName, before.firstName),
    lastName: changed(patch.lastName, before.lastName),
    phone: changed(patch.phone, before.phone),
    language: changed(patch.language, before.language),
    subject: changed(patch.subject, before.subject),
    userType: patch.userType ?? before.userType,
    userGroups: patch.userGroups ?? before.userGroups,
    roles: patch.roles ?? before.roles,
  });
  checkRank(actor, details.roles);
  refusePlatformRole(patch.roles ?? []);
  const { status, createdAt, blockedReason, lastLoginAt } = before;
  return replace(ports, before, {
    userId,
    ...details,
    status,
    createdAt,
    ...(blockedReason === undefined ? {} : { blockedReason }),
    ...(lastLoginAt === undefined ? {} : { lastLoginAt }),
  });
}

type SteerPorts = UserPorts & MarkPorts & { readonly setTimer: SetTimer };

/** Longer than any attempt lives (30 s): whatever was written of the user is written by then. */
const finishAfterMs = 45_000;

/**
 * Blocks a user: they get no access any more, and their tokens are refused from the next question on; sessions that run
 * go on. What breaks off between the user and the last token is finished by a timer that is set first, or by a second
 * call. Throws `NotFound`, `NotAllowed`, or `Conflict`, also for oneself.
 */
export async function blockUser(
  ports: SteerPorts,
  { userId, reason }: { userId: string; reason?: string },
  actor: UserActor,
): Promise<User> {
  const before = await steerable(ports, userId, actor);
  const { blockedReason: _, ...rest } = before;
  const blocked = {
    ...rest,
    status: 'BLOCKED',
    ...(reason === undefined ? {} : { blockedReason: reason }),
  } as const;
  const isSo = before.status === 'BLOCKED' && (reason === undefined || reason === before.blockedReason);
  return withTokens(ports, userId, async () => (isSo ? before : replace(ports, before, blocked)));
}

/** Makes a user who was blocked, or is expected, ACTIVE. Throws as `blockUser`. */
export async function unblockUser(ports: SteerPorts, userId: string, actor: UserActor): Promise<User> {
  const before = await steerable(ports, userId, actor);
  const { blockedReason: _, ...rest } = before;
  const isSo = before.status === 'ACTIVE';
  return withTokens(ports, userId, async () =>
    isSo ? before : replace(ports, before, { ...rest, status: 'ACTIVE' }),
  );
}

/**
 * Deletes a user for good: their e-mail, names, phone and sign-in are forgotten, their tokens refused. The user's id,
 * type and groups stay, for sessions and CDRs name them. Throws `NotFound`, `NotAllowed`, or `Conflict`, also while a
 * session of theirs runs and for oneself. Deleting again changes nothing.
 */
export async function deleteUser(
  ports: SteerPorts & OpenSessionPorts,
  userId: string,
  actor: UserActor,
): Promise<void> {
  const before = await knownUser(ports, userId);
  const isSo = before.status === 'DELETED';
  if (!isSo) await steerable(ports, userId, actor);
  if (!isSo && (await openSessionsOf(ports, [userId])).size > 0) {
    throw new DomainError('Conflict', 'a session of this user runs: stop it first, or block the user', 'id');
  }
  const { userType, userGroups, createdAt, lastLoginAt } = before;
  const deleted = {
    userId,
    userType,
    userGroups,
    roles: [],
    status: 'DELETED',
    createdAt,
    ...(lastLoginAt === undefined ? {} : { lastLoginAt }),
  } as const;
  await withTokens(ports, userId, async () => (isSo ? before : replace(ports, before, deleted)));
}

/** The user of this id. Throws `NotFound`. */
export async function knownUser({ users }: Pick<UserPorts, 'users'>, userId: string): Promise<User> {
  const user = await users.findUser(userId);
  if (!user) throw new DomainError('NotFound', `user ${userId} is not known`, 'id');
  return user;
}

async function steerable(ports: UserPorts, userId: string, actor: UserActor): Promise<User> {
  const user = await knownUser(ports, userId);
  checkRank(actor, user.roles);
  if (user.status === 'DELETED') throw gone(userId);
  if (user.subject !== undefined && user.subject === actor.subject) {
    throw new DomainError('Conflict', 'this is yourself: somebody else has to do it', 'id');
  }
  return user;
}

/** Writes a user and then their tokens. The timer comes first: whatever breaks off after it is finished by it. */
async function withTokens(ports: SteerPorts, userId: string, write: () => Promise<User>): Promise<User> {
  await ports.setTimer({ kind: 'MARK_TOKENS', userId }, ports.clock() + finishAfterMs);
  const user = await write();
  await markTokens(ports, userId);
  return user;
}

async function replace(
  ports: UserPorts,
  before: User,
  after: Omit<User, 'updatedAt' | 'revision'>,
): Promise<User> {
  const user: User = { ...after, updatedAt: ports.clock(), revision: before.revision + 1 };
  const replaced = await ports.users.replaceUser(user, before);
  if (replaced === 'replaced') return user;
  throw replaced === 'changed-meanwhile' ? changedMeanwhile(before.userId) : taken(replaced);
}

function changed(said: string | null | undefined, before: string | undefined): string | undefined {
  return said === undefined ? before : (said ?? undefined);
}

function taken(what: Taken): DomainError {
  return what === 'email-taken'
    ? new DomainError('Conflict', 'another user has this e-mail address', 'input.email')
    : new DomainError('Conflict', 'another user signs in with this subject', 'input.subject');
}

function gone(userId: string): DomainError {
  return new DomainError('Conflict', `user ${userId} is deleted`, 'id');
}

function changedMeanwhile(userId: string): DomainError {
  return new DomainError('Conflict', `user ${userId} was changed by somebody else, read them again`, 'id');
}
