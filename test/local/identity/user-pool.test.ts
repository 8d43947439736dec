import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, stat } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreTokenEvent } from '../../../local/identity/pre-token.ts';
import { createIssuer, type Issuer, type IssuerConfig } from '../../../local/identity/user-pool.ts';
import { ensureLocalCa } from '../../../local/tls/certificates.ts';

const ROLES: Record<string, string> = { machine: 'TENANT_ADMIN', alice: 'OPERATOR' };
const events: PreTokenEvent[] = [];
let servers: Server[];
let url: string;
let tlsPort: number;
let ca: string;
let config: IssuerConfig;
let issuer: Issuer;

async function preToken(event: PreTokenEvent): Promise<PreTokenEvent> {
  events.push(event);
  const who = event.request.userAttributes.sub === undefined ? event.callerContext.clientId : event.userName;
  const claimsToAddOrOverride = {
    tenant_id: 't1',
    roles: [ROLES[who]],
    internal: 1,
    iss: 'forged',
    sub: 'forged',
  };
  const accessTokenGeneration = {
    claimsToAddOrOverride,
    claimsToSuppress: ['internal', 'version'],
    scopesToAdd: ['extra'],
  };
  return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration } } };
}

beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'issuer-'));
  const tls = await ensureLocalCa(dir);
  ca = tls.ca;
  const serve: RequestListener = async (request, response) => {
    if (!(await issuer.handle(request, response))) response.writeHead(418).end();
  };
  servers = [createServer(serve), createSecureServer(tls, serve)];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const [port, securePort] = servers.map((server) => (server.address() as AddressInfo).port);
  url = `http://127.0.0.1:${port}`;
  tlsPort = securePort ?? 0;
  config = {
    issuer: url,
    keysDir: join(dir, 'identity'),
    region: 'eu-west-1',
    userPoolId: 'eu-west-1_local',
    scopes: ['csms/read', 'csms/write'],
    users: [
      {
        username: 'alice',
        password: 'wonderland',
        attributes: { sub: 'u-1', email: 'a@example.com' },
        groups: ['g'],
      },
    ],
    clients: [
      { clientId: 'machine', clientSecret: 's3cret' },
      { clientId: 'browser', redirectUris: ['http://127.0.0.1:9/callback'] },
    ],
    preToken,
  };
  issuer = await createIssuer(config);
});

afterAll(async () => {
  await issuer.close();
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

function basic(clientId: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` };
}

async function requestToken(body: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(body),
    headers,
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function verify(token: string, audience: string) {
  const discovery = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
  };
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
  return (await jwtVerify(token, keys, { issuer: url, audience, algorithms: ['RS256'] })).payload;
}

describe('discovery', () => {
  it('names the issuer and the addresses of a Cognito pool', async () => {
    const response = await fetch(`${url}/.well-known/openid-configuration`);

    expect(await response.json()).toMatchObject({
      issuer: url,
      jwks_uri: `${url}/.well-known/jwks.json`,
      token_endpoint: `${url}/oauth2/token`,
      authorization_endpoint: `${url}/oauth2/authorize`,
    });
  });

  it('publishes no private key', async () => {
    const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: object[] };

    expect(keys).toEqual([expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' })]);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('leaves other paths to others', async () => {
    expect((await fetch(`${url}/graphql`)).status).toBe(418);
    expect((await fetch(`${url}/.well-known/other`)).status).toBe(418);
  });
});

describe('the client-credentials grant', () => {
  it.each([
    ['header', {}, basic('machine', 's3cret')],
    ['form', { client_id: 'machine', client_secret: 's3cret' }, {}],
  ])(
    'takes the secret in the %s and gives an access token with the claims of the trigger',
    async (_how, body, headers) => {
      const answer = await requestToken(
        { grant_type: 'client_credentials', ...body },
        headers as Record<string, string>,
      );

      const claims = await verify(answer.body.access_token ?? '', 'machine');
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } });
      expect(claims).toMatchObject({
        sub: 'machine',
        client_id: 'machine',
        token_use: 'access',
        scope: 'csms/read csms/write extra',
        tenant_id: 't1',
        roles: ['TENANT_ADMIN'],
      });
      expect(claims).toHaveProperty('version');
      expect(claims).not.toHaveProperty('internal');
      expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
    },
  );

  it('asks the trigger with the event of a machine', async () => {
    events.length = 0;
    const body = { grant_type: 'client_credentials', scope: 'csms/read' };

    const answer = await requestToken(body, basic('machine', 's3cret'));

    expect(decodeJwt(answer.body.access_token ?? '').scope).toBe('csms/read extra');
    expect(events).toEqual([
      {
        version: '3',
        triggerSource: 'TokenGeneration_ClientCredentials',
        region: 'eu-west-1',
        userPoolId: 'eu-west-1_local',
        userName: 'ClientCredentials',
        callerContext: { awsSdkVersion: expect.any(String), clientId: 'machine' },
        request: {
          userAttributes: {},
          groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
          scopes: ['csms/read'],
        },
        response: { claimsAndScopeOverrideDetails: null },
      },
    ]);
  });

  it.each<[string, Record<string, string>, Record<string, string>, number, string]>([
    ['a wrong secret', {}, basic('machine', 'wrong'), 401, 'invalid_client'],
    ['an unknown client', {}, basic('nobody', 'x'), 401, 'invalid_client'],
    ['a scope the client may not have', { scope: 'admin' }, basic('machine', 's3cret'), 400, 'invalid_scope'],
    ['a client without a secret', { client_id: 'browser' }, {}, 400, 'invalid_request'],
  ])('refuses %s', async (_case, body, headers, status, error) => {
    const answer = await requestToken({ grant_type: 'client_credentials', ...body }, headers);

    expect(answer).toMatchObject({ status, body: { error } });
  });

  it('gives the same issuer over the TLS listener', async () => {
    const form = 'grant_type=client_credentials';
    const headers = { ...basic('machine', 's3cret'), 'content-type': 'application/x-www-form-urlencoded' };
    const request = secureRequest({ port: tlsPort, path: '/oauth2/token', method: 'POST', headers, ca });
    request.end(form);
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = await response.toArray();

    const { access_token: token } = JSON.parse(Buffer.concat(chunks).toString());

    expect((await verify(token, 'machine')).iss).toBe(url);
  });

  it('serves a client that was added later', async () => {
    issuer.addClient({ clientId: 'late', clientSecret: 'x', scopes: ['csms/read'] });

    const answer = await requestToken({ grant_type: 'client_credentials' }, basic('late', 'x'));

    expect(decodeJwt(answer.body.access_token ?? '')).toMatchObject({
      client_id: 'late',
      scope: 'csms/read extra',
    });
  });
});

describe('a minted token', () => {
  it('is good as long as asked, goes through the trigger and survives a restart', async () => {
    const token = await issuer.mintToken({ clientId: 'machine', ttlSeconds: 86_400 });
    await issuer.close();
    issuer = await createIssuer(config);

    const claims = await verify(token, 'machine');

    expect(claims).toMatchObject({
      tenant_id: 't1',
      roles: ['TENANT_ADMIN'],
      token_use: 'access',
      client_id: 'machine',
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(86_400);
  });

  it('has the audience of the pool when it has one', async () => {
    const other = await createIssuer({ ...config, audience: 'csms-api' });

    const token = await other.mintToken({ clientId: 'machine', ttlSeconds: 60 });

    expect(await verify(token, 'csms-api')).toMatchObject({ aud: 'csms-api' });
  });

  it('is refused to an unknown client', async () => {
    await expect(issuer.mintToken({ clientId: 'nobody', ttlSeconds: 60 })).rejects.toThrow(/nobody/);
  });
});

describe('the keys', () => {
  it('are kept to the owner of the file', async () => {
    expect((await stat(join(config.keysDir, 'issuer-keys.json'))).mode & 0o777).toBe(0o600);
  });
});

describe('signing in', () => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const cookies = new Map<string, string>();

  /** One step of a browser: keeps cookies, does not follow redirects. */
  async function step(address: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(address, url), {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    return response;
  }

  function authorizeUrl(overrides: Record<string, string> = {}): string {
    const query = new URLSearchParams({
      client_id: 'browser',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:9/callback',
      scope: 'openid csms/read',
      state: 'st',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...overrides,
    });
    return `/oauth2/authorize?${query}`;
  }

  const location = (response: Response) => response.headers.get('location') ?? '';

  it('with the right password gives a code for tokens of the user', async () => {
    events.length = 0;
    const login = location(await step(authorizeUrl()));
    const page = await step(login);
    const wrong = await step(login, { username: 'alice', password: 'wrong' });
    const resume = location(await step(login, { username: 'alice', password: 'wonderland' }));
    const callback = new URL(location(await step(resume)));

    const answer = await requestToken({
      grant_type: 'authorization_code',
      client_id: 'browser',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: 'http://127.0.0.1:9/callback',
      code_verifier: verifier,
    });

    expect(page.status).toBe(200);
    expect(await page.text()).toContain('name="password"');
    expect(wrong.status).toBe(401);
    expect(callback.searchParams.get('state')).toBe('st');
    expect(await verify(answer.body.access_token ?? '', 'browser')).toMatchObject({
      sub: 'u-1',
      username: 'alice',
      token_use: 'access',
      client_id: 'browser',
      'cognito:groups': ['g'],
      tenant_id: 't1',
      roles: ['OPERATOR'],
    });
    expect(decodeJwt(answer.body.id_token ?? '')).toMatchObject({ sub: 'u-1', aud: 'browser' });
    expect(events.at(-1)).toMatchObject({
      triggerSource: 'TokenGeneration_HostedAuth',
      userName: 'alice',
      request: {
        userAttributes: { email: 'a@example.com' },
        groupConfiguration: { groupsToOverride: ['g'] },
      },
    });
  });

  it('needs PKCE from a browser and a redirect address that the client registered', async () => {
    const noChallenge = await step(authorizeUrl({ code_challenge: '', code_challenge_method: '' }));
    const elsewhere = await step(authorizeUrl({ redirect_uri: 'http://evil.example/' }));

    expect(location(noChallenge)).toContain('error=invalid_request');
    expect(elsewhere.status).toBe(400);
  });

  it('says so when the sign-in is none that was begun', async () => {
    cookies.clear();

    const response = await step('/oauth2/login/unknown', { username: 'alice', password: 'wonderland' });

    expect(response.status).toBe(400);
  });
});
