import { timingSafeEqual } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';

export interface PoolUser {
  username: string;
  password: string;
  /** `sub`, `email`, `custom:tenant_id` and so on; `sub` is the user name when absent. */
  attributes: Record<string, string>;
  groups: string[];
}

export interface PoolClient {
  clientId: string;
  /** Absent for a public client (a browser), which then must use PKCE. */
  clientSecret?: string;
  /** With redirect addresses the client may sign users in; without, it gets tokens for itself alone. */
  redirectUris?: string[];
  /** Scopes it may ask for and gets when it asks for none; those of the pool when absent. */
  scopes?: string[];
  /** How long its access tokens live; as the pool's others when absent. */
  accessTokenTtlSeconds?: number;
}

/** A client in the metadata names of OpenID Connect Dynamic Client Registration. */
export function clientMetadata(client: PoolClient, scopes: string[]): AdapterPayload {
  const { clientId, clientSecret, redirectUris = [] } = client;
  const signsIn = redirectUris.length > 0;
  return {
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
    // Takes the secret in the header and in the form, as Cognito does.
    token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_basic',
    grant_types: [
      ...(clientSecret === undefined ? [] : ['client_credentials']),
      ...(signsIn ? ['authorization_code', 'refresh_token'] : []),
    ],
    response_types: signsIn ? ['code'] : [],
    redirect_uris: redirectUris,
    scope: scopes.join(' '),
  } as AdapterPayload;
}

/** The subject of a user's tokens. */
export function subOf(user: PoolUser): string {
  return user.attributes.sub ?? user.username;
}

/** Compares in constant time. */
export function passwordIs(user: PoolUser, password: string): boolean {
  const [known, given] = [Buffer.from(user.password), Buffer.from(password)];
  return known.length === given.length && timingSafeEqual(known, given);
}
