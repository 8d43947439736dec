import { type ApiKey, isInForce } from '#core/api-keys/api-key.ts';
import type { Clock, Digest } from '#core/ports.ts';

/** What the user pool gives for a key; `undefined` when it refuses. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInS: number;
}

export interface TokenPorts {
  /** The key of this client id, whichever tenant's it is. */
  readonly findKey: (clientId: string) => Promise<ApiKey | undefined>;
  /** Has the user pool make a token in the name of a key. */
  readonly issue: (clientId: string) => Promise<IssuedToken>;
  readonly digest: Digest;
  readonly clock: Clock;
}

/** A request as it came; header names in lower case. */
export interface TokenRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** An answer of a token endpoint (RFC 6749, section 5). */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string | number>>;
}

/**
 * Answers the client-credentials grant (RFC 6749, section 4.4) for API keys: client id and secret in the `Authorization`
 * header (Basic) or in the form. Why a key was refused is not said: unknown, wrong, expired and revoked look alike.
 */
export async function answerTokenRequest(ports: TokenPorts, request: TokenRequest): Promise<TokenAnswer> {
  const form = new URLSearchParams(request.body);
  const grant = form.get('grant_type');
  if (grant === null) return refusal(400, 'invalid_request', 'grant_type is missing');
  if (grant !== 'client_credentials') {
    return refusal(400, 'unsupported_grant_type', 'grant_type is client_credentials here');
  }
  const given = credentialsIn(request, form);
  const key = given && (await ports.findKey(given.clientId));
  const opens =
    given !== undefined &&
    key !== undefined &&
    ports.digest(given.secret) === key.secretDigest &&
    isInForce(key, ports.clock());
  if (!opens) return refusal(401, 'invalid_client', 'this is no API key in force');
  const { accessToken, expiresInS } = await ports.issue(key.clientId);
  return {
    status: 200,
    headers: notKept,
    body: { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInS },
  };
}

const notKept = { 'cache-control': 'no-store' };

function credentialsIn(
  { headers }: TokenRequest,
  form: URLSearchParams,
): { clientId: string; secret: string } | undefined {
  const [, basic] = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (basic === undefined) {
    const [clientId, secret] = [form.get('client_id'), form.get('client_secret')];
    return clientId === null || secret === null ? undefined : { clientId, secret };
  }
  // Both are form-encoded before they are put together (RFC 6749, section 2.3.1); ours have nothing to encode.
  const [clientId, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':', 2);
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
}

function refusal(status: number, error: string, description: string): TokenAnswer {
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="csms"' } : {};
  return {
    status,
    headers: { ...notKept, ...challenge },
    body: { error, error_description: description },
  };
}
