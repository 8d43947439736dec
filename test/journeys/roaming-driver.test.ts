import { afterAll, beforeAll, expect, it } from 'vitest';
import { subscribeWithAmplify } from '../support/amplify-client.ts';
import { ask, givenStation } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

const uid = 'BB11223344';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

async function asked<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  return dataOf(await ask<Data>(system.endpoints, query, variables));
}

it('a partner’s driver charges: subscribers hear of it, and the partner’s statement has the bill', async () => {
  const partners = await subscribeWithAmplify<{ partnerId: string; status: string }>(
    system.endpoints,
    { tenant: 'demo' },
    {
      field: 'ocpiPartnerUpdates',
      query: 'subscription { ocpiPartnerUpdates { tenantId partnerId status timestamp } }',
    },
  );
  const sessions = await subscribeWithAmplify<{ partnerId: string; status: string }>(
    system.endpoints,
    { tenant: 'demo' },
    {
      field: 'crossNetworkSessionEvents',
      query: 'subscription { crossNetworkSessionEvents { tenantId partnerId sessionId status timestamp } }',
    },
  );

  const { createOCPIPartner } = await asked<{ createOCPIPartner: { id: string } }>(
    `mutation { createOCPIPartner(input: {
      countryCode: "NL", partyId: "TNM", name: "The New Motion", role: EMSP
    }) { id } }`,
  );
  const partnerId = createOCPIPartner.id;
  await partners.next((told) => told.partnerId === partnerId && told.status === 'PENDING');
  await asked('mutation Token($input: CreateAuthTokenInput!) { createAuthToken(input: $input) { uid } }', {
    input: { uid, partnerId },
  });
  const station = await givenStation(system.endpoints, 'CP004');
  await station.boot();
  const endedAt = new Date();
  const startedAt = new Date(endedAt.getTime() - 3_600_000);
  const { charge, accepted } = await station.start(1, uid, startedAt, 0);
  await sessions.next((told) => told.partnerId === partnerId && told.status === 'ACTIVE');
  await station.stop(charge, endedAt, 10_000);
  await sessions.next((told) => told.partnerId === partnerId && told.status === 'COMPLETED');
  await system.idle();

  const { statements } = await asked<{ statements: { id: string; status: string }[] }>(
    'query Mine($id: ID!) { statements(filter: { counterparty: { kind: PARTNER, id: $id } }) { id status } }',
    { id: partnerId },
  );
  const [draft] = statements;
  const { statement } = await asked<{ statement: unknown }>(
    'query One($id: ID!) { statement(id: $id) { currency totals { lines energyKwh exclVat inclVat } } }',
    { id: draft?.id },
  );
  expect([accepted, draft?.status]).toEqual([true, 'DRAFT']);
  // 10 kWh at 0.25 and an hour at 2.00, with 20 % VAT.
  expect(statement).toMatchObject({
    currency: 'EUR',
    totals: { lines: 1, energyKwh: '10', exclVat: '4.5', inclVat: '5.4' },
  });
  for (const heard of [partners, sessions]) heard.end();
  await station.close();
});
