import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import type { Session } from '#core/sessions/session.ts';
import { type FieldRequest, readArguments } from './field-request.ts';
import { ownerOf } from './own-data.ts';
import type { GraphqlServices } from './services.ts';
import { sessionView } from './session-view.ts';

type View = Record<string, unknown>;

const usualLimit = 50;
const sessionsPerRead = 200;

const byUser = z.object({
  userId: z.string().min(1),
  limit: z.int().min(1).max(200).nullish(),
  offset: z.int().min(0).max(1_000).nullish(),
});

/**
 * `Query.sessionsByUser`: newest first. An offset is read past, so it has an end; `sessionsPage` goes further. A driver
 * is one user, and others are nobody.
 */
export async function sessionsByUser(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { userId, limit, offset } = readArguments(byUser, args);
  const owner = ownerOf(caller);
  if (owner !== undefined && owner !== userId) {
    throw new DomainError('NotFound', `user ${userId} is not known`, 'userId');
  }
  const [from, wanted] = [offset ?? 0, limit ?? usualLimit];
  const found: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await services.sessions.listSessions(
      { userId },
      { limit: Math.min(sessionsPerRead, from + wanted - found.length), ...(cursor ? { cursor } : {}) },
    );
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < from + wanted);
  return found.slice(from, from + wanted).map(sessionView);
}
