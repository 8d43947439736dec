import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runningCost } from '#core/cdrs/running-cost.ts';
import { matchReservation } from '#core/reservations/match-reservation.ts';
import { followCost } from '#core/sessions/follow-cost.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { tellCost } from '#core/sessions/tell-cost.ts';
import { newId } from '#platform/clock.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { blockedUid, goodUid, minuteMs, newScene, noon, type Scene } from './scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
  scene.now = Date.now();
  await scene.stations.createStation(aStation({ stationId, protocol: 'ocpp2.0.1' }));
  await scene.live.connect({ stationId, connectionId: 'c-1', protocol: 'ocpp2.0.1', connectedAt: noon });
  await scene.tariffs.saveTariff({
    tariffId: 'standard',
    name: 'Standard',
    currency: 'EUR',
    elements: [{ priceComponents: [{ type: 'ENERGY', price: '0.50', vat: '20', stepSize: 1 }] }],
    status: 'ACTIVE',
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
  });
});
afterAll(() => db.close());

const stationId = 'CS-1';
const ports = () => ({
  ...scene,
  newId,
  tenant: {
    tenantId: scene.tenantId,
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    defaultTariffId: 'standard',
  },
});

async function event(
  phase: 'STARTED' | 'UPDATED' | 'ENDED',
  seqNo: number,
  energyWh: number,
  uid = goodUid,
): Promise<string> {
  const at = noon + seqNo * 10 * minuteMs;
  const context = phase === 'STARTED' ? 'BEGIN' : phase === 'ENDED' ? 'END' : 'PERIODIC';
  const { sessionId } = await recordTransactionEvent(
    scene,
    {
      stationId,
      phase,
      transactionRef: 'tx-1',
      seqNo,
      at,
      connector: { evseId: 1, connectorId: 1 },
      samples: [{ at, context, energyWh }],
      ...(phase === 'STARTED' ? { token: { uid, tokenType: 'RFID' } } : {}),
    },
    scene.hints,
  );
  return sessionId;
}
const amounts = async () =>
  (await scene.commands.listCommands(stationId, { limit: 10 })).items
    .toReversed()
    .flatMap(({ request }) => (request.kind === 'TELL_COST' ? [request.amount] : []));

describe('what a session costs', () => {
  test('is the price of its readings so far, taxes included [I02]', async () => {
    const sessionId = await event('STARTED', 0, 1000);
    await event('UPDATED', 1, 3000);

    expect(await runningCost(ports(), { sessionId })).toEqual({ amount: 1.2, currency: 'EUR' });
  });

  test('goes on between two readings as time does, by the station’s clock', async () => {
    await scene.tariffs.saveTariff({
      tariffId: 'hourly',
      name: 'Hourly',
      currency: 'EUR',
      elements: [
        {
          priceComponents: [
            { type: 'ENERGY', price: '0.50', stepSize: 1 },
            { type: 'TIME', price: '6', stepSize: 1 },
          ],
        },
      ],
      status: 'ACTIVE',
      createdAt: 0,
      updatedAt: 0,
      revision: 1,
    });
    const tenant = { ...ports().tenant, defaultTariffId: 'hourly' };
    const sessionId = await event('STARTED', 0, 1000);
    await event('UPDATED', 1, 3000);
    const cost = async () => (await runningCost({ ...ports(), tenant }, { sessionId }))?.amount;

    const told = await cost();
    scene.now += 10 * minuteMs;

    expect([told, await cost()]).toEqual([2, 3]);
  });

  test('begins with the reservation that the session used, as its bill will [I02]', async () => {
    const hourMs = 60 * minuteMs;
    await scene.tariffs.saveTariff({
      tariffId: 'reserving',
      name: 'Reserving',
      currency: 'EUR',
      elements: [
        {
          priceComponents: [{ type: 'TIME', price: '5', stepSize: 1 }],
          restrictions: { reservation: 'RESERVATION' },
        },
      ],
      status: 'ACTIVE',
      createdAt: 0,
      updatedAt: 0,
      revision: 1,
    });
    await scene.reservations.addReservation({
      reservationId: 'CS-1-7',
      stationId,
      number: 7,
      state: 'RESERVED',
      place: {},
      token: { uid: goodUid, tokenType: 'RFID' },
      reservedAt: noon - hourMs,
      expiresAt: noon + hourMs,
      createdAt: noon - 2 * hourMs,
      updatedAt: noon - hourMs,
      commandId: 'c-1',
    });
    const tenant = { ...ports().tenant, defaultTariffId: 'reserving' };
    const sessionId = await event('STARTED', 0, 1000);
    const cost = () => runningCost({ ...ports(), tenant }, { sessionId });

    const before = await cost();
    await matchReservation(scene, { stationId, sessionId });

    expect([before?.amount, (await cost())?.amount]).toEqual([0, 5]);
  });

  test('is told once a minute, however often its meter is read [I02]', async () => {
    const sessionId = await event('STARTED', 0, 1000);
    await event('UPDATED', 1, 3000);
    const outcomes = [await tellCost(ports(), { sessionId }), await tellCost(ports(), { sessionId })];
    await event('UPDATED', 2, 5000);
    scene.now += minuteMs;
    outcomes.push(await tellCost(ports(), { sessionId }));

    expect(outcomes).toEqual(['told', 'too-soon', 'told']);
    expect(await amounts()).toEqual([1.2, 2.4]);
  });

  test('is told once when two workers come at once [I02]', async () => {
    const sessionId = await event('STARTED', 0, 1000);

    await Promise.all([tellCost(ports(), { sessionId }), tellCost(ports(), { sessionId })]);

    expect(await amounts()).toHaveLength(1);
  });

  test('at its end is that of its last reading [I03]', async () => {
    const sessionId = await event('STARTED', 0, 1000);
    await event('ENDED', 1, 2000);

    expect(await runningCost(ports(), { sessionId })).toMatchObject({ amount: 0.6 });
    expect(await tellCost(ports(), { sessionId })).toBe('nothing-to-tell');
  });

  test('is not told while events are missing', async () => {
    const sessionId = await event('STARTED', 0, 1000);
    await event('ENDED', 3, 2000);

    expect(await runningCost(ports(), { sessionId })).toBeUndefined();
  });

  test('is not told of a session that nobody pays for', async () => {
    const sessionId = await event('STARTED', 0, 1000, blockedUid);

    expect(await tellCost(ports(), { sessionId })).toBe('nothing-to-tell');
  });

  describe('is not told to a station', () => {
    const settled = async (code: string) => {
      const [command] = (await scene.commands.listCommands(stationId, { limit: 1 })).items;
      if (!command) throw new Error('nothing was sent');
      const failure = { code, message: 'no' };
      await followCost(scene, { ...command, state: 'FAILED', sentAt: scene.now, failure });
    };

    test('that does not know such a message, for a day [I02]', async () => {
      const sessionId = await event('STARTED', 0, 1000);
      const outcomes = [await tellCost(ports(), { sessionId })];
      await settled('NotSupported');
      for (const passedMs of [minuteMs, 24 * 60 * minuteMs]) {
        scene.now += passedMs;
        outcomes.push(await tellCost(ports(), { sessionId }));
      }

      expect(outcomes).toEqual(['told', 'nothing-to-tell', 'told']);
    });

    test('that failed for another reason only once [I02]', async () => {
      const sessionId = await event('STARTED', 0, 1000);
      await tellCost(ports(), { sessionId });
      await settled('InternalError');
      scene.now += minuteMs;

      expect(await tellCost(ports(), { sessionId })).toBe('told');
    });

    test.each([{ costAvailable: false }, { costEnabled: false }])(
      'whose device model says that it shows none: %j [I02]',
      async (said) => {
        await scene.limits.noteLimits(stationId, { costAvailable: true, costEnabled: true, ...said });
        const sessionId = await event('STARTED', 0, 1000);

        expect(await tellCost(ports(), { sessionId })).toBe('nothing-to-tell');
      },
    );
  });

  test('is not told without a tariff, nor to a station that is away', async () => {
    const sessionId = await event('STARTED', 0, 1000);
    const { defaultTariffId: _, ...poor } = ports().tenant;

    expect(await tellCost({ ...ports(), tenant: poor }, { sessionId })).toBe('nothing-to-tell');
    await scene.live.disconnect(stationId, 'c-1', scene.now);
    scene.now += minuteMs;
    expect(await tellCost(ports(), { sessionId })).toBe('nothing-to-tell');
    expect(await amounts()).toEqual([]);
  });
});
