import { DomainError } from '#core/errors.ts';
import type { Session } from '#core/sessions/session.ts';
import type { Caller } from './field-request.ts';
import type { GraphqlServices } from './services.ts';

/** Roles that see all of a tenant's data; whoever has none of them sees what is their own. */
const seesAll: ReadonlySet<string> = new Set(['VIEWER', 'OPERATOR', 'TENANT_ADMIN', 'SUPER_ADMIN']);

/**
 * The user whose own things the caller may see: the user who signs in with the token's subject, or the subject itself
 * where no user does. `undefined`: all of them.
 */
export function ownerOf({ roles, subject, userId }: Caller): string | undefined {
  return roles.some((role) => seesAll.has(role)) ? undefined : (userId ?? subject);
}

/**
 * A caller who sees only what is theirs, with the user that they are. Throws `NotAllowed` for a user who is not ACTIVE:
 * their token may still live for an hour.
 */
export async function withUser(caller: Caller, { users }: Pick<GraphqlServices, 'users'>): Promise<Caller> {
  if (ownerOf(caller) === undefined) return caller;
  const user = await users.findUserBySubject(caller.subject);
  if (!user) return caller;
  if (user.status !== 'ACTIVE') throw new DomainError('NotAllowed', 'this user has no access');
  return { ...caller, userId: user.userId };
}

/** Whether the caller may see a session; a driver's is charged with a token that is the driver's. */
export function maySee(caller: Caller, { token }: Pick<Session, 'token'>): boolean {
  const owner = ownerOf(caller);
  return owner === undefined || (owner !== '' && token?.userId === owner);
}

/**
 * Throws for sessions that the caller may not follow. Foreign ones are to a driver what others have never been:
 * `NotFound`.
 */
export async function checkSessions(
  caller: Caller,
  sessionIds: readonly string[] | null | undefined,
  { sessions }: Pick<GraphqlServices, 'sessions'>,
): Promise<void> {
  if (ownerOf(caller) === undefined) return;
  if (!sessionIds) throw new DomainError('Validation', 'a driver names the sessions to follow', 'sessionIds');
  const found = await sessions.findSessions([...new Set(sessionIds)]);
  const own = new Set(found.filter((one) => maySee(caller, one)).map(({ sessionId }) => sessionId));
  const foreign = sessionIds.find((id) => !own.has(id));
  if (foreign !== undefined)
    throw new DomainError('NotFound', `session ${foreign} is not known`, 'sessionIds');
}
