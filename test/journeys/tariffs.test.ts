import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system.close();
});

const stationId = 'CP203';

async function asked<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  return dataOf(await ask<Data>(system.endpoints, query, variables));
}

const elements = (price: string) => [{ priceComponents: [{ type: 'ENERGY', price }] }];

it('a tariff is made, activated and assigned; a session keeps the price it began under', async () => {
  await asked(
    `mutation Make($input: CreateTariffInput!) { createTariff(input: $input) { id version status } }`,
    { input: { tariffId: 'summer', name: 'Summer', currency: 'EUR', tariffElements: elements('0.50') } },
  );
  await asked(`mutation {
    activateTariff(id: "summer", version: 1) { version }
    assignTariff(tariffId: "summer", scope: { kind: STATION, stationId: "${stationId}" }) { version }
    connector: assignTariff(
      tariffId: "summer", scope: { kind: CONNECTOR, stationId: "${stationId}", connectorId: 1 }
    ) { contractTariffId }
  }`);
  const { station: shown } = await asked<{
    station: { connectors: { tariff: { id: string; tariffElements: unknown } | null }[] };
  }>(`{ station(id: "${stationId}") { connectors { tariff {
    id tariffElements { priceComponents { type price vat stepSize } }
  } } } }`);
  const station = await givenStation(system.endpoints, stationId);
  await station.boot();
  await station.authorize(goodToken);
  const startedAt = Date.now();
  const { charge } = await station.start(1, goodToken, new Date(startedAt), 0);
  await system.idle();

  await asked(
    `mutation Change($input: UpdateTariffInput!) { updateTariff(id: "summer", version: 2, input: $input) { version } }`,
    { input: { tariffElements: elements('9') } },
  );
  await asked(`mutation { deactivateTariff(id: "summer") { status } }`);
  await station.stop(charge, new Date(startedAt + 3_600_000), 10_000);
  await station.close();
  await system.idle();

  const { cdrs } = await asked<{
    cdrs: { billing: string; totalCostExclVat: string; explanation: string[] }[];
  }>(`{ cdrs(filter: { stationId: "${stationId}" }) { billing totalCostExclVat explanation } }`);
  expect(shown.connectors.map(({ tariff }) => tariff?.id)).toEqual(['summer', 'demo-standard']);
  expect(cdrs).toMatchObject([{ billing: 'BILLABLE', totalCostExclVat: '5' }]);
  expect(cdrs[0]?.explanation).toContain(
    'The tariff is the one assigned to the connector, in revision 2: later changes do not touch the session.',
  );
});
