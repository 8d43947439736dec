import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { AppSyncHostConfig, AuthMode } from '../config.ts';
import { type Caller, UnauthenticatedError } from './caller.ts';
import { discoverKeys, lazyKeys } from './keys.ts';

type TokenMode = Exclude<AuthMode, { type: 'AWS_IAM' }>;

/** Establishes the caller from lower-case request headers. @throws UnauthenticatedError */
export type Authenticate = (headers: Readonly<Record<string, string>>, sourceIp: string) => Promise<Caller>;

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw new UnauthenticatedError('Unable to parse JWT token.');
  }
}

function isForClient(mode: TokenMode, claims: JWTPayload): boolean {
  const pattern = mode.type === 'OPENID_CONNECT' ? mode.clientId : mode.appIdClientRegex;
  if (pattern === undefined) return true;
  const party = mode.type === 'OPENID_CONNECT' ? claims.azp : claims.client_id;
  const audiences = [claims.aud ?? [], party ?? []].flat();
  return audiences.some((audience) => new RegExp(`^(?:${pattern})$`).test(String(audience)));
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function tokenCaller(mode: TokenMode, claims: JWTPayload, sourceIp: string): Caller {
  const { sub, iss: issuer } = claims;
  if (mode.type === 'OPENID_CONNECT') {
    return { mode: mode.type, groups: [], identity: { claims, issuer, sub } };
  }
  const groups = strings(claims['cognito:groups']);
  const username = claims.username ?? claims['cognito:username'] ?? sub;
  const identity = {
    claims,
    defaultAuthStrategy: 'ALLOW',
    groups: groups.length === 0 ? null : groups,
    issuer,
    sourceIp: [sourceIp],
    sub,
    username,
  };
  return { mode: mode.type, groups, identity };
}

/** An AWS caller. Only the access key is known here: the host of the local cloud knows the role behind it. */
export function iamCaller(accountId: string, accessKeyId: string, sourceIp: string): Caller {
  const identity = {
    accountId,
    cognitoIdentityAuthProvider: null,
    cognitoIdentityAuthType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    sourceIp: [sourceIp],
    userArn: `arn:aws:sts::${accountId}:assumed-role/local/${accessKeyId}`,
    username: accessKeyId,
  };
  return { mode: 'AWS_IAM', groups: [], identity, accessKeyId };
}

async function verifyToken(
  token: string,
  keys: JWTVerifyGetKey,
  issuer: string,
  log: (line: string) => void,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, { issuer })).payload;
  } catch (error) {
    const expired = error instanceof errors.JWTExpired;
    log(`token of ${issuer} refused: ${error instanceof Error ? error.message : String(error)}`);
    throw new UnauthenticatedError(expired ? 'Token has expired.' : 'Unauthorized');
  }
}

/** Tries the modes of the API on a request: a signature goes to AWS_IAM, a token to the mode of its issuer. */
export function createAuthenticate(config: AppSyncHostConfig): Authenticate {
  const tokenModes = config.auth.filter((mode): mode is TokenMode => mode.type !== 'AWS_IAM');
  const allowsIam = config.auth.some((mode) => mode.type === 'AWS_IAM');
  const log = config.log ?? (() => undefined);
  const fetchKeys = config.fetchKeys ?? discoverKeys;
  const keysOf = new Map(tokenModes.map(({ issuer }) => [issuer, lazyKeys(issuer, fetchKeys)]));

  return async (headers, sourceIp) => {
    const authorization = headers.authorization ?? '';
    const signature = /^AWS4-HMAC-SHA256\s.*Credential=([^/,\s]+)\//.exec(authorization);
    if (signature?.[1] !== undefined && allowsIam) {
      return iamCaller(config.accountId, signature[1], sourceIp);
    }
    const token = authorization.replace(/^Bearer\s+/i, '');
    if (token === '') throw new UnauthenticatedError('Missing authorization header');
    const issuer = issuerOf(token);
    const mode = tokenModes.find((candidate) => candidate.issuer === issuer);
    const keys = mode && keysOf.get(mode.issuer);
    if (mode === undefined || keys === undefined) throw new UnauthenticatedError('Unauthorized');
    const claims = await verifyToken(token, keys, mode.issuer, log);
    if (!isForClient(mode, claims)) throw new UnauthenticatedError('Unauthorized');
    return tokenCaller(mode, claims, sourceIp);
  };
}
