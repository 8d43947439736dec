import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { setting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { type Claims, claimsOfClient, claimsOfUser } from './claims.ts';

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
  };
  readonly response: unknown;
}

const directory = tenantDirectory(dynamoClient(), { registry: setting('REGISTRY_TABLE') });

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
    return claimsOfClient(await directory.findApiClient(event.callerContext.clientId));
  }
  return claimsOfUser({
    attributes: event.request.userAttributes ?? {},
    groups: event.request.groupConfiguration?.groupsToOverride ?? [],
  });
}
