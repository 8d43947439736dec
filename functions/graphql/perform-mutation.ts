import * as z from 'zod';
import type { AuditPorts } from '#core/audit/record-change.ts';
import { recordChange } from '#core/audit/record-change.ts';
import { type Attempt, type OncePorts, performOnce } from '#core/idempotency/perform-once.ts';
import type { Caller, FieldRequest } from './field-request.ts';
import { readArguments } from './field-request.ts';

/** What stands around every mutation. */
export interface MutationPorts extends AuditPorts, OncePorts {}

const naming = z.object({
  clientToken: z.string().min(1, 'has 1 to 128 characters').max(128, 'has 1 to 128 characters').nullish(),
});

/**
 * Resolves a field of `Mutation`: written into the tenant's trail, and made once only when the caller named it with
 * `clientToken`, which the field itself never sees. Throws what the field throws; `Conflict` as `performOnce` does.
 */
export async function performMutation(
  ports: MutationPorts,
  request: FieldRequest,
  resolve: (request: FieldRequest, attempt?: Attempt) => Promise<unknown>,
): Promise<unknown> {
  const { clientToken } = readArguments(naming, request.arguments);
  const { clientToken: _, ...rest } = request.arguments;
  const { field: action, caller } = request;
  const change = { actor: actorOf(caller), door: 'GRAPHQL', action, arguments: rest } as const;
  const perform = (attempt?: Attempt) =>
    recordChange(ports, change, () => resolve({ ...request, arguments: rest }, attempt));
  if (clientToken == null) return perform();
  return performOnce(ports, { subject: caller.subject, action, clientToken, arguments: rest }, perform);
}

/** Writes into the tenant's trail what a member of the platform looked at. */
export function recordLook(
  ports: AuditPorts,
  request: FieldRequest,
  resolve: () => Promise<unknown>,
): Promise<unknown> {
  const { field: action, caller, arguments: args } = request;
  return recordChange(ports, { actor: actorOf(caller), door: 'GRAPHQL', action, arguments: args }, resolve);
}

function actorOf({ subject, roles, fromPlatform }: Caller) {
  return { subject, roles, ...(fromPlatform ? { fromPlatform } : {}) };
}
