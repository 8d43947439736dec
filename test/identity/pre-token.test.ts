import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Stores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { clientIdOf } from '#core/api-keys/api-key.ts';
import { claimsOfClient, claimsOfUser } from '../../functions/identity/claims.ts';
import type { PreTokenEvent } from '../../functions/identity/pre-token.handler.ts';
import { aTenant, aUser } from '../adapters/dynamodb/samples.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from '../workers/worker-cloud.ts';

describe('the claims of a person', () => {
  test('are the tenant that nobody can write and the roles of the pool’s groups', () => {
    const claims = claimsOfUser({
      attributes: { 'custom:tenant_id': 'tenant-1', email: 'alice@example.com' },
      groups: ['OPERATOR', 'VIEWER'],
    });

    expect(claims).toEqual({ tenant_id: 'tenant-1', roles: ['OPERATOR', 'VIEWER'] });
  });

  test('hold no role that is not ours, whatever groups are called', () => {
    const groups = ['admins', 'operator', 'SUPER_ADMIN ', 'constructor', 'VIEWER', 'VIEWER'];

    expect(claimsOfUser({ attributes: {}, groups })).toEqual({ roles: ['VIEWER'] });
  });

  test('name no tenant for who belongs to none', () => {
    expect(claimsOfUser({ attributes: { tenant_id: 'tenant-1' }, groups: ['SUPER_ADMIN'] })).toEqual({
      roles: ['SUPER_ADMIN'],
    });
    expect(claimsOfUser({ attributes: { 'custom:tenant_id': '' }, groups: [] })).toEqual({ roles: [] });
  });
});

describe('the claims of a program', () => {
  test('are those it is registered with', () => {
    const client = { clientId: 'c', name: 'ERP', tenantId: 'tenant-1', roles: ['TENANT_ADMIN', 'root'] };

    expect(claimsOfClient(client)).toEqual({ tenant_id: 'tenant-1', roles: ['TENANT_ADMIN'] });
  });

  test('open nothing when nobody registered it', () => {
    expect(claimsOfClient(undefined)).toEqual({ roles: [] });
  });
});

describe('the trigger before a token is made', () => {
  let db: TestDatabase;
  let cloud: WorkerCloud;
  let trigger: typeof import('../../functions/identity/pre-token.handler.ts').handler;
  beforeAll(async () => {
    db = await startTestDatabase();
    cloud = await startWorkerCloud(db);
    const client = { clientId: 'erp', name: 'ERP', tenantId: 'tenant-1', roles: ['VIEWER'] };
    await tenantDirectory(db.client, db.tables).saveApiClient(client);
    ({ handler: trigger } = await import('../../functions/identity/pre-token.handler.ts'));
  });
  afterAll(async () => {
    await cloud.close();
    await db.close();
  });

  function event(triggerSource: string, clientId: string): PreTokenEvent {
    return {
      triggerSource,
      callerContext: { clientId },
      request: {
        userAttributes: { 'custom:tenant_id': 'tenant-2' },
        groupConfiguration: { groupsToOverride: ['OPERATOR'] },
      },
      response: {},
    };
  }

  function answer(claims: unknown) {
    return {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: claims },
        idTokenGeneration: { claimsToAddOrOverride: claims },
      },
    };
  }

  test('puts a person’s claims into both tokens, whatever program they sign in with', async () => {
    const asked = event('TokenGeneration_HostedAuth', 'erp');

    const { response, ...rest } = await trigger(asked, lambdaContext);

    expect(response).toEqual(answer({ tenant_id: 'tenant-2', roles: ['OPERATOR'] }));
    expect({ ...rest, response: {} }).toEqual(asked);
  });

  test('puts a program’s claims by its client id, whatever the request says', async () => {
    const { response } = await trigger(event('TokenGeneration_ClientCredentials', 'erp'), lambdaContext);

    expect(response).toEqual(answer({ tenant_id: 'tenant-1', roles: ['VIEWER'] }));
  });

  test('gives a program that nobody registered nothing', async () => {
    const { response } = await trigger(event('TokenGeneration_ClientCredentials', 'stranger'), lambdaContext);

    expect(response).toEqual(answer({ roles: [] }));
  });

  test('puts an API key’s claims into a token that has its scope, and no other’s', async () => {
    const { apiKeys } = db.storesOf('tenant-3');
    const clientId = clientIdOf('tenant-3', 'k1');
    await apiKeys.createKey({
      clientId,
      name: 'ERP',
      roles: ['OPERATOR'],
      secretDigest: 'd',
      createdAt: 0,
      createdBy: 'alice',
    });
    const ask = async (scopes: readonly string[], api_key: string) => {
      const asked = event('TokenGeneration_ClientCredentials', 'keys-client');
      const request = { ...asked.request, scopes, clientMetadata: { api_key } };
      return (await trigger({ ...asked, request }, lambdaContext)).response;
    };

    expect(await ask(['csms/keys'], clientId)).toEqual(
      answer({ tenant_id: 'tenant-3', roles: ['OPERATOR'], api_client: clientId }),
    );
    expect(await ask(['csms/access'], clientId)).toEqual(answer({ roles: [] }));
    expect(await ask(['csms/keys'], 'erp')).toEqual(answer({ roles: [] }));
  });

  describe('for a person whom the tenant has written down', () => {
    let stores: Stores;
    let tenantId: string;
    beforeEach(() => {
      tenantId = newTenantId();
      stores = db.storesOf(tenantId);
    });

    async function claimsOf(attributes: Record<string, string>, groups = ['TENANT_ADMIN']) {
      const { response } = await trigger(
        {
          triggerSource: 'TokenGeneration_HostedAuth',
          callerContext: { clientId: 'console' },
          request: {
            userAttributes: { 'custom:tenant_id': tenantId, ...attributes },
            groupConfiguration: { groupsToOverride: groups },
          },
          response: {},
        },
        lambdaContext,
      );
      return (response as ReturnType<typeof answer>).claimsAndScopeOverrideDetails.accessTokenGeneration
        .claimsToAddOrOverride;
    }

    const verified = { sub: 'sub-1', email: 'Ada@example.org', email_verified: 'true' };

    test('are the roles that the tenant gave them, and the sign-in is noted once an hour', async () => {
      await stores.users.createUser(aUser({ subject: 'sub-1', roles: ['VIEWER'] }));

      const claims = await claimsOf({ sub: 'sub-1' });
      const first = await stores.users.findUser('user-1');
      await claimsOf({ sub: 'sub-1' });

      expect(claims).toEqual({ tenant_id: tenantId, roles: ['VIEWER'] });
      expect(Date.now() - (first?.lastLoginAt ?? 0)).toBeLessThan(60_000);
      expect(await stores.users.findUser('user-1')).toEqual(first);
    });

    test.each(['BLOCKED', 'DELETED'] as const)('open nothing once they are %s', async (status) => {
      await stores.users.createUser(aUser({ subject: 'sub-1', status }));

      expect(await claimsOf({ sub: 'sub-1' })).toEqual({ roles: [] });
      expect((await stores.users.findUser('user-1'))?.lastLoginAt).toBeUndefined();
    });

    test('tie them to their verified address the first time, and let in who is expected', async () => {
      await stores.users.createUser(aUser({ email: 'ada@example.org', status: 'PENDING' }));

      const claims = await claimsOf(verified);

      expect(claims).toEqual({ tenant_id: tenantId, roles: ['DRIVER'] });
      expect(await stores.users.findUserBySubject('sub-1')).toMatchObject({
        userId: 'user-1',
        status: 'ACTIVE',
      });
    });

    test('do not follow from an address that is not verified, or is somebody else’s already', async () => {
      await stores.users.createUser(aUser({ email: 'ada@example.org' }));

      const unverified = await claimsOf({ ...verified, email_verified: 'false' });
      await claimsOf(verified);
      const another = await claimsOf({ ...verified, sub: 'sub-2' });

      expect([unverified, another]).toEqual(Array(2).fill({ tenant_id: tenantId, roles: ['TENANT_ADMIN'] }));
      expect(await stores.users.findUserBySubject('sub-2')).toBeUndefined();
    });

    test('stay closed to who is blocked and was never tied', async () => {
      await stores.users.createUser(aUser({ email: 'ada@example.org', status: 'BLOCKED' }));

      expect(await claimsOf(verified)).toEqual({ roles: [] });
      expect(await stores.users.findUserBySubject('sub-1')).toBeUndefined();
    });

    test('are looked for in their own tenant alone', async () => {
      await db.storesOf().users.createUser(aUser({ subject: 'sub-1', status: 'BLOCKED' }));

      expect(await claimsOf({ sub: 'sub-1' })).toEqual({ tenant_id: tenantId, roles: ['TENANT_ADMIN'] });
    });

    test.each([
      ['ACTIVE', true],
      ['PENDING_ACTIVATION', true],
      ['SUSPENDED', false],
      ['TERMINATED', false],
    ] as const)('of a tenant that is %s open something: %s', async (status, opens) => {
      await tenantDirectory(db.client, db.tables).createTenant({ ...aTenant(tenantId), status });

      const claims = await claimsOf({ sub: 'sub-1' }, ['OPERATOR']);

      expect(claims).toEqual(opens ? { tenant_id: tenantId, roles: ['OPERATOR'] } : { roles: [] });
    });
  });
});
