import type { Clock } from '../ports.ts';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

/** Whoever signs in, as the identity provider knows them. */
export interface Visitor {
  readonly subject: string;
  /** An address that the provider has seen to be theirs. */
  readonly verifiedEmail?: string;
}

const noteEveryMs = 3_600_000;

/**
 * The user who signs in: by subject, or, the first time, by an e-mail address that is verified, which ties the two for
 * good and lets in who is expected (PENDING). The sign-in is noted, once an hour at most. `undefined`: no user of this
 * tenant. Whether a user may come in is for the caller to see from their status.
 */
export async function signIn(
  ports: { readonly users: UserStore; readonly clock: Clock },
  visitor: Visitor,
): Promise<User | undefined> {
  const { users, clock } = ports;
  const user = (await users.findUserBySubject(visitor.subject)) ?? (await userByEmail(users, visitor));
  if (!user) return undefined;
  const known = await welcomed(ports, user, visitor);
  const at = clock();
  const isNoted = known.lastLoginAt !== undefined && known.lastLoginAt > at - noteEveryMs;
  // Nobody is kept out because it could not be noted that they came.
  if (known.status === 'ACTIVE' && !isNoted) {
    await users.noteLogin(known.userId, { at, everyMs: noteEveryMs }).catch(() => undefined);
  }
  return known;
}

async function userByEmail(users: UserStore, { verifiedEmail }: Visitor): Promise<User | undefined> {
  const user = verifiedEmail === undefined ? undefined : await users.findUserByEmail(verifiedEmail);
  return user?.subject === undefined ? user : undefined;
}

/** Another change may come first: then the next sign-in does it. */
async function welcomed(
  { users, clock }: { users: UserStore; clock: Clock },
  before: User,
  { subject }: Visitor,
): Promise<User> {
  const isTied = before.subject !== undefined && before.status !== 'PENDING';
  if (isTied || before.status === 'BLOCKED' || before.status === 'DELETED') return before;
  const after: User = {
    ...before,
    subject,
    status: 'ACTIVE',
    updatedAt: clock(),
    revision: before.revision + 1,
  };
  return (await users.replaceUser(after, before)) === 'replaced' ? after : before;
}
