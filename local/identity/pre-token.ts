/** The event of a pre-token-generation trigger, version 3. */
export interface PreTokenEvent {
  version: '3';
  triggerSource:
    | 'TokenGeneration_ClientCredentials'
    | 'TokenGeneration_HostedAuth'
    | 'TokenGeneration_RefreshTokens';
  region: string;
  userPoolId: string;
  userName: string;
  callerContext: { awsSdkVersion: string; clientId: string };
  request: {
    userAttributes: Record<string, string>;
    groupConfiguration: {
      groupsToOverride: string[];
      iamRolesToOverride: string[];
      preferredRole: string | null;
    };
    scopes: string[];
    clientMetadata?: Record<string, string>;
  };
  response: { claimsAndScopeOverrideDetails?: ClaimsAndScopeOverrideDetails | null };
}

export interface ClaimsAndScopeOverrideDetails {
  accessTokenGeneration?: {
    claimsToAddOrOverride?: Record<string, unknown>;
    claimsToSuppress?: string[];
    scopesToAdd?: string[];
    scopesToSuppress?: string[];
  } | null;
  groupOverrideDetails?: { groupsToOverride?: string[] } | null;
}

/** Runs the pool's trigger; answers the event with its response filled in. */
export type PreToken = (event: PreTokenEvent) => Promise<PreTokenEvent>;

/** What a token is made for. A user is absent in a client-credentials grant. */
export interface TokenSubject {
  clientId: string;
  scopes: string[];
  isRefresh: boolean;
  user?: { username: string; attributes: Record<string, string>; groups: string[] };
  /** What the request hands to the trigger. */
  clientMetadata?: Record<string, string>;
}

type Claims = Record<string, unknown>;

// Source: Cognito developer guide, "Pre token generation Lambda trigger", claims that cannot be changed.
const FIXED_CLAIMS = new Set([
  ...[
    'acr',
    'amr',
    'at_hash',
    'aud',
    'auth_time',
    'azp',
    'client_id',
    'cnf',
    'device_key',
    'event_id',
    'exp',
  ],
  ...['iat', 'iss', 'jti', 'nbf', 'nonce', 'origin_jti', 'scope', 'sub', 'token_use', 'username', 'version'],
]);

/** Puts together the event that Cognito would send for a token. */
export function preTokenEvent(
  pool: { region: string; userPoolId: string },
  subject: TokenSubject,
): PreTokenEvent {
  const { user, clientId, scopes, isRefresh, clientMetadata = {} } = subject;
  const forUser = isRefresh ? 'TokenGeneration_RefreshTokens' : 'TokenGeneration_HostedAuth';
  return {
    version: '3',
    triggerSource: user === undefined ? 'TokenGeneration_ClientCredentials' : forUser,
    region: pool.region,
    userPoolId: pool.userPoolId,
    userName: user?.username ?? 'ClientCredentials',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
    request: {
      userAttributes: user?.attributes ?? {},
      groupConfiguration: {
        groupsToOverride: user?.groups ?? [],
        iamRolesToOverride: [],
        preferredRole: null,
      },
      scopes,
      ...(Object.keys(clientMetadata).length === 0 ? {} : { clientMetadata }),
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
}

/** Applies a trigger's response to the claims of an access token; claims that Cognito fixes stay as they are. */
export function applyOverrides(
  claims: Claims,
  details: ClaimsAndScopeOverrideDetails | null | undefined,
): Claims {
  const overrides = details?.accessTokenGeneration;
  const result = { ...claims };
  const groups = details?.groupOverrideDetails?.groupsToOverride;
  if (groups !== undefined) result['cognito:groups'] = groups;
  for (const [name, value] of Object.entries(overrides?.claimsToAddOrOverride ?? {})) {
    if (!FIXED_CLAIMS.has(name)) result[name] = value;
  }
  for (const name of overrides?.claimsToSuppress ?? []) {
    if (!FIXED_CLAIMS.has(name)) delete result[name];
  }
  const scopes = new Set(typeof claims.scope === 'string' ? claims.scope.split(' ') : []);
  for (const scope of overrides?.scopesToAdd ?? []) scopes.add(scope);
  for (const scope of overrides?.scopesToSuppress ?? []) scopes.delete(scope);
  scopes.delete('');
  if (scopes.size > 0) result.scope = [...scopes].join(' ');
  else delete result.scope;
  return result;
}
