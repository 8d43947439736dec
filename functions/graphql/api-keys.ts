import * as z from 'zod';
import { type ApiKey, apiKeyRoles } from '#core/api-keys/api-key.ts';
import { createApiKey, revokeApiKey } from '#core/api-keys/manage-api-keys.ts';
import { dateTime, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { pageRequest, pageView, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const createInput = z.strictObject({
  input: z.strictObject({
    name: z.string(),
    roles: z.array(z.enum(apiKeyRoles, `is one of ${apiKeyRoles.join(', ')}`)).max(apiKeyRoles.length),
    expiresAt: dateTime.nullish(),
  }),
});

/** `Mutation.createApiKey`: the only answer that ever contains the secret. */
export async function create(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { name, roles, expiresAt } = readArguments(createInput, args).input;
  const wanted = { name, roles, ...(expiresAt == null ? {} : { expiresAt }) };
  const { key, secret } = await createApiKey(services, caller, wanted);
  return { ...keyView(key), clientSecret: secret };
}

/** `Query.apiKeys`: in the order they were made. */
export async function list({ arguments: args }: FieldRequest, { apiKeys }: GraphqlServices): Promise<View> {
  const page = await apiKeys.listKeys(pageRequest(readArguments(z.strictObject(pagingShape), args)));
  return pageView(page, keyView);
}

/** `Mutation.revokeApiKey`. */
export async function revoke(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { clientId } = readArguments(z.strictObject({ clientId: z.string().min(1).max(200) }), args);
  return keyView(await revokeApiKey(services, clientId, caller.subject));
}

function keyView({ secretDigest: _, createdAt, expiresAt, revokedAt, ...key }: ApiKey): View {
  return {
    ...key,
    createdAt: rfc3339(createdAt),
    expiresAt: expiresAt === undefined ? undefined : rfc3339(expiresAt),
    revokedAt: revokedAt === undefined ? undefined : rfc3339(revokedAt),
  };
}
