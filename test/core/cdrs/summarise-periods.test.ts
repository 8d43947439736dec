import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import { mostPeriods, summarisePeriods } from '#core/cdrs/summarise-periods.ts';
import type { MeterSample } from '#core/metering/sample.ts';
import type { SessionEntry } from '#core/sessions/session.ts';
import type { RatedPeriod } from '#core/tariffs/rating.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene } from '../sessions/scene.ts';
import { numberedSession, start } from '../sessions/traces.ts';
import { component, tariffOf } from '../tariffs/periods.ts';

const stepMs = 10_000;

/** One after the other; a price that goes to and fro. */
const manyPeriods = fc
  .array(
    fc.record({
      durationMs: fc.integer({ min: 0, max: 60_000 }),
      energyMilliWh: fc.integer({ min: 0, max: 500_000 }),
      activity: fc.constantFrom('CHARGING', 'PARKING'),
      maxPowerW: fc.option(fc.integer({ min: 0, max: 22_000 }), { nil: undefined }),
      averageCurrentA: fc.option(fc.integer({ min: 0, max: 32 }), { nil: undefined }),
      element: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: mostPeriods - 1, maxLength: 3 * mostPeriods },
  )
  .map((stretches): readonly RatedPeriod[] => {
    let at = start;
    return stretches.map(({ durationMs, energyMilliWh, activity, maxPowerW, averageCurrentA, element }) => {
      const startedAt = at;
      at += durationMs;
      return {
        startedAt,
        endedAt: at,
        energyWh: energyMilliWh / 1000,
        activity,
        ...(maxPowerW === undefined ? {} : { maxPowerW }),
        ...(averageCurrentA === undefined ? {} : { averageCurrentA }),
        elements: { ENERGY: element },
      };
    });
  });

/** Time and energy by what they are and how they are priced. */
function sumsOf(periods: readonly RatedPeriod[]) {
  const sums = new Map<string, { ms: number; milliWh: number }>();
  for (const { activity, elements, startedAt, endedAt, energyWh } of periods) {
    const kind = JSON.stringify([activity, elements]);
    const { ms, milliWh } = sums.get(kind) ?? { ms: 0, milliWh: 0 };
    sums.set(kind, { ms: ms + endedAt - startedAt, milliWh: milliWh + Math.round(energyWh * 1000) });
  }
  return sums;
}

describe('the periods of a bill', () => {
  test('are never more than a record holds, with all sums as they were and no gaps', () => {
    fc.assert(
      fc.property(manyPeriods, (all) => {
        const { periods, sentences } = summarisePeriods(all);

        expect(periods.length).toBeLessThanOrEqual(mostPeriods);
        expect(sentences).toHaveLength(all.length > mostPeriods ? 1 : 0);
        expect(sumsOf(periods)).toEqual(sumsOf(all));
        expect(Math.max(...periods.map(({ maxPowerW = 0 }) => maxPowerW))).toBe(
          Math.max(...all.map(({ maxPowerW = 0 }) => maxPowerW)),
        );
        expect(periods[0]?.startedAt).toBe(all[0]?.startedAt);
        expect(periods.at(-1)?.endedAt).toBe(all.at(-1)?.endedAt);
        for (const [index, period] of periods.slice(1).entries()) {
          expect(period.startedAt).toBe(periods[index]?.endedAt);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('stay as they are up to the bound, and reserved time stays apart', () => {
    const period = (index: number): RatedPeriod => ({
      startedAt: index,
      endedAt: index + 1,
      energyWh: 1,
      activity: index === 0 ? 'RESERVED' : 'CHARGING',
      elements: { ENERGY: index % 2 },
    });
    const bound = Array.from({ length: mostPeriods }, (_, index) => period(index));

    expect(summarisePeriods(bound)).toEqual({ periods: bound, sentences: [] });
    const { periods } = summarisePeriods([...bound, period(mostPeriods)]);
    expect(periods[0]).toEqual(period(0));
    expect(periods[1]).toMatchObject({ startedAt: 1, activity: 'CHARGING' });
  });
});

describe('a day whose price changes every ten seconds', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await startTestDatabase();
  });
  afterAll(() => db.close());

  /** Power and current go up and down, so that no two averages in a row have the same price. */
  function reading(index: number): MeterSample {
    const powerW = index % 4 < 2 ? 11_000.5 : 3_000.5;
    return {
      at: start + index * stepMs,
      context: 'PERIODIC',
      energyWh: 100_000 + index * 20,
      powerW,
      currentA: powerW / 230,
      totalCurrentA: powerW / 230,
    };
  }

  test.each([
    ['all of it', 8_640, 1],
    ['as much as a record holds', mostPeriods, 0],
  ])('is billed and kept: %s', async (_, count, told) => {
    const scene = await newScene(db);
    const tariff = tariffOf(
      [
        { priceComponents: [component('ENERGY', '0.5')], restrictions: { minPowerKw: '10' } },
        { priceComponents: [component('ENERGY', '0.4')], restrictions: { minPowerKw: '5' } },
        { priceComponents: [component('ENERGY', '0.25'), component('TIME', '1')] },
      ],
      { tariffId: 'steps' },
    );
    await scene.tariffs.saveTariff(tariff);
    await scene.stations.createStation(aStation({ stationId: 'CS-1' }));
    const energyWh = count * 20;
    const { endedAt: __, meterStopWh: ___, stopReason: ____, ...head } = numberedSession();
    const { sessionId, stationId } = head;
    await scene.sessions.openSession({ ...head, state: 'ACTIVE' }, { occupies: false });
    for (let first = 0; first < count; first += 240) {
      const samples = Array.from({ length: 240 }, (_none, index) => reading(first + index));
      const at = start + first * stepMs;
      const entry: SessionEntry = { key: `R#${at}`, stationId, at, receivedAt: at, samples };
      await scene.sessions.addEntries(sessionId, [entry]);
    }
    const end = {
      endedAt: start + count * stepMs,
      meterStopWh: 100_000 + energyWh,
      stopReason: 'LOCAL',
    } as const;
    await scene.sessions.endSession({ sessionId, stationId }, end, []);
    const tenant = { tenantId: scene.tenantId, currency: 'EUR', timeZone: 'UTC', defaultTariffId: 'steps' };

    const result = await issueCdr(
      { ...scene, tenant, verifySigned: verifyMeterValue },
      { sessionId, graceOver: true },
    );

    if (result.outcome !== 'issued') throw new Error(result.outcome);
    const { cdr } = result;
    expect(await scene.cdrs.findCdr(cdr.cdrId)).toEqual(cdr);
    expect(cdr.periods.length).toBeLessThanOrEqual(mostPeriods);
    expect(cdr.periods.reduce((sum, period) => sum + period.energyWh, 0)).toBeCloseTo(energyWh, 3);
    const billedWh = cdr.lines.flatMap(({ type, measured }) =>
      type === 'ENERGY' ? [1000 * Number(measured)] : [],
    );
    expect(billedWh.reduce((sum, wh) => sum + wh, 0)).toBeCloseTo(energyWh, 3);
    expect(cdr.explanation.filter((sentence) => / periods: of each /.test(sentence))).toHaveLength(told);
  });
});
