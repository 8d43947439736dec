import * as z from 'zod';
import type { AuditEntry } from '#core/audit/audit-store.ts';
import type { PageRequest } from '#core/ports.ts';
import { dateTime, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { filteredPage } from './filtered-page.ts';
import { fittingPage, pageRequest, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';

const trailArguments = z.strictObject({
  filter: z
    .strictObject({
      target: z.string().min(1).max(255).nullish(),
      subject: z.string().min(1).max(255).nullish(),
      action: z.string().min(1).max(100).nullish(),
      from: dateTime.nullish(),
      to: dateTime.nullish(),
    })
    .nullish(),
  ...pagingShape,
});

/** `Query.auditTrail`: newest first. */
export async function auditTrail({ arguments: args }: FieldRequest, { audit }: GraphqlServices) {
  const read = readArguments(trailArguments, args);
  const { target, subject, action, from, to } = read.filter ?? {};
  const query = {
    ...(target == null ? {} : { target }),
    ...(from == null ? {} : { from }),
    ...(to == null ? {} : { to }),
  };
  const fits = (entry: AuditEntry) =>
    (subject == null || entry.actor.subject === subject) && (action == null || entry.action === action);
  const list = (page: PageRequest) =>
    filteredPage((stretch) => audit.listEntries(query, stretch), fits, page);
  return fittingPage(pageRequest(read), list, entryView);
}

function entryView({ entryId, at, actor, argumentsJson, ...entry }: AuditEntry) {
  const { subject, roles, fromPlatform = false } = actor;
  return {
    ...entry,
    id: entryId,
    timestamp: rfc3339(at),
    subject,
    roles,
    fromPlatform,
    arguments: JSON.parse(argumentsJson),
  };
}
