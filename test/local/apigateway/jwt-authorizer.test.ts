import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpEvent, listen, type RunningServer, runHttpApi } from './http-server.ts';

const keys = await generateKeyPair('RS256', { extractable: true });
const foreign = await generateKeyPair('RS256');
let issuer: RunningServer;
let api: RunningServer;
let unreachable: RunningServer;

beforeAll(async () => {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  issuer = await listen((request, response) => {
    const document =
      request.url === '/keys' ? { keys: [jwk] } : { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(document));
  });
  const authorizer = { type: 'JWT' as const, issuer: issuer.url, audience: ['admin-api', 'client-1'] };
  const nowhere = { type: 'JWT' as const, issuer: 'http://127.0.0.1:1', audience: ['admin-api'] };
  api = await runHttpApi(
    { f: (event) => event },
    {
      routes: [
        { routeKey: 'GET /open', functionArn: 'f', authorizer },
        { routeKey: 'GET /scoped', functionArn: 'f', authorizer, scopes: ['csms/read', 'csms/write'] },
      ],
    },
  );
  unreachable = await runHttpApi(
    { f: (event) => event },
    { routes: [{ routeKey: '$default', functionArn: 'f', authorizer: nowhere }] },
  );
});

afterAll(async () => {
  await Promise.all([issuer.stop(), api.stop(), unreachable.stop()]);
});

function token(claims: Record<string, unknown> = {}, key = keys.privateKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: issuer.url, aud: 'admin-api', sub: 'u1', exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .sign(key);
}

async function call(path: string, authorization?: string): Promise<Response> {
  return fetch(api.url + path, { headers: authorization === undefined ? {} : { authorization } });
}

describe('a JWT authorizer', () => {
  it('hands the claims on as strings', async () => {
    const jwt = await token({
      tenant_id: 't1',
      roles: ['OPERATOR', 'VIEWER'],
      admin: true,
      o: { b: 1, a: 'x' },
    });

    const response = await call('/open', `Bearer ${jwt}`);

    const { authorizer } = ((await response.json()) as HttpEvent).requestContext;
    expect(response.status).toBe(200);
    expect(authorizer?.jwt?.scopes).toBeNull();
    expect(authorizer?.jwt?.claims).toMatchObject({
      tenant_id: 't1',
      roles: '[OPERATOR VIEWER]',
      admin: 'true',
      o: 'map[a:x b:1]',
      exp: expect.stringMatching(/^\d+$/),
    });
  });

  it('takes a token without the Bearer prefix, and one that names its client instead of an audience', async () => {
    const bare = await call('/open', await token());
    const byClient = await call('/open', await token({ aud: undefined, client_id: 'client-1' }));

    expect([bare.status, byClient.status]).toEqual([200, 200]);
  });

  it('answers 401 to a request without a token', async () => {
    const response = await call('/open');

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toEqual({ message: 'Unauthorized' });
  });

  it.each<[string, () => Promise<string>]>([
    ['of another issuer', () => token({ iss: 'http://other' })],
    ['for another audience', () => token({ aud: 'somebody-else' })],
    ['for another audience, even from a known client', () => token({ aud: 'x', client_id: 'client-1' })],
    ['from an unknown client', () => token({ aud: undefined, client_id: 'client-2' })],
    ['that has expired', () => token({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['that is not yet valid', () => token({ nbf: Math.floor(Date.now() / 1000) + 60 })],
    ['that never expires', () => token({ exp: undefined })],
    ['signed by another key', () => token({}, foreign.privateKey)],
    ['without a signature', async () => `${(await token()).split('.').slice(0, 2).join('.')}.`],
    ['that is none', async () => 'nonsense'],
  ])('answers 401 to a token %s', async (_case, make) => {
    const response = await call('/open', `Bearer ${await make()}`);

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: 'Unauthorized' });
  });

  it('wants one of the scopes of the route', async () => {
    const granted = await call('/scoped', await token({ scope: 'openid csms/write' }));
    const refused = await call('/scoped', await token({ scope: 'openid' }));

    const { authorizer } = ((await granted.json()) as HttpEvent).requestContext;
    expect(authorizer?.jwt?.scopes).toEqual(['openid', 'csms/write']);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ message: 'Forbidden' });
  });

  it('answers 500 when the issuer cannot be reached', async () => {
    const response = await fetch(unreachable.url, { headers: { authorization: await token() } });

    expect(response.status).toBe(500);
  });
});
