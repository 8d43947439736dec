import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { findApiKey } from '#adapters/dynamodb/find-api-key.ts';
import { tenantDirectory } from '#adapters/dynamodb/tenant-directory.ts';
import { systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { type Claims, claimsOfClient, claimsOfKey, claimsOfUser, keysScope } from './claims.ts';

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
  if (event.triggerSource === 'TokenGeneration_ClientCredentials') {
    const { scopes = [], clientMetadata = {} } = event.request;
    if (scopes.includes(keysScope)) {
      return claimsOfKey(await findApiKey({ client, tables }, clientMetadata.api_key ?? ''), systemClock());
    }
    return claimsOfClient(await directory.findApiClient(event.callerContext.clientId));
  }
  return claimsOfUser({
    attributes: event.request.userAttributes ?? {},
    groups: event.request.groupConfiguration?.groupsToOverride ?? [],
  });
}
