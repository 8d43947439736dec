import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import { newSecret } from '#adapters/crypto/new-secret.ts';
import { findApiKey } from '#adapters/dynamodb/find-api-key.ts';
import { type ApiKey, type ApiKeyRole, clientIdOf, tenantOfClientId } from '#core/api-keys/api-key.ts';
import { type ApiKeyPorts, createApiKey, revokeApiKey } from '#core/api-keys/manage-api-keys.ts';
import { newId } from '#platform/clock.ts';
import { claimsOfKey } from '../../functions/identity/claims.ts';
import { answerTokenRequest } from '../../functions/identity/issue-token.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';

const noon = Date.UTC(2026, 5, 15, 12);
const admin = { subject: 'alice', roles: ['TENANT_ADMIN'] };

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

function portsOf(tenantId = newTenantId()): ApiKeyPorts & { now: number } {
  const ports = {
    tenantId,
    apiKeys: db.storesOf(tenantId).apiKeys,
    newSecret,
    digest,
    newId,
    now: noon,
    clock: () => ports.now,
  };
  return ports;
}

const basic = (clientId: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
});

function ask(headers: Record<string, string>, form: Record<string, string>, now = noon) {
  const issued: string[] = [];
  const answer = answerTokenRequest(
    {
      findKey: (clientId) => findApiKey(db, clientId),
      issue: async (clientId) => {
        issued.push(clientId);
        return { accessToken: `token of ${clientId}`, expiresInS: 900 };
      },
      digest,
      clock: () => now,
    },
    { headers, body: new URLSearchParams(form).toString() },
  );
  return answer.then((given) => ({ ...given, issued }));
}

const grant = { grant_type: 'client_credentials' };

describe('the exchange of an API key', () => {
  test('gives a token for the key, whichever way its secret comes', async () => {
    const { key, secret } = await createApiKey(portsOf(), admin, { name: 'ERP', roles: ['VIEWER'] });

    const inHeader = await ask(basic(key.clientId, secret), grant);
    const inForm = await ask({}, { ...grant, client_id: key.clientId, client_secret: secret });

    for (const answer of [inHeader, inForm]) {
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: { access_token: `token of ${key.clientId}`, token_type: 'Bearer', expires_in: 900 },
        issued: [key.clientId],
      });
    }
  });

  test('refuses all that is no key in force alike', async () => {
    const ports = portsOf();
    const wanted = { name: 'ERP', roles: ['VIEWER'] as const };
    const good = await createApiKey(ports, admin, wanted);
    const revoked = await createApiKey(ports, admin, wanted);
    const expired = await createApiKey(ports, admin, { ...wanted, expiresAt: noon + 1 });
    await revokeApiKey(ports, revoked.key.clientId, 'alice');
    const refused = [
      {},
      { authorization: 'Basic !' },
      { authorization: 'Bearer x' },
      basic(good.key.clientId, ''),
      basic(good.key.clientId, `${good.secret}x`),
      basic(good.key.clientId, good.key.secretDigest),
      basic(revoked.key.clientId, revoked.secret),
      basic(expired.key.clientId, expired.secret),
      basic(clientIdOf(ports.tenantId, 'nobody'), good.secret),
      basic(clientIdOf(newTenantId(), good.key.clientId.split('.')[2] ?? ''), good.secret),
      basic('nobody', good.secret),
    ];

    for (const headers of refused) {
      expect(await ask(headers, grant, noon + 1), JSON.stringify(headers)).toEqual({
        status: 401,
        headers: { 'cache-control': 'no-store', 'www-authenticate': 'Basic realm="csms"' },
        body: { error: 'invalid_client', error_description: 'this is no API key in force' },
        issued: [],
      });
    }
  });

  test('is the client-credentials grant and no other', async () => {
    expect(await ask({}, {})).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await ask({}, { grant_type: 'password' })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
  });
});

describe('an API key', () => {
  test('may do no more than whoever makes it', async () => {
    const make = (roles: readonly string[], wanted: readonly ApiKeyRole[]) =>
      createApiKey(portsOf(), { subject: 'x', roles }, { name: 'ERP', roles: wanted }).then(
        () => 'made',
        ({ code }: { code: string }) => code,
      );

    expect(await make(['OPERATOR'], ['TENANT_ADMIN'])).toBe('NotAllowed');
    expect(await make(['OPERATOR'], ['VIEWER', 'TENANT_ADMIN'])).toBe('NotAllowed');
    expect(await make(['DRIVER'], ['VIEWER'])).toBe('NotAllowed');
    expect(await make([], ['VIEWER'])).toBe('NotAllowed');
    expect(await make(['OPERATOR'], ['OPERATOR'])).toBe('made');
    expect(await make(['TENANT_ADMIN'], ['TENANT_ADMIN'])).toBe('made');
    expect(await make(['SUPER_ADMIN'], ['TENANT_ADMIN'])).toBe('made');
  });

  test('has a name, a role and an end ahead', async () => {
    const make = (wanted: object) =>
      createApiKey(portsOf(), admin, { name: 'ERP', roles: ['VIEWER'], ...wanted });

    await expect(make({ name: ' ' })).rejects.toMatchObject({ field: 'input.name' });
    await expect(make({ roles: [] })).rejects.toMatchObject({ field: 'input.roles' });
    await expect(make({ expiresAt: noon })).rejects.toMatchObject({ field: 'input.expiresAt' });
  });

  test('keeps no secret, and stays listed after its end, which is the first one', async () => {
    const ports = portsOf();
    const { key, secret } = await createApiKey(ports, admin, { name: 'ERP', roles: ['VIEWER'] });

    await revokeApiKey(ports, key.clientId, 'alice');
    ports.now += 1000;
    const again = await revokeApiKey(ports, key.clientId, 'bob');

    const { items } = await ports.apiKeys.listKeys({ limit: 10 });
    expect(items).toEqual([{ ...key, revokedAt: noon, revokedBy: 'alice' }]);
    expect(again).toEqual(items[0]);
    expect(JSON.stringify(items)).not.toContain(secret);
  });

  test('is unknown to other tenants', async () => {
    const { key } = await createApiKey(portsOf(), admin, { name: 'ERP', roles: ['VIEWER'] });
    const theirs = portsOf();

    await expect(revokeApiKey(theirs, key.clientId, 'mallory')).rejects.toMatchObject({ code: 'NotFound' });
    expect(await theirs.apiKeys.listKeys({ limit: 10 })).toEqual({ items: [] });
    expect(await findApiKey(db, key.clientId)).toEqual(key);
  });

  test('names its tenant in its client id, and what is shaped otherwise names none', () => {
    expect(tenantOfClientId(clientIdOf('tenant-1', 'k1'))).toBe('tenant-1');
    for (const text of ['', 'key', 'key..k1', 'key.t#1.k1', 'key.t.k1.more', ' key.t.k1', 'client.t.k1']) {
      expect(tenantOfClientId(text), text).toBeUndefined();
    }
  });
});

describe('the claims of an API key', () => {
  const key: ApiKey = {
    clientId: clientIdOf('tenant-1', 'k1'),
    name: 'ERP',
    roles: ['OPERATOR'],
    secretDigest: 'd',
    createdAt: noon,
    createdBy: 'alice',
  };

  test('are its tenant, its roles and itself', () => {
    expect(claimsOfKey(key, noon)).toEqual({
      tenant_id: 'tenant-1',
      roles: ['OPERATOR'],
      api_client: 'key.tenant-1.k1',
    });
  });

  test('are nothing for none, and for one that has ended', () => {
    for (const ended of [undefined, { ...key, revokedAt: noon }, { ...key, expiresAt: noon }]) {
      expect(claimsOfKey(ended, noon)).toEqual({ roles: [] });
    }
  });
});
