import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { askRest } from '../support/rest-client.ts';
import { type System, startSystem } from '../support/system.ts';

interface CdrView {
  readonly id: string;
  readonly sessionId: string;
  readonly stationId: string;
  readonly energyWh: number;
  readonly billing: string;
  readonly totalCostExclVat: string;
  readonly totalCostInclVat: string;
  readonly explanation: readonly string[];
}

const cdrsQuery = `{ cdrs(filter: {}) { id sessionId stationId energyWh billing totalCostExclVat totalCostInclVat explanation } }`;

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system.close();
});

const startedAt = new Date('2026-11-20T10:00:00.000Z');
const minutes = (count: number): Date => new Date(startedAt.getTime() + count * 60_000);

/** An hour at 11 kW: 11 kWh for 2.75 EUR, one hour for 2.00 EUR, together 4.75 EUR and 20 % VAT. */
async function chargeAnHour(station: VirtualStation): Promise<void> {
  await station.boot();
  await station.status(1, 'Available');
  await station.status(1, 'Preparing');
  expect(await station.authorize(goodToken)).toBe(true);
  const { charge, accepted } = await station.start(1, goodToken, startedAt, 1_000);
  expect(accepted).toBe(true);
  await station.status(1, 'Charging');
  for (const minute of [15, 30, 45]) {
    const energyWh = 1_000 + (11_000 * minute) / 60;
    await station.meter(charge, { at: minutes(minute), energyWh, powerW: 11_000, stateOfCharge: 50 });
  }
  await station.stop(charge, minutes(60), 12_000);
  await station.status(1, 'Available');
  await station.heartbeat();
}

async function cdrsOf(stationId: string): Promise<readonly CdrView[]> {
  await system.idle();
  const { cdrs } = dataOf(await ask<{ cdrs: CdrView[] }>(system.endpoints, cdrsQuery));
  return cdrs.filter((cdr) => cdr.stationId === stationId);
}

describe.each(['CP001', 'CP201'])('a charge at %s', (stationId) => {
  it('becomes one session and one CDR at the tariff of the connector [TC_004_1, E03, J02]', async () => {
    const station = await givenStation(system.endpoints, stationId);

    await chargeAnHour(station);
    await station.close();
    const cdrs = await cdrsOf(stationId);

    expect(cdrs).toHaveLength(1);
    expect(cdrs[0]).toMatchObject({
      energyWh: 11_000,
      billing: 'BILLABLE',
      totalCostExclVat: '4.75',
      totalCostInclVat: '5.7',
    });
    expect(cdrs[0]?.explanation.length).toBeGreaterThan(0);
  });

  it('is the same CDR when every frame is sent again', async () => {
    const before = await cdrsOf(stationId);
    const station = await givenStation(system.endpoints, stationId);

    await station.client.call('Heartbeat', {});
    if (station.client.protocol === 'ocpp1.6') await chargeAnHour(station);
    await station.close();

    expect(await cdrsOf(stationId)).toEqual(before);
  });

  it('shows the session as completed with its energy', async () => {
    const { sessions } = dataOf(
      await ask<{ sessions: { status: string; totalEnergy: number; cdr: { id: string } | null }[] }>(
        system.endpoints,
        `query Of($station: String!) { sessions(filter: { stationIds: [$station] }) { status totalEnergy cdr { id } } }`,
        { station: stationId },
      ),
    );

    expect(sessions).toEqual([{ status: 'COMPLETED', totalEnergy: 11, cdr: { id: expect.any(String) } }]);
  });
});

const figuresQuery = `query Of($station: String!, $period: TimePeriod!) {
  sessionAnalytics(filter: { stationIds: [$station], period: $period }) { sessionsCount energyKwh busySeconds }
  revenueAnalytics(filter: { stationIds: [$station], period: $period }) { currency totalExclVat totalInclVat cdrsCount }
  stationUtilization(stationIds: [$station], period: $period) { sessionsCount connectorsCount connectorSeconds utilization }
}`;

interface Figures {
  readonly sessionAnalytics: unknown;
  readonly revenueAnalytics: unknown;
  readonly stationUtilization: readonly { readonly connectorSeconds: number; readonly utilization: number }[];
}

describe('the day of a charge', () => {
  it.each(['CP001', 'CP201'])('shows it in its figures, for %s and once', async (stationId) => {
    await system.idle();
    const variables = {
      station: stationId,
      period: { from: startedAt.toISOString(), to: minutes(1).toISOString() },
    };

    const viewer = { role: 'VIEWER' };
    const figures = dataOf(await ask<Figures>(system.endpoints, figuresQuery, variables, viewer));

    expect(figures).toMatchObject({
      sessionAnalytics: { sessionsCount: 1, energyKwh: 11, busySeconds: 3600 },
      revenueAnalytics: { currency: 'EUR', totalExclVat: '4.75', totalInclVat: '5.7', cdrsCount: 1 },
      stationUtilization: [{ sessionsCount: 1 }],
    });
    const [{ connectorSeconds, utilization } = { connectorSeconds: 0, utilization: 0 }] =
      figures.stationUtilization;
    expect(utilization).toBeCloseTo(3600 / connectorSeconds, 9);
    const { body } = await askRest(
      system.endpoints,
      `GET /analytics/revenue?from=${variables.period.from}&to=${variables.period.to}&stationIds=${stationId}`,
    );
    expect(body).toMatchObject({ currency: 'EUR', exclVat: '4.75', cdrsCount: 1 });
  });
});

describe('a driver without a valid token', () => {
  it('is refused by Authorize, and what a station charges all the same is never billed to a driver [TC_023_1, E05]', async () => {
    const station = await givenStation(system.endpoints, 'CP002');
    await station.boot();

    const mayCharge = await station.authorize('NOBODY');
    const { charge, accepted } = await station.start(1, 'NOBODY', startedAt, 0);
    await station.stop(charge, minutes(10), 500);
    await station.close();

    expect([mayCharge, accepted]).toEqual([false, false]);
    expect(charge.transactionId).toBeGreaterThan(0);
    expect(await cdrsOf('CP002')).toMatchObject([{ billing: 'UNBILLED', energyWh: 500 }]);
  });
});
