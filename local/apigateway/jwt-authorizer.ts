import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { JWKSTimeout } from 'jose/errors';
import type { HttpRequest } from './http-event.ts';
import { gatewayAnswer, type HttpAnswer } from './http-response.ts';

/** A JWT authorizer of an HTTP API. */
export interface JwtAuthorizerConfig {
  type: 'JWT';
  issuer: string;
  /** One of them must be among `aud`, or be `client_id` when the token has no `aud`. */
  audience: string[];
}

export type JwtDecision =
  | { authorizer: { jwt: { claims: Record<string, string>; scopes: string[] | null } } }
  | { answer: HttpAnswer };

// API Gateway accepts RSA-based algorithms alone.
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/**
 * Checks bearer tokens as an HTTP API's JWT authorizer does: signature by the keys of the issuer's discovery
 * document, issuer, audience, `exp`, `nbf`, and one of the route's scopes when it has any.
 * Source: API Gateway developer guide, "Control access to HTTP APIs with JWT authorizers".
 */
export function createJwtAuthorizer(config: JwtAuthorizerConfig) {
  const keys = keysOf(config.issuer);
  return async (request: HttpRequest, requiredScopes: string[]): Promise<JwtDecision> => {
    const token = request.headers.authorization?.replace(/^bearer /i, '').trim();
    if (token === undefined || token === '') return { answer: unauthorized() };
    let claims: JWTPayload;
    try {
      const options = { issuer: config.issuer, algorithms: ALGORITHMS, requiredClaims: ['exp'] };
      claims = (await jwtVerify(token, await keys(), options)).payload;
    } catch (error) {
      const isUnreachable = error instanceof IssuerUnreachable || error instanceof JWKSTimeout;
      return {
        answer: isUnreachable ? gatewayAnswer(500, 'Internal Server Error') : unauthorized('invalid_token'),
      };
    }
    if (!audienceMatches(claims, config.audience)) return { answer: unauthorized('invalid_token') };
    const scopes = scopesOf(claims);
    const isGranted = requiredScopes.length === 0 || requiredScopes.some((scope) => scopes.includes(scope));
    if (!isGranted) return { answer: gatewayAnswer(403, 'Forbidden') };
    const jwt = { claims: stringifyClaims(claims), scopes: requiredScopes.length === 0 ? null : scopes };
    return { authorizer: { jwt } };
  };
}

class IssuerUnreachable extends Error {}

/** The issuer's key set, found once by discovery; a failed discovery is tried again by the next request. */
function keysOf(issuer: string): () => Promise<JWTVerifyGetKey> {
  let found: Promise<JWTVerifyGetKey> | undefined;
  const discover = async (): Promise<JWTVerifyGetKey> => {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    try {
      const response = await fetch(url);
      const { jwks_uri: jwksUri } = (await response.json()) as { jwks_uri: string };
      return createRemoteJWKSet(new URL(jwksUri));
    } catch (error) {
      found = undefined;
      throw new IssuerUnreachable(`no discovery document at ${url}`, { cause: error });
    }
  };
  return () => {
    found ??= discover();
    return found;
  };
}

function audienceMatches(claims: JWTPayload, audience: string[]): boolean {
  if (claims.aud !== undefined) return [claims.aud].flat().some((value) => audience.includes(value));
  return typeof claims.client_id === 'string' && audience.includes(claims.client_id);
}

function scopesOf(claims: JWTPayload): string[] {
  const scope = claims.scope ?? claims.scp;
  if (Array.isArray(scope)) return scope.map(String);
  return typeof scope === 'string' ? scope.split(' ').filter((part) => part !== '') : [];
}

/** API Gateway hands every claim on as a string, lists and objects in Go's notation: `[a b]`, `map[k:v]`. */
function stringifyClaims(claims: JWTPayload): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, goFormat(value)]));
}

function goFormat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${goFormat(item)}`).join(' ')}]`;
  }
  return value === null ? '<nil>' : String(value);
}

function unauthorized(error?: string): HttpAnswer {
  const challenge = error === undefined ? 'Bearer' : `Bearer scope="" error="${error}"`;
  return gatewayAnswer(401, 'Unauthorized', { 'www-authenticate': challenge });
}
