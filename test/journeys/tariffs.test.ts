import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, givenStation, goodToken } from '../support/given.ts';
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

it('a session with a reservation is quoted to the last decimal, alike over REST and GraphQL', async () => {
  const tariff = {
    country_code: 'DE',
    party_id: 'ALL',
    id: '15',
    currency: 'EUR',
    elements: [
      {
        price_components: [{ type: 'TIME', price: 5, vat: 20, step_size: 60 }],
        restrictions: { reservation: 'RESERVATION' },
      },
      {
        price_components: [
          { type: 'FLAT', price: 0.5, vat: 20, step_size: 1 },
          { type: 'ENERGY', price: 0.25, vat: 10, step_size: 1 },
        ],
      },
    ],
    last_updated: '2026-03-01T12:00:00Z',
  };
  const timeZone = 'Europe/Paris';
  const [start, end] = ['2026-03-02T12:00:00Z', '2026-03-02T13:00:00Z'];
  const reservation = { start: '2026-03-02T11:45:00Z', end: start, expired: false };
  const volumes = [
    { type: 'ENERGY', volume: 20 },
    { type: 'TIME', volume: 1 },
  ];

  const rest = await askRest(system.endpoints, 'POST /tariffs/quote', {
    tariff,
    timeZone,
    session: { start, end, reservation, charging_periods: [{ start_date_time: start, dimensions: volumes }] },
  });
  const { quote } = await asked<{ quote: Record<string, unknown> }>(
    `query Quote($input: QuoteInput!) { quote(input: $input) {
      totalCost { exclVat inclVat } totalReservationCost { exclVat inclVat } explanation
    } }`,
    {
      input: {
        tariff: JSON.stringify(tariff),
        timeZone,
        session: {
          start,
          end,
          reservation,
          chargingPeriods: [
            {
              startDateTime: start,
              dimensions: volumes.map(({ type, volume }) => ({ type, volume: String(volume) })),
            },
          ],
        },
      },
    },
  );
  const refused = await askRest(system.endpoints, 'POST /tariffs/quote', {
    tariff: { ...tariff, currency: 'euros' },
    timeZone,
    session: { reservation },
  });

  expect(rest).toMatchObject({
    status: 200,
    body: {
      total_cost: { excl_vat: '6.75', incl_vat: '7.6' },
      total_energy_cost: { excl_vat: '5', incl_vat: '5.5' },
      total_fixed_cost: { excl_vat: '0.5', incl_vat: '0.6' },
      total_reservation_cost: { excl_vat: '1.25', incl_vat: '1.5' },
    },
  });
  expect(quote).toEqual({
    totalCost: { exclVat: '6.75', inclVat: '7.6' },
    totalReservationCost: { exclVat: '1.25', inclVat: '1.5' },
    explanation: (rest.body.explanation as { sentences: string[] }).sentences,
  });
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/tariff/currency' }] } });
});
