import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

async function fetchJson(url: string): Promise<Record<string, unknown> | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) return undefined;
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null ? { ...body } : undefined;
}

/**
 * The signing keys an issuer publishes: through its discovery document, or where Cognito has them.
 * @throws Error when neither place answers.
 */
export async function discoverKeys(issuer: string): Promise<JSONWebKeySet> {
  const base = issuer.replace(/\/$/, '');
  const discovery = await fetchJson(`${base}/.well-known/openid-configuration`);
  const jwksUri = typeof discovery?.jwks_uri === 'string' ? discovery.jwks_uri : undefined;
  const document = await fetchJson(jwksUri ?? `${base}/.well-known/jwks.json`);
  if (!Array.isArray(document?.keys)) throw new Error(`No signing keys at ${issuer}`);
  return { keys: document.keys };
}

/**
 * Finds the key of a token. Keys are fetched at the first token, so the issuer may start after the host, and
 * again when a token names a key not seen before (rotation).
 */
export function lazyKeys(
  issuer: string,
  fetchKeys: (issuer: string) => Promise<JSONWebKeySet>,
): JWTVerifyGetKey {
  let known: Promise<ReturnType<typeof createLocalJWKSet>> | undefined;
  const load = (): Promise<ReturnType<typeof createLocalJWKSet>> => {
    const loading = fetchKeys(issuer).then(createLocalJWKSet);
    known = loading;
    loading.catch(() => {
      if (known === loading) known = undefined;
    });
    return loading;
  };
  return async (header, token) => {
    const keys = await (known ?? load());
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return (await load())(header, token);
    }
  };
}
