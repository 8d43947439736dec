import type { ChargingPeriod } from '#core/tariffs/rating.ts';
import type { PriceComponent, Tariff, TariffElement } from '#core/tariffs/tariff.ts';

export const minuteMs = 60_000;

/** Stretches of a session, one after the other. */
export function periodsFrom(
  startedAt: string | number,
  stretches: readonly {
    minutes: number;
    energyWh?: number;
    activity?: ChargingPeriod['activity'];
    powerW?: number;
    currentA?: number;
  }[],
): readonly ChargingPeriod[] {
  let at = typeof startedAt === 'number' ? startedAt : Date.parse(startedAt);
  return stretches.map(({ minutes, energyWh = 0, activity = 'CHARGING', powerW, currentA }) => {
    const from = at;
    at += minutes * minuteMs;
    return {
      startedAt: from,
      endedAt: at,
      energyWh,
      activity,
      ...(powerW === undefined ? {} : { averagePowerW: powerW }),
      ...(currentA === undefined ? {} : { averageCurrentA: currentA }),
    };
  });
}

export function tariffOf(elements: readonly TariffElement[], rest: Partial<Tariff> = {}): Tariff {
  return {
    tariffId: 'test',
    name: 'Test',
    currency: 'EUR',
    elements,
    status: 'ACTIVE',
    createdAt: 0,
    updatedAt: 0,
    revision: 1,
    ...rest,
  };
}

export function component(
  type: PriceComponent['type'],
  price: string,
  rest: Partial<PriceComponent> = {},
): PriceComponent {
  return { type, price, stepSize: 1, ...rest };
}
