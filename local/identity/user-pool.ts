import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import Provider, {
  type AdapterPayload,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { readForm, showLogin } from './login-page.ts';
import { clientMetadata, type PoolClient, type PoolUser, passwordIs, subOf } from './pool-members.ts';
import { applyOverrides, type PreToken, preTokenEvent, type TokenSubject } from './pre-token.ts';
import { createSessionStore } from './session-store.ts';
import { loadIssuerKeys } from './signing-keys.ts';

export type { PoolClient, PoolUser } from './pool-members.ts';

export interface IssuerConfig {
  /** For example `http://127.0.0.1:8080`; the same whatever listener a request comes in by. */
  issuer: string;
  /** Where `issuer-keys.json` is kept. */
  keysDir: string;
  region: string;
  userPoolId: string;
  users: PoolUser[];
  clients: PoolClient[];
  /** `aud` of access tokens; the client's id when absent. */
  audience?: string;
  /** Scopes of the pool's resource servers. */
  scopes?: string[];
  accessTokenTtlSeconds?: number;
  preToken?: PreToken;
}

export interface Issuer {
  /** Answers the OIDC addresses; false, and nothing done, for any other path. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Adds or replaces a client. */
  addClient(client: PoolClient): void;
  /** Adds or replaces a user. */
  addUser(user: PoolUser): void;
  /**
   * Makes an access token as the client-credentials grant would, trigger included, good for as long as asked.
   * @throws {Error} for an unknown client
   */
  mintToken(request: { clientId: string; ttlSeconds: number; scopes?: string[] }): Promise<string>;
  close(): Promise<void>;
}

const HOUR_SECONDS = 3600;
const DISCOVERY_PATH = '/.well-known/openid-configuration';
const LOGIN_PATH = '/oauth2/login/';
const ROUTES = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  revocation: '/oauth2/revoke',
  end_session: '/oauth2/logout',
  jwks: '/.well-known/jwks.json',
};
/** The one resource server; a name that no client needs to send. */
const RESOURCE = 'urn:open-csms:api';
const OPENID_SCOPES = ['openid', 'email', 'profile', 'offline_access'];

/**
 * An OpenID Connect issuer that stands where a Cognito user pool stands in AWS: same token endpoint path, same
 * access-token claims, same pre-token-generation trigger.
 * Source: Cognito developer guide, "Token endpoint", "Access token" and "Pre token generation Lambda trigger".
 */
export async function createIssuer(config: IssuerConfig): Promise<Issuer> {
  return new Pool(config, await loadIssuerKeys(join(config.keysDir, 'issuer-keys.json')));
}

/** What a request hands to the trigger: the form's `aws_client_metadata`, an object of texts as JSON. */
function metadataIn(body: unknown): Record<string, string> {
  const text = (body as { aws_client_metadata?: unknown } | undefined)?.aws_client_metadata;
  if (typeof text !== 'string') return {};
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
  } catch {
    throw new errors.InvalidRequest('aws_client_metadata is not valid JSON');
  }
}

class Pool implements Issuer {
  readonly #config: IssuerConfig;
  readonly #origin: URL;
  readonly #provider: Provider;
  readonly #usersByName = new Map<string, PoolUser>();
  readonly #usersBySub = new Map<string, PoolUser>();
  readonly #clients = new Map<string, PoolClient>();
  readonly #clientMetadata = new Map<string, AdapterPayload>();
  readonly #callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>;

  constructor(config: IssuerConfig, keys: Awaited<ReturnType<typeof loadIssuerKeys>>) {
    this.#config = config;
    this.#origin = new URL(config.issuer);
    for (const user of config.users) this.addUser(user);
    for (const client of config.clients) this.addClient(client);
    this.#provider = new Provider(config.issuer, this.#configuration(keys));
    // Addresses are made from the forwarded headers that `handle` sets, so that they never vary.
    this.#provider.proxy = true;
    this.#callback = this.#provider.callback();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const isOurs = path === DISCOVERY_PATH || path === ROUTES.jwks || path.startsWith('/oauth2/');
    if (!isOurs) return false;
    if (path.startsWith(LOGIN_PATH)) {
      await this.#login(request, response);
      return true;
    }
    request.headers.host = this.#origin.host;
    request.headers['x-forwarded-host'] = this.#origin.host;
    request.headers['x-forwarded-proto'] = this.#origin.protocol.slice(0, -1);
    await this.#callback(request, response);
    return true;
  }

  addUser(user: PoolUser): void {
    this.#usersByName.set(user.username, user);
    this.#usersBySub.set(subOf(user), user);
  }

  addClient(client: PoolClient): void {
    this.#clients.set(client.clientId, client);
    const scopes = this.#allScopesOf(client.clientId);
    this.#clientMetadata.set(client.clientId, clientMetadata(client, scopes));
  }

  async mintToken(request: { clientId: string; ttlSeconds: number; scopes?: string[] }): Promise<string> {
    const { clientId, ttlSeconds, scopes } = request;
    const client = await this.#provider.Client.find(clientId);
    if (client === undefined) throw new Error(`no client ${clientId}`);
    const token = new this.#provider.ClientCredentials({ client, scope: scopes?.join(' ') ?? '' });
    const server = { ...this.#resourceServer(clientId), accessTokenTTL: ttlSeconds };
    token.resourceServer = new this.#provider.ResourceServer(RESOURCE, server);
    return token.save();
  }

  async close(): Promise<void> {
    this.#provider.removeAllListeners();
  }

  #scopesOf(client: PoolClient | undefined): string[] {
    return client?.scopes ?? this.#config.scopes ?? [];
  }

  #allScopesOf(clientId: string): string[] {
    return [...OPENID_SCOPES, ...this.#scopesOf(this.#clients.get(clientId))];
  }

  /** Cognito refuses a scope that the client may not have; oidc-provider would leave it out silently. */
  #checkScopes(clientId: string, requested: unknown): void {
    if (typeof requested !== 'string') return;
    const allowed = this.#allScopesOf(clientId);
    const unknown = requested.split(' ').find((scope) => scope !== '' && !allowed.includes(scope));
    if (unknown !== undefined) throw new errors.InvalidScope('requested scope is not allowed', unknown);
  }

  #resourceServer(clientId: string) {
    const { accessTokenTtlSeconds } = this.#clients.get(clientId) ?? {};
    return {
      scope: this.#allScopesOf(clientId).join(' '),
      audience: this.#config.audience ?? clientId,
      accessTokenFormat: 'jwt' as const,
      accessTokenTTL: accessTokenTtlSeconds ?? this.#config.accessTokenTtlSeconds ?? HOUR_SECONDS,
      jwt: { sign: { alg: 'RS256' as const } },
    };
  }

  #configuration(keys: Awaited<ReturnType<typeof loadIssuerKeys>>): Configuration {
    const poolScopes = new Set([
      ...(this.#config.scopes ?? []),
      ...this.#config.clients.flatMap(({ scopes = [] }) => scopes),
    ]);
    return {
      adapter: createSessionStore(this.#clientMetadata),
      jwks: keys.jwks as NonNullable<Configuration['jwks']>,
      cookies: { keys: keys.cookieKeys },
      routes: ROUTES,
      scopes: [...OPENID_SCOPES, ...poolScopes],
      claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
      conformIdTokenClaims: false,
      clientDefaults: { id_token_signed_response_alg: 'RS256' },
      ttl: {
        ClientCredentials: (_context, token) => token.resourceServer?.accessTokenTTL ?? HOUR_SECONDS,
        AccessToken: (_context, token) => token.resourceServer?.accessTokenTTL ?? HOUR_SECONDS,
        IdToken: HOUR_SECONDS,
        Interaction: HOUR_SECONDS,
        Session: 24 * HOUR_SECONDS,
        Grant: 24 * HOUR_SECONDS,
        RefreshToken: 24 * HOUR_SECONDS,
      },
      clientBasedCORS: () => true,
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        revocation: { enabled: true },
        userinfo: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => RESOURCE,
          useGrantedResource: () => true,
          getResourceServerInfo: (context, _resource, client) => {
            this.#checkScopes(client.clientId, context.oidc.params?.scope);
            return this.#resourceServer(client.clientId);
          },
        },
      },
      formats: {
        customizers: {
          jwt: async (context, token, parts) => {
            parts.payload = await this.#claims(context, token, parts.payload);
          },
        },
      },
      renderError: (context, error) => {
        context.type = 'json';
        context.body = error;
      },
      interactions: { url: (_context, interaction) => `${LOGIN_PATH}${interaction.uid}` },
      findAccount: (_context, sub) => this.#account(sub),
      // Users of one's own pool are not asked for consent.
      loadExistingGrant: (context) => this.#grantEverything(context),
    };
  }

  /** The claims of an access token as Cognito makes them, after the trigger. */
  async #claims(context: KoaContextWithOIDC, token: object, payload: Record<string, unknown>) {
    const { accountId, clientId } = token as { accountId?: string; clientId: string };
    const user = accountId === undefined ? undefined : this.#usersBySub.get(accountId);
    const scope = String(payload.scope || this.#scopesOf(this.#clients.get(clientId)).join(' '));
    const claims = {
      ...payload,
      sub: user === undefined ? clientId : subOf(user),
      token_use: 'access',
      version: 2,
      scope,
      ...(user && { username: user.username, auth_time: payload.iat }),
      ...(user && user.groups.length > 0 && { 'cognito:groups': user.groups }),
    };
    const subject: TokenSubject = {
      clientId,
      scopes: scope.split(' ').filter((part) => part !== ''),
      isRefresh: context?.oidc?.params?.grant_type === 'refresh_token',
      ...(user && { user }),
      clientMetadata: metadataIn(context?.oidc?.body),
    };
    const event = preTokenEvent(this.#config, subject);
    const answer = await this.#config.preToken?.(event);
    return applyOverrides(claims, answer?.response.claimsAndScopeOverrideDetails);
  }

  #account(sub: string) {
    const user = this.#usersBySub.get(sub);
    if (user === undefined) return undefined;
    return { accountId: sub, claims: () => ({ ...user.attributes, sub, 'cognito:groups': user.groups }) };
  }

  async #grantEverything(context: KoaContextWithOIDC) {
    const { client, session, result } = context.oidc;
    if (client === undefined || session?.accountId === undefined) return undefined;
    const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
    if (known !== undefined) return this.#provider.Grant.find(known);
    const grant = new this.#provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    const scopes = this.#allScopesOf(client.clientId).join(' ');
    grant.addOIDCScope(scopes);
    grant.addResourceScope(RESOURCE, scopes);
    await grant.save();
    return grant;
  }

  async #login(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return showLogin(response, 200, '');
    const form = await readForm(request);
    const user = this.#usersByName.get(form.get('username') ?? '');
    if (user === undefined || !passwordIs(user, form.get('password') ?? '')) {
      return showLogin(response, 401, 'Incorrect username or password.');
    }
    try {
      const result = { login: { accountId: subOf(user) } };
      await this.#provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } catch {
      showLogin(response, 400, 'This sign-in has ended; start again from the application.');
    }
  }
}
