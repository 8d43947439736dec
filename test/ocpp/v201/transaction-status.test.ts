import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explainSession } from '../../../functions/core/cdrs/explain-session.ts';
import { runningCost } from '../../../functions/core/cdrs/running-cost.ts';
import { assembleSession } from '../../../functions/core/sessions/assemble-session.ts';
import { referencedSessionId } from '../../../functions/core/sessions/session-id.ts';
import {
  activateTariff,
  changeTariff,
  createTariff,
  deactivateTariff,
  type TariffDescription,
} from '../../../functions/core/tariffs/manage-tariffs.ts';
import { pinTariff } from '../../../functions/core/tariffs/pin-tariff.ts';
import type { Tenant } from '../../../functions/core/tenants/tenant.ts';
import { ask } from '../asked-station.ts';
import { officialSchemas } from '../fixture-files.ts';
import { goodTag, noon, openRoom, type Room, type TestStation } from '../room-under-test.ts';

const protocol = 'ocpp2.0.1';
let room: Room;
let station: TestStation;
let stations = 0;
let findTenant: Room['services']['findTenant'];
beforeAll(async () => {
  room = await openRoom();
  ({ findTenant } = room.services);
});
beforeEach(async () => {
  stations += 1;
  station = await room.givenStation(`T-${stations}`, protocol);
  room.now = noon;
  Object.assign(room.services, { policy: { onboarding: false, registrationRetryS: 300 }, findTenant });
});
afterAll(() => room.close());

function wordsOf(type: string): readonly string[] {
  const request = officialSchemas('ocpp2_0_1.json').find(({ $id }) => $id === 'urn:TransactionEvent.req');
  return request?.definitions?.[type]?.enum ?? [];
}

const sessionId = () =>
  referencedSessionId(room.services.digest, room.services.tenantId, station.stationId, 'tx-1');
const session = async () => room.services.sessions.findSession(sessionId());

function event(eventType: 'Started' | 'Updated' | 'Ended', seqNo: number, more: object = {}) {
  const { transactionInfo, ...others } = more as { transactionInfo?: object };
  const at = new Date(noon + seqNo * 60_000).toISOString();
  return station.calls('TransactionEvent', {
    eventType,
    triggerReason: 'MeterValuePeriodic',
    seqNo,
    timestamp: at,
    evse: { id: 1, connectorId: 1 },
    meterValue: [{ timestamp: at, sampledValue: [{ value: 1000 + seqNo * 1000 }] }],
    ...(eventType === 'Started' ? { idToken: { idToken: goodTag, type: 'ISO14443' } } : {}),
    ...others,
    transactionInfo: { transactionId: 'tx-1', ...transactionInfo },
  });
}

describe('an event of a transaction', () => {
  test('may have any reason, which is kept, and whether it happened offline', async () => {
    const reasons = wordsOf('TriggerReasonEnumType');
    await event('Started', 0);

    for (const [index, triggerReason] of reasons.entries()) {
      await event('Updated', index + 1, { triggerReason, offline: true });
    }

    const entries = await room.services.sessions.listEntries(sessionId());
    expect(reasons.length).toBeGreaterThan(20);
    expect(entries.slice(1).map(({ trigger }) => trigger)).toEqual(reasons);
    expect(entries.slice(1).every(({ offline }) => offline === true)).toBe(true);
  });

  test('may tell any state of charging [E10]', async () => {
    const states = wordsOf('ChargingStateEnumType');
    await event('Started', 0);

    for (const [index, chargingState] of states.entries()) {
      await event('Updated', index + 1, { transactionInfo: { chargingState } });
    }

    const entries = await room.services.sessions.listEntries(sessionId());
    expect(new Set(entries.slice(1).map(({ chargingState }) => chargingState)).size).toBe(states.length);
    expect(states).toHaveLength(5);
  });

  test.each(wordsOf('ReasonEnumType'))('may end for the reason %s [E06]', async (stoppedReason) => {
    await event('Started', 0);
    await event('Ended', 1, { transactionInfo: { stoppedReason } });

    const ended = await session();
    expect(ended).toMatchObject({ state: 'ENDED', stopReason: expect.any(String) });
    const entries = await room.services.sessions.listEntries(sessionId());
    const explanation = ended && explainSession(assembleSession(ended, entries));
    expect(explanation).toContain(`Why it ended, in the station's own word: ${stoppedReason}.`);
  });

  test('may tell how the vehicle charges, which is kept [E02]', async () => {
    const told = { numberOfPhasesUsed: 1, cableMaxCurrent: 32, transactionInfo: { timeSpentCharging: 90 } };
    await event('Started', 0, told);

    const [entry] = await room.services.sessions.listEntries(sessionId());
    expect(entry).toMatchObject({ phasesUsed: 1, cableMaxCurrentA: 32, chargingTimeS: 90 });
  });
});

describe('row 25: the status of a transaction', () => {
  const says = (answer: object) =>
    ask(
      room,
      station,
      { name: 'GET_TRANSACTION_STATUS', parameters: { transactionId: 'tx-1' }, protocol },
      () => answer,
    );

  test.each([
    [{ ongoingIndicator: false, messagesInQueue: false }, 'ENDED'],
    [{ ongoingIndicator: false, messagesInQueue: true }, 'ACTIVE'],
    [{ ongoingIndicator: true, messagesInQueue: false }, 'ACTIVE'],
    [{ messagesInQueue: false }, 'ACTIVE'],
  ])('%j leaves an open session %s [E14]', async (answer, state) => {
    await event('Started', 0);
    await event('Updated', 1);

    await says(answer);

    expect((await session())?.state).toBe(state);
  });

  test('about the queue alone changes nothing [E14]', async () => {
    await event('Started', 0);
    const wish = { name: 'GET_TRANSACTION_STATUS', parameters: {}, protocol } as const;

    const { commands } = await ask(room, station, wish, () => ({ messagesInQueue: false }));

    expect([commands[0]?.state, (await session())?.state]).toEqual(['ACCEPTED', 'ACTIVE']);
  });
});

describe('the end of a transaction', () => {
  beforeEach(async () => {
    await room.services.tariffs.saveTariff({
      tariffId: 'per-kwh',
      name: 'Per kWh',
      currency: 'EUR',
      elements: [{ priceComponents: [{ type: 'ENERGY', price: '0.50', stepSize: 1 }] }],
      status: 'ACTIVE',
      createdAt: 1,
      updatedAt: 1,
      revision: 1,
    });
    const tenant = { ...(await room.services.findTenant()), defaultTariffId: 'per-kwh' };
    Object.assign(room.services, { findTenant: async () => tenant });
  });

  test.each([
    [true, 1],
    [undefined, undefined],
  ])(
    'is answered with its cost where the tenant wants it (%s), and the rest is not [I03]',
    async (wanted, cost) => {
      Object.assign(room.services, {
        policy: { ...room.services.policy, ...(wanted ? { showRunningCost: true } : {}) },
      });
      await event('Started', 0);
      const updated = await event('Updated', 1);
      const ended = await event('Ended', 2);

      expect(updated.totalCost).toBeUndefined();
      expect(ended.totalCost).toBe(cost);
    },
  );

  test('is confirmed without a cost when it cannot be told [I03]', async () => {
    const lost = async () => Promise.reject(new Error('no tenant today'));
    Object.assign(room.services, {
      policy: { ...room.services.policy, showRunningCost: true },
      findTenant: lost,
    });
    await event('Started', 0);

    expect(await event('Ended', 1)).toEqual({});
    expect((await session())?.state).toBe('ENDED');
  });
});

describe('a price that changes while a session runs', () => {
  const priced = (price: string): TariffDescription => ({
    tariffId: `own-${station.stationId}`,
    name: 'Own',
    currency: 'EUR',
    elements: [{ priceComponents: [{ type: 'ENERGY', price, stepSize: 1 }] }],
  });
  let ports: { tenant: Tenant } & typeof room.services;

  beforeEach(async () => {
    room.now = noon - 1000;
    const { tariffId } = await createTariff(room.services, priced('0.50'));
    await activateTariff(room.services, { tariffId });
    const known = await room.services.findTenant();
    if (!known) throw new Error('no tenant');
    const tenant = { ...known, defaultTariffId: tariffId };
    const policy = { ...room.services.policy, showRunningCost: true };
    Object.assign(room.services, { findTenant: async () => tenant, policy });
    ports = { ...room.services, tenant };
  });

  test.each([
    ['changed', (tariffId: string) => changeTariff(room.services, { tariffId }, () => priced('9'))],
    ['taken out of use', (tariffId: string) => deactivateTariff(room.services, { tariffId })],
  ])('does not touch it when its tariff is %s, before or after it was pinned [I06]', async (_, change) => {
    const { tariffId } = priced('0');
    const at = { sessionId: sessionId() };
    await event('Started', 0);
    room.now = noon + 30_000;
    await change(tariffId);

    await event('Updated', 1);
    const unpinned = await runningCost(ports, at);
    await pinTariff(ports, at);
    const { totalCost } = await event('Ended', 2);

    expect([unpinned?.amount, totalCost]).toEqual([0.5, 1]);
  });

  test('is the price of the next one [I06]', async () => {
    const { tariffId } = priced('0');
    room.now = noon - 500;
    await changeTariff(room.services, { tariffId }, () => priced('2'));
    await event('Started', 0);

    expect((await event('Ended', 1)).totalCost).toBe(2);
  });
});

test('the cost of a session travels with its transaction [I02]', async () => {
  const parameters = { transactionId: 'tx-1', totalCost: 4.2 };
  const { calls, commands } = await ask(
    room,
    station,
    { name: 'COST_UPDATED', parameters, protocol },
    () => ({}),
  );

  expect(calls).toEqual([{ action: 'CostUpdated', payload: parameters }]);
  expect(commands[0]?.state).toBe('ACCEPTED');
});
