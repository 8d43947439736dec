import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { findApiKey } from '#adapters/dynamodb/find-api-key.ts';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { tenantDirectory } from '#adapters/dynamodb/tenant-directory.ts';
import { userStore } from '#adapters/dynamodb/user-store.ts';
import { isClosed } from '#core/tenants/tenant.ts';
import { signIn } from '#core/users/sign-in.ts';
import type { User } from '#core/users/user.ts';
import { systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { type Claims, claimsOfClient, claimsOfKey, claimsOfUser, keysScope, withUser } from './claims.ts';

/**
 * What of Cognito's pre-token-generation event (version 3) is used here.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export interface PreTokenEvent {
  readonly triggerSource: string;
  readonly callerContext: { readonly clientId: string };
  readonly request: {
    readonly userAttributes?: Readonly<Record<string, string | undefined>>;
    readonly groupConfiguration?: { readonly groupsToOverride?: readonly string[] };
    readonly scopes?: readonly string[];
    readonly clientMetadata?: Readonly<Record<string, string>>;
  };
  readonly response: unknown;
}

const client = dynamoClient();
const tables = { registry: setting('REGISTRY_TABLE') };
const directory = tenantDirectory(client, tables);

/** Puts `tenant_id` and `roles` into access tokens (and ID tokens): of people, and of programs by their client id. */
export const handler = door(async (event: PreTokenEvent) => {
  const claims = await claimsOf(event);
  const claimsToAddOrOverride = { ...claims };
  return {
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride },
        idTokenGeneration: { claimsToAddOrOverride },
      },
    },
  };
});

async function claimsOf(event: PreTokenEvent): Promise<Claims> {
  const claims = await claimsOfBearer(event);
  if (claims.tenant_id === undefined) return claims;
  const tenant = await directory.findTenant(claims.tenant_id);
  return tenant && isClosed(tenant) ? { roles: [] } : claims;
}

async function claimsOfBearer(event: PreTokenEvent): Promise<Claims> {
  if (event.triggerSource === 'TokenGeneration_ClientCredentials') {
    const { scopes = [], clientMetadata = {} } = event.request;
    if (scopes.includes(keysScope)) {
      return claimsOfKey(await findApiKey({ client, tables }, clientMetadata.api_key ?? ''), systemClock());
    }
    return claimsOfClient(await directory.findApiClient(event.callerContext.clientId));
  }
  const attributes = event.request.userAttributes ?? {};
  const groups = event.request.groupConfiguration?.groupsToOverride ?? [];
  const claims = claimsOfUser({ attributes, groups });
  if (claims.tenant_id === undefined) return claims;
  return withUser(claims, await userOf(claims.tenant_id, attributes));
}

/** The user of the tenant that signs in, when the tenant has written them down. */
async function userOf(
  tenantId: string,
  { sub = '', email, email_verified: verified }: Readonly<Record<string, string | undefined>>,
): Promise<User | undefined> {
  const users = userStore({ client, tables, tenantId, keys: tenantKeys(tenantId) });
  const visitor = { subject: sub, ...(email && verified === 'true' ? { verifiedEmail: email } : {}) };
  return signIn({ users, clock: systemClock }, visitor);
}
