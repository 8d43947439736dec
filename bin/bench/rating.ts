import { assembleSession } from '../../functions/core/sessions/assemble-session.ts';
import type { Session, SessionEntry } from '../../functions/core/sessions/session.ts';
import { periodsOfSession } from '../../functions/core/tariffs/periods-of-session.ts';
import { rateSession } from '../../functions/core/tariffs/rate-session.ts';
import type { Tariff } from '../../functions/core/tariffs/tariff.ts';

/** How long it takes to price a session of a length, put together from its entries. */
export interface RatingSpeed {
  readonly hours: number;
  readonly samples: number;
  readonly medianMs: number;
  readonly minMs: number;
  /** Of that, pricing alone: the periods are there. */
  readonly pricingMs: number;
}

const startedAt = Date.parse('2026-03-28T10:00:00Z');
const minuteMs = 60_000;
const runs = 60;

/** Twenty elements: an hour of the day each, on some days, from some energy on, below a power. */
const tariff: Tariff = {
  tariffId: 'bench',
  name: 'Bench',
  currency: 'EUR',
  elements: Array.from({ length: 20 }, (_, index) => ({
    priceComponents: [
      { type: 'ENERGY', price: `0.${20 + index}`, vat: '20', stepSize: 1 },
      { type: 'TIME', price: '1', vat: '20', stepSize: 60 },
    ],
    ...(index === 19
      ? {}
      : {
          restrictions: {
            startTime: `${String(index).padStart(2, '0')}:00`,
            endTime: `${String(index + 1).padStart(2, '0')}:00`,
            daysOfWeek: ['MONDAY', 'SATURDAY', 'SUNDAY'],
            minKwh: String(index),
            maxPowerKw: '50',
          },
        }),
  })),
  status: 'ACTIVE',
  createdAt: 0,
  updatedAt: 0,
  revision: 1,
};

function sessionOf(minutes: number): { session: Session; entries: readonly SessionEntry[] } {
  const session: Session = {
    sessionId: 'bench',
    stationId: 'CS-1',
    transactionRef: '1',
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: 'A', tokenType: 'RFID', status: 'ACCEPTED' },
    state: 'ENDED',
    startedAt,
    endedAt: startedAt + minutes * minuteMs,
    meterStartWh: 0,
    meterStopWh: minutes * 100,
    stopReason: 'LOCAL',
  };
  const entries = Array.from({ length: minutes }, (_, index): SessionEntry => {
    const at = startedAt + (index + 1) * minuteMs;
    const sample = {
      at,
      context: 'PERIODIC',
      energyWh: (index + 1) * 100,
      powerW: 6_000,
      currentA: 26,
    } as const;
    return {
      key: `R#${String(index).padStart(8, '0')}`,
      stationId: 'CS-1',
      at,
      receivedAt: at,
      samples: [sample],
    };
  });
  return { session, entries };
}

/** Prices sessions with a reading a minute under twenty tariff elements, across a change to summer time. */
export function measureRating(lengthsInHours: readonly number[]): readonly RatingSpeed[] {
  return lengthsInHours.map((hours) => {
    const { session, entries } = sessionOf(hours * 60);
    const measured = Array.from({ length: runs }, () => {
      const before = performance.now();
      const record = assembleSession(session, entries, { maxPowerW: 22_000 });
      const periods = periodsOfSession(record);
      const assembled = performance.now();
      rateSession(periods, tariff, 'Europe/Paris');
      const priced = performance.now();
      return { wholeMs: priced - before, pricingMs: priced - assembled };
    });
    const [minMs = 0, medianMs = 0] = leastAndMedian(measured.map(({ wholeMs }) => wholeMs));
    const [, pricingMs = 0] = leastAndMedian(measured.map((run) => run.pricingMs));
    return { hours, samples: hours * 60, medianMs, minMs, pricingMs };
  });
}

function leastAndMedian(times: readonly number[]): readonly number[] {
  const sorted = times.toSorted((a, b) => a - b);
  return [sorted[0], sorted[runs / 2]].map((ms = 0) => Math.round(ms * 100) / 100);
}
