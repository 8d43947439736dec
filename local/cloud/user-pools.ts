import * as z from 'zod';
import type { Invoke } from '../apigateway/invoke.ts';
import { clientSecret } from '../aws/secrets.ts';
import type { EventStore } from '../events/store.ts';
import type { PreToken, PreTokenEvent } from '../identity/pre-token.ts';
import { createIssuer, type Issuer, type PoolClient } from '../identity/user-pool.ts';
import type { Model, Resource } from '../template/model.ts';
import { region } from '../template/pseudo.ts';

const poolSchema = z.object({
  LambdaConfig: z
    .object({ PreTokenGenerationConfig: z.object({ LambdaArn: z.string() }).optional() })
    .optional(),
});
const clientSchema = z.object({
  GenerateSecret: z.boolean().default(false),
  CallbackURLs: z.array(z.string()).optional(),
  AllowedOAuthScopes: z.array(z.string()).optional(),
  AccessTokenValidity: z.coerce.number().optional(),
  TokenValidityUnits: z
    .object({ AccessToken: z.enum(['seconds', 'minutes', 'hours', 'days']) })
    .partial()
    .default({}),
});
const resourceServerSchema = z.object({
  Identifier: z.string(),
  Scopes: z.array(z.object({ ScopeName: z.string() })).default([]),
});
const jwtAuthorizerSchema = z.object({
  JwtConfiguration: z.object({ Audience: z.array(z.string()) }).optional(),
});

const secondsIn = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

/** Scopes of OpenID Connect itself: every client has them. */
const openIdScopes = ['openid', 'email', 'profile'];

export interface UserPoolOptions {
  model: Model;
  store: EventStore;
  invoke: Invoke;
  issuerUrl: string;
  keysDir: string;
}

/**
 * Makes the issuer that stands for the app's user pool, with the pool's own clients and trigger; undefined when the
 * app has no pool. Throws when it has more than one: there is one address to answer at.
 */
export async function makeIssuer(options: UserPoolOptions): Promise<Issuer | undefined> {
  const { model, store, invoke, issuerUrl, keysDir } = options;
  const [pool, ...more] = model.ofType('AWS::Cognito::UserPool');
  if (!pool) return undefined;
  if (more.length > 0) throw new Error('The local cloud runs one user pool');
  const trigger = pool.read(poolSchema).LambdaConfig?.PreTokenGenerationConfig?.LambdaArn;
  const clients = model.ofType('AWS::Cognito::UserPoolClient').map((client) => poolClient(client, store));
  const audience = foreignAudience(model, clients);
  return createIssuer({
    issuer: issuerUrl,
    keysDir,
    region,
    userPoolId: pool.ref,
    users: [],
    clients,
    scopes: model.ofType('AWS::Cognito::UserPoolResourceServer').flatMap((server) => {
      const { Identifier, Scopes } = server.read(resourceServerSchema);
      return Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`);
    }),
    ...(audience === undefined ? {} : { audience }),
    ...(trigger === undefined ? {} : { preToken: preToken(trigger, invoke) }),
  });
}

function preToken(functionArn: string, invoke: Invoke): PreToken {
  return async (event) => {
    const { payload, functionError } = await invoke(functionArn, event);
    if (functionError) throw new Error('The pre-token-generation trigger failed');
    return payload as PreTokenEvent;
  };
}

function poolClient(resource: Resource, store: EventStore): PoolClient {
  const { GenerateSecret, CallbackURLs, AllowedOAuthScopes, ...validity } = resource.read(clientSchema);
  const { AccessTokenValidity, TokenValidityUnits } = validity;
  const scopes = AllowedOAuthScopes?.filter((scope) => !openIdScopes.includes(scope));
  return {
    clientId: resource.ref,
    ...(GenerateSecret ? { clientSecret: clientSecret(resource.ref, store) } : {}),
    ...(CallbackURLs ? { redirectUris: CallbackURLs } : {}),
    ...(scopes ? { scopes } : {}),
    ...(AccessTokenValidity === undefined
      ? {}
      : {
          accessTokenTtlSeconds: AccessTokenValidity * secondsIn[TokenValidityUnits.AccessToken ?? 'hours'],
        }),
  };
}

/**
 * The audience the HTTP APIs take besides the pool's own clients: tokens carry it, so that clients added later, such
 * as those of a seed, are let in without being listed one by one.
 */
function foreignAudience(model: Model, clients: PoolClient[]): string | undefined {
  const own = new Set(clients.map(({ clientId }) => clientId));
  return model
    .ofType('AWS::ApiGatewayV2::Authorizer')
    .flatMap((authorizer) => authorizer.read(jwtAuthorizerSchema).JwtConfiguration?.Audience ?? [])
    .find((audience) => !own.has(audience));
}
