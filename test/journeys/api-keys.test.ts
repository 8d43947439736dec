import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/given.ts';
import { askGraphql, dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

interface Key {
  readonly clientId: string;
  readonly clientSecret: string | null;
}

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.close());

const createKey = `mutation Create($input: CreateApiKeyInput!, $clientToken: String) {
  createApiKey(input: $input, clientToken: $clientToken) { clientId clientSecret roles createdBy }
}`;

async function newKey(roles: readonly string[], clientToken?: string): Promise<Key> {
  const variables = { input: { name: 'ERP', roles }, clientToken };
  return dataOf(await ask<{ createApiKey: Key }>(system.endpoints, createKey, variables)).createApiKey;
}

/** Asks for a token as OAuth clients do, credentials in the header or in the form. */
async function tokenFor({ clientId, clientSecret }: Key, inForm = false) {
  const secret = clientSecret ?? '';
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
  const form = { grant_type: 'client_credentials' };
  const response = await fetch(`${system.endpoints.admin}/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(inForm ? {} : { authorization: `Basic ${basic}` }),
    },
    body: new URLSearchParams(inForm ? { ...form, client_id: clientId, client_secret: secret } : form),
  });
  const body = (await response.json()) as { access_token: string; expires_in: number; error?: string };
  return { status: response.status, ...body };
}

const askAs = <Data>(jwt: string, query: string) =>
  askGraphql<Data>({ graphql: system.endpoints.graphql, jwt }, query);
const restAs = (jwt: string, path: string, method = 'GET') =>
  fetch(`${system.endpoints.admin}${path}`, { method, headers: { authorization: `Bearer ${jwt}` } });

describe('an API key', () => {
  it('opens GraphQL and REST to a program, with its roles and for its tenant', async () => {
    const key = await newKey(['OPERATOR']);

    const { access_token: jwt, expires_in } = await tokenFor(key);
    const stations = await askAs<{ stations: unknown[] }>(jwt, '{ stations { stationId } }');
    const administering = await askAs(jwt, 'mutation { deleteStation(id: "CP001") }');
    const [tokens, settings] = [await restAs(jwt, '/tokens'), await restAs(jwt, '/audit')];

    expect(expires_in).toBe(900);
    expect(dataOf(stations).stations).toHaveLength(10);
    expect(administering.errors?.[0]?.errorType).toBe('Unauthorized');
    expect([tokens.status, settings.status]).toEqual([200, 403]);
  });

  it('is what the trail calls its program', async () => {
    const key = await newKey(['TENANT_ADMIN']);
    const { access_token: jwt } = await tokenFor(key, true);
    await askAs(jwt, 'mutation { blockAuthToken(id: "04A1B2C3D4E5F7", reason: "lost") { uid } }');

    const trail = await ask<{ auditTrail: { items: { subject: string; arguments: string }[] } }>(
      system.endpoints,
      '{ auditTrail(filter: { target: "04A1B2C3D4E5F7" }) { items { subject action arguments } } }',
    );

    expect(dataOf(trail).auditTrail.items).toEqual([
      {
        subject: key.clientId,
        action: 'Mutation.blockAuthToken',
        arguments: JSON.stringify({ id: '04A1B2C3D4E5F7', reason: 'lost' }),
      },
    ]);
  });

  it('tells its secret once, and again to whoever repeats the very request', async () => {
    const first = await newKey(['VIEWER'], 'key-1');
    const again = await newKey(['VIEWER'], 'key-1');

    const list = await ask<{ apiKeys: { items: Key[] } }>(
      system.endpoints,
      '{ apiKeys(limit: 200) { items { clientId clientSecret } } }',
    );

    expect(again).toEqual(first);
    const listed = dataOf(list).apiKeys.items.find(({ clientId }) => clientId === first.clientId);
    expect(listed).toEqual({ clientId: first.clientId, clientSecret: null });
  });

  it('gets no more tokens once it is revoked', async () => {
    const key = await newKey(['VIEWER']);
    expect((await tokenFor(key)).status).toBe(200);

    const revoke = `mutation { revokeApiKey(clientId: "${key.clientId}") { revokedAt } }`;
    const foreign = await ask(system.endpoints, revoke, {}, { tenant: 'other' });
    const own = await ask<{ revokeApiKey: { revokedAt: string } }>(system.endpoints, revoke);

    expect(foreign.errors?.[0]?.errorType).toBe('NotFound');
    expect(dataOf(own).revokeApiKey.revokedAt).not.toBeNull();
    expect(await tokenFor(key)).toMatchObject({ status: 401, error: 'invalid_client' });
  });

  it('opens nothing with a wrong secret, nor at the user pool itself', async () => {
    const key = await newKey(['VIEWER']);
    const wrong = await tokenFor({ ...key, clientSecret: 'x'.repeat(43) });
    const direct = await fetch(system.endpoints.tokenEndpoint, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${key.clientId}:${key.clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

    expect(wrong.status).toBe(401);
    expect(direct.status).toBe(401);
  });

  it('cannot be borrowed by another program of the user pool, which may not have its scope', async () => {
    const key = await newKey(['TENANT_ADMIN']);
    const { clientId, clientSecret } = system.endpoints.users.find(({ role }) => role === 'VIEWER') ?? {};
    const ask = (more: Record<string, string>) =>
      fetch(system.endpoints.tokenEndpoint, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          aws_client_metadata: JSON.stringify({ api_key: key.clientId }),
          ...more,
        }),
      });

    const scoped = await ask({ scope: 'csms/keys' });
    const plain = (await (await ask({})).json()) as { access_token: string };

    expect(scoped.status).toBe(400);
    const claims = JSON.parse(Buffer.from(plain.access_token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ roles: ['VIEWER'] });
  });
});
