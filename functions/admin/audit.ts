import type { AuditEntry } from '#core/audit/audit-store.ts';
import { DomainError } from '#core/errors.ts';
import { administrators, moment, pageAnswer, pageOf, type Route, rfc3339 } from './route.ts';

export const auditRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/audit',
    summary:
      'Who changed what, newest first: of everything, or of what `target` names; `from` and `to` are moments.',
    roles: administrators,
    async handle(request, { audit }) {
      const { target, from, to } = request.query;
      const query = {
        ...(target === undefined || target === '' ? {} : { target }),
        ...(from === undefined ? {} : { from: momentOf(from, 'from') }),
        ...(to === undefined ? {} : { to: momentOf(to, 'to') }),
      };
      return pageAnswer(await audit.listEntries(query, pageOf(request)), entryView);
    },
  },
];

function entryView({ at, argumentsJson, actor, ...entry }: AuditEntry) {
  return {
    ...entry,
    ...actor,
    fromPlatform: actor.fromPlatform ?? false,
    at: rfc3339(at),
    arguments: JSON.parse(argumentsJson),
  };
}

function momentOf(text: string, field: string): number {
  const result = moment.safeParse(text);
  if (!result.success)
    throw new DomainError('Validation', `${field} is a moment such as 2026-06-15T12:00:00Z`, field);
  return result.data;
}
