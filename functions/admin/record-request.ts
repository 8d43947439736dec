import { lostEntryMessage, recordChange } from '#core/audit/record-change.ts';
import { DomainError } from '#core/errors.ts';
import { logger } from '#platform/logger.ts';
import type { AdminAnswer, AdminRequest, Route } from './route.ts';
import type { AdminServices } from './services.ts';

/** One request, as far as the trail tells of it. */
interface Recorded {
  readonly route: Pick<Route, 'method' | 'path' | 'onlyReads'>;
  readonly request: AdminRequest;
  readonly roles: readonly string[];
  readonly fromPlatform: boolean;
}

/**
 * Answers a request and writes it into the tenant's trail: what changes something, and what members of the platform
 * look at.
 */
export function recorded(
  services: AdminServices,
  asked: Recorded,
  answer: () => Promise<AdminAnswer>,
): Promise<AdminAnswer> {
  const { route, request, roles, fromPlatform } = asked;
  const changes = route.method !== 'GET' && route.onlyReads !== true;
  if (!changes && !fromPlatform) return answer();
  const { audit, clock, newId, calls } = services;
  const { subject, path, query, body } = request;
  return recordChange(
    {
      audit,
      clock,
      newId,
      isSecret: calls.isSecret,
      onLost: (entry, error) => {
        logger.error(lostEntryMessage, { entry, error });
      },
    },
    {
      actor: { subject, roles, ...(fromPlatform ? { fromPlatform } : {}) },
      door: 'REST',
      action: `${route.method} ${route.path}`,
      arguments: { path, query, body },
    },
    answer,
  );
}

/** Throws for a route that the caller has no role for. */
export function checkRole({ roles }: Pick<Route, 'roles'>, mine: readonly string[]): void {
  if (roles.some((role) => mine.includes(role))) return;
  throw new DomainError('NotAllowed', `this needs one of the roles ${roles.join(', ')}`);
}
