import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordTransactionEvent, type TransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { usualPolicy } from '#core/tenants/tenant-policy.ts';
import { aStation, aTariff } from '../adapters/dynamodb/samples.ts';
import { blockedUid, goodUid, minuteMs, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

/** What a station says of its one transaction, by the number of the event. */
async function say(seqNo: number, more: Partial<TransactionEvent> = {}): Promise<string> {
  const event: TransactionEvent = {
    stationId: 'CS-1',
    phase: seqNo === 0 ? 'STARTED' : 'UPDATED',
    transactionRef: 'TX-1',
    seqNo,
    at: noon + seqNo * minuteMs,
    connector: { evseId: 1, connectorId: 1 },
    samples: seqNo === 0 ? [{ at: noon, context: 'BEGIN', energyWh: 1000 }] : [],
    ...more,
  };
  return (await recordTransactionEvent(asked.scene, event, asked.scene.hints)).sessionId;
}
const shown = (uid: string) => ({ token: { uid, tokenType: 'RFID' } }) as const;

function told(event: string, sessionId: string, more: View = {}): Promise<unknown> {
  const { tenantId } = asked.scene;
  return asked.ask('Mutation.publishSessionUpdate', { event, tenantId, sessionId, at: noon, ...more });
}
const statusOf = async (event: string, sessionId: string) => ((await told(event, sessionId)) as View).status;

describe('a session’s subscribers hear', () => {
  test('that it runs, and that it ended', async () => {
    const sessionId = await say(0, shown(goodUid));
    const begun = await told('STARTED', sessionId);
    await say(1, { phase: 'ENDED' });

    expect(begun).toEqual({
      tenantId: asked.scene.tenantId,
      stationId: 'CS-1',
      sessionId,
      status: 'ACTIVE',
      realTimeMetrics: null,
      timestamp: '2026-06-15T12:00:00.000Z',
    });
    expect(await statusOf('ENDED', sessionId)).toBe('COMPLETED');
  });

  test('what a reading says of it, counted from its begin', async () => {
    const sessionId = await say(0, shown(goodUid));
    const figures = { energyWh: 3500, powerW: 7400, voltageV: 230, currentA: 32, temperatureC: 21 };

    const reading = await told('METERED', sessionId, { at: noon + 10 * minuteMs, ...figures });

    expect(reading).toMatchObject({
      status: 'ACTIVE',
      realTimeMetrics: {
        timestamp: '2026-06-15T12:10:00.000Z',
        currentPower: 7.4,
        currentEnergy: 2.5,
        voltage: 230,
        current: 32,
        temperature: 21,
        duration: 600,
      },
    });
  });

  test('of readings that come with its end or after it, that it ended', async () => {
    const sessionId = await say(0, shown(goodUid));
    await told('METERED', sessionId);
    await say(1, { phase: 'ENDED' });

    const late = await told('METERED', sessionId, { at: noon + minuteMs, energyWh: 2000 });

    expect(late).toMatchObject({ status: 'COMPLETED', realTimeMetrics: { currentEnergy: 1, duration: 60 } });
  });

  test('of one that ended before its start was told, first that it ran', async () => {
    const sessionId = await say(0, shown(goodUid));
    await say(1, { phase: 'ENDED' });

    expect(await statusOf('STARTED', sessionId)).toBe('ACTIVE');
  });

  test('of one that nobody we know authorised, that it is invalid, to its end', async () => {
    const sessionId = await say(0, shown(blockedUid));
    const running = [await statusOf('STARTED', sessionId), await statusOf('METERED', sessionId)];
    await say(1, { phase: 'ENDED' });

    expect([...running, await statusOf('ENDED', sessionId)]).toEqual(['INVALID', 'INVALID', 'INVALID']);
  });

  test('of one without a token that it is pending, until somebody shows one', async () => {
    const sessionId = await say(0);
    const waiting = [await statusOf('STARTED', sessionId), await statusOf('METERED', sessionId)];
    await say(1, shown(goodUid));

    expect([...waiting, await statusOf('IDENTIFIED', sessionId)]).toEqual(['PENDING', 'PENDING', 'ACTIVE']);
  });

  test('nothing where there is no such session', async () => {
    const { tenantId } = asked.scene;
    const crossed = { event: 'STARTED', tenantId, partnerId: 'p-1', sessionId: 'none', at: noon };

    expect(await told('METERED', 'none')).toBeNull();
    expect(await asked.ask('Mutation.publishCrossNetworkSession', crossed)).toBeNull();
  });
});

test('operators hear how far the sessions of partners’ drivers are', async () => {
  const { tenantId } = asked.scene;
  const sessionId = await say(0, shown(blockedUid));
  const crossed = { tenantId, partnerId: 'p-1', sessionId, at: noon };

  const begun = await asked.ask('Mutation.publishCrossNetworkSession', { ...crossed, event: 'STARTED' });

  expect(begun).toEqual({
    tenantId,
    partnerId: 'p-1',
    sessionId,
    status: 'INVALID',
    timestamp: '2026-06-15T12:00:00.000Z',
  });
});

describe('what a session costs so far is told with its readings', () => {
  const costs = async (sessionId: string, minutes: readonly number[]) => {
    const { scene } = asked;
    const told: unknown[] = [];
    for (const [index, minute] of minutes.entries()) {
      scene.now = noon + minute * minuteMs;
      const samples = [{ at: scene.now, context: 'PERIODIC', energyWh: 1000 + minute * 100 }] as const;
      await say(index + 1, { at: scene.now, samples });
      const { tenantId } = scene;
      const reading = { tenantId, sessionId, at: scene.now, energyWh: 1000 + minute * 100 };
      const view = (await asked.ask('Mutation.publishSessionMetrics', reading)) as View;
      told.push(view.estimatedCost);
    }
    return told;
  };

  beforeEach(async () => {
    const priced = [{ evseId: 1, connectorId: 1, connectorType: 'TYPE_2', tariffId: 'day' }];
    const elements = [{ priceComponents: [{ type: 'ENERGY' as const, price: '1', stepSize: 1 }] }];
    const { minPrice: _, ...tariff } = aTariff({ elements });
    await asked.scene.tariffs.saveTariff(tariff);
    await asked.scene.stations.createStation(aStation({ stationId: 'CS-1', connectors: priced }));
  });

  test('where the tenant shows costs: at first, and whenever it has become a quarter longer', async () => {
    await asked.scene.policies.savePolicy({ ...usualPolicy, showRunningCost: true }, noon);
    const sessionId = await say(0, shown(goodUid));

    const told = await costs(sessionId, [1, 2, 3, 4, 8, 9, 10, 11]);

    expect(told).toEqual([0.1, 0.2, 0.3, 0.4, 0.8, undefined, 1, undefined]);
  });

  test('nowhere else', async () => {
    const sessionId = await say(0, shown(goodUid));

    expect(await costs(sessionId, [1, 2])).toEqual([undefined, undefined]);
  });
});
