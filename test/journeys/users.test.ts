import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, givenStation } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { askRest } from '../support/rest-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system.close();
});

const demo = <Data>(query: string, variables: Record<string, unknown> = {}, who = {}) =>
  ask<Data>(system.endpoints, query, variables, who);

it('a user gets a card, charges with it, and is refused everywhere once blocked', async () => {
  const created = dataOf(
    await demo<{ createUser: { id: string } }>(
      'mutation Make($input: CreateUserInput!) { createUser(input: $input, clientToken: "once") { id status roles } }',
      { input: { email: 'ada@example.org', firstName: 'Ada', userType: 'DRIVER' } },
    ),
  );
  const { id } = created.createUser;
  await demo('mutation Card($input: CreateAuthTokenInput!) { createAuthToken(input: $input) { uid } }', {
    input: { uid: 'ADA-1', userId: id },
  });
  const station = await givenStation(system.endpoints, 'CP003');
  await station.boot();
  await station.status(1, 'Charging');
  await station.start(1, 'ADA-1', new Date(), 100);
  await system.idle();

  const charging = dataOf(
    await demo(
      `query Of($id: ID!) {
        user(id: $id) { email authTokens { uid isBlocked } sessions { stationId user { id } } }
        users(filter: { hasActiveSessions: true }) { id }
      }`,
      { id },
    ),
  );
  const early = await demo('mutation Gone($id: ID!) { deleteUser(id: $id) }', { id });
  const blocked = dataOf(
    await demo(
      'mutation Block($id: ID!) { blockUser(id: $id, reason: "unpaid") { status blockedReason authTokens { isBlocked } } }',
      { id },
    ),
  );
  const verdict = await station.authorize('ADA-1');
  await station.close();

  expect(charging).toEqual({
    user: {
      email: 'ada@example.org',
      authTokens: [{ uid: 'ADA-1', isBlocked: false }],
      sessions: [{ stationId: 'CP003', user: { id } }],
    },
    users: [{ id }],
  });
  expect(early.errors?.[0]).toMatchObject({ errorType: 'Conflict' });
  expect(blocked).toEqual({
    blockUser: { status: 'BLOCKED', blockedReason: 'unpaid', authTokens: [{ isBlocked: true }] },
  });
  expect(verdict).toBe(false);
});

it('users are for operators and administrators of their own tenant', async () => {
  const query = 'query All { users { id } }';

  const [viewer, operator, other] = [
    await demo(query, {}, { role: 'VIEWER' }),
    await demo<{ users: unknown[] }>(query, {}, { role: 'OPERATOR' }),
    await demo<{ users: unknown[] }>(query, {}, { tenant: 'other' }),
  ];

  expect(viewer.errors?.[0]).toMatchObject({ errorType: 'Unauthorized' });
  expect(dataOf(operator).users).not.toHaveLength(0);
  expect(dataOf(other).users).toEqual([]);
});

it('the platform lets a tenant in and suspends it', async () => {
  const { jwt } = system.endpoints.users.find(({ role }) => role === 'SUPER_ADMIN') ?? { jwt: '' };
  const asPlatform = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${system.endpoints.admin}/admin/tenants${path}`, init);
    return { status: answer.status, body: (await answer.json()) as { id: string } };
  };
  const company = { name: 'Newcomer', tenantType: 'CPO', countryCode: 'DE', partyId: 'NEW' };

  const made = await asPlatform('POST', '', company);
  const { id } = made.body;
  const suspended = await asPlatform('PUT', `/${id}/status`, { status: 'SUSPENDED' });
  const list = await asPlatform('GET', '?search=newcomer');
  const asMember = await askRest(system.endpoints, `GET /admin/tenants/${id}`);

  expect(made).toMatchObject({ status: 201, body: { slug: 'newcomer', status: 'ACTIVE' } });
  expect(suspended).toMatchObject({ status: 200, body: { status: 'SUSPENDED' } });
  expect(list.body).toMatchObject({ totalElements: 1, content: [{ id, status: 'SUSPENDED' }] });
  expect(asMember.status).toBe(403);
});
