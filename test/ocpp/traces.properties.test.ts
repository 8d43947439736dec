import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import { SessionHints } from '#core/sessions/session-hints.ts';
import { receiveFrame } from '../../functions/ocpp/receive-frame.ts';
import type { OcppServices } from '../../functions/ocpp/services.ts';
import type { Subprotocol } from '../../functions/ocpp/version.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { aStation, aToken } from '../adapters/dynamodb/samples.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';

/**
 * The promise that everything else here serves: whatever a network makes of a session's messages, its bill is the same.
 */

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const start = Date.UTC(2026, 5, 15, 12);
const minuteMs = 60_000;
const uid = '04A1B2C3D4E5F6';
const timeAt = (minutes: number) => new Date(start + minutes * minuteMs).toISOString();

/** A call's action and payload; each time it is sent it gets a message id of its own (row 3). */
type Message = readonly [action: string, payload: Record<string, unknown>];

/** What a vehicle did, minute by minute. */
interface Course {
  /** Wh of each of the minutes that are reported. */
  readonly steps: readonly number[];
  readonly powerApart: boolean;
  readonly inKwh: boolean;
  readonly lateToken: boolean;
  readonly readingsAtStop: boolean;
}

const courses: fc.Arbitrary<Course> = fc.record({
  steps: fc.array(fc.oneof(fc.nat(400), fc.constant(0)), { minLength: 1, maxLength: 6 }),
  powerApart: fc.boolean(),
  inKwh: fc.boolean(),
  lateToken: fc.boolean(),
  readingsAtStop: fc.boolean(),
});

/** Every message at least once, in any order, up to three times each. */
function arrivals(messages: readonly Message[]): fc.Arbitrary<readonly Message[]> {
  return fc
    .tuple(
      fc.shuffledSubarray([...messages], { minLength: messages.length }),
      fc.shuffledSubarray([...messages, ...messages]),
      fc.infiniteStream(fc.nat()),
    )
    .map(([all, repeats, places]) =>
      repeats.reduce((arrived, message) => {
        const place = Number(places.next().value) % (arrived.length + 1);
        return arrived.toSpliced(place, 0, message);
      }, all),
    );
}

/** A tenant with one station and a tariff by energy and by parking time. Ids are as if all tenants were one. */
async function newTenant() {
  const tenantId = newTenantId();
  const stores = db.storesOf(tenantId);
  const clock = { now: start + 24 * 60 * minuteMs };
  const services: OcppServices = {
    ...stores,
    tenantId,
    clock: () => clock.now,
    digest: (text) => digest(text.replaceAll(tenantId, 'tenant')),
    sessionHints: new SessionHints(),
  };
  await Promise.all([
    stores.stations.createStation(aStation({ stationId: 'CS-1' })),
    stores.tokens.createToken(aToken({ uid })),
    stores.tariffs.saveTariff({
      tariffId: 'standard',
      name: 'Standard',
      currency: 'EUR',
      elements: [
        {
          priceComponents: [
            { type: 'ENERGY', price: '0.31', vat: '20', stepSize: 1 },
            { type: 'PARKING_TIME', price: '2.40', vat: '20', stepSize: 60 },
            { type: 'FLAT', price: '0.50', vat: '20', stepSize: 1 },
          ],
        },
      ],
      status: 'ACTIVE',
      createdAt: 0,
      updatedAt: 0,
      revision: 1,
    }),
  ]);
  const tenant = { tenantId, currency: 'EUR', timeZone: 'Europe/Paris', defaultTariffId: 'standard' };
  return { tenant, services, clock };
}

type Tenant = Awaited<ReturnType<typeof newTenant>>;

/** Sends a message as a frame, a second after the last one, to a process that knows no other frame. */
async function send(
  tenant: Tenant,
  protocol: Subprotocol,
  message: Message,
): Promise<Record<string, unknown>> {
  const { services, clock } = tenant;
  const version = await loadVersion(protocol);
  clock.now += 1_000;
  const [action, payload] = message;
  const messageId = crypto.randomUUID();
  const { answer, error } = await receiveFrame(version, JSON.stringify([2, messageId, action, payload]), {
    stationId: 'CS-1',
    connectionId: 'c-1',
    receivedAt: clock.now,
    services: { ...services, sessionHints: new SessionHints() },
  });
  const [type, answered, result] = JSON.parse(answer ?? '[]');
  if (type !== 3 || answered !== messageId) throw new Error(`${action} got ${answer}`, { cause: error });
  return result;
}

/** The CDR of the tenant's only session, without the moment it was made. */
async function billed({ tenant, services }: Tenant): Promise<Omit<Cdr, 'createdAt'>> {
  const { items } = await services.sessions.listSessions({}, { limit: 10 });
  const [session, ...others] = items;
  if (!session || others.length > 0) throw new Error(`${items.length} sessions`);
  const cdrs = db.storesOf(tenant.tenantId).cdrs;
  const tariffs = db.storesOf(tenant.tenantId).tariffs;
  const result = await issueCdr(
    { ...services, cdrs, tariffs, tenant },
    { sessionId: session.sessionId, graceOver: false },
  );
  if (!('cdr' in result)) throw new Error(result.outcome);
  const { createdAt: _, ...cdr } = result.cdr;
  return cdr;
}

describe('OCPP 2.0.1: the events of a transaction, in any order and any number', () => {
  function trace({ steps, powerApart, inKwh, lateToken, readingsAtStop }: Course): readonly Message[] {
    let seqNo = -1;
    let energyWh = 100_000;
    const idToken = { idToken: uid, type: 'ISO14443' };
    const value = (context: string) => ({
      value: inKwh ? energyWh / 1000 : energyWh,
      context,
      unitOfMeasure: { unit: inKwh ? 'kWh' : 'Wh' },
    });
    const event = (eventType: string, minutes: number, more: Record<string, unknown>): Message => {
      seqNo += 1;
      const timestamp = timeAt(minutes);
      const { chargingState, stoppedReason, sampledValue, ...rest } = more;
      const transactionInfo = {
        transactionId: 'tx-1',
        ...(chargingState === undefined ? {} : { chargingState }),
        ...(stoppedReason === undefined ? {} : { stoppedReason }),
      };
      const meterValue = sampledValue === undefined ? {} : { meterValue: [{ timestamp, sampledValue }] };
      return [
        'TransactionEvent',
        { eventType, timestamp, triggerReason: 'Trigger', seqNo, transactionInfo, ...meterValue, ...rest },
      ];
    };
    const messages = [
      event('Started', 0, {
        evse: { id: 1, connectorId: 1 },
        chargingState: 'EVConnected',
        sampledValue: [value('Transaction.Begin')],
        ...(lateToken ? {} : { idToken }),
      }),
    ];
    if (lateToken) messages.push(event('Updated', 0.5, { idToken }));
    for (const [index, step] of steps.entries()) {
      energyWh += step;
      const power = { value: step * 60, measurand: 'Power.Active.Import', context: 'Sample.Periodic' };
      const energy = value('Sample.Periodic');
      const chargingState = step === 0 ? 'SuspendedEV' : 'Charging';
      messages.push(
        event('Updated', index + 1, { chargingState, sampledValue: powerApart ? [energy] : [energy, power] }),
      );
      if (powerApart) messages.push(event('Updated', index + 1, { sampledValue: [power] }));
    }
    messages.push(
      event('Ended', steps.length + 5, {
        stoppedReason: 'EVDisconnected',
        chargingState: 'Idle',
        ...(readingsAtStop ? { sampledValue: [value('Transaction.End')] } : {}),
      }),
    );
    return messages;
  }

  test('lead to the bill of the clean trace', async () => {
    const runs = courses.chain((course) => fc.tuple(fc.constant(course), arrivals(trace(course))));
    await fc.assert(
      fc.asyncProperty(runs, async ([course, arrived]) => {
        const [clean, shaken] = await Promise.all([newTenant(), newTenant()]);
        for (const message of trace(course)) await send(clean, 'ocpp2.0.1', message);

        for (const message of arrived) await send(shaken, 'ocpp2.0.1', message);

        const expected = await billed(clean);
        expect(await billed(shaken)).toEqual(expected);
        expect(expected).toMatchObject({ billing: 'BILLABLE', token: { uid, status: 'ACCEPTED' } });
        expect(expected.energyWh).toBe(course.steps.reduce((sum, step) => sum + step, 0));
      }),
      { numRuns: 25 },
    );
  });

  test('lead to it also when they all come at the same moment', async () => {
    const course = {
      steps: [300, 0, 200],
      powerApart: true,
      inKwh: false,
      lateToken: true,
      readingsAtStop: true,
    };
    const [clean, shaken] = await Promise.all([newTenant(), newTenant()]);
    for (const message of trace(course)) await send(clean, 'ocpp2.0.1', message);

    const frames = [...trace(course), ...trace(course)].toReversed();
    await Promise.all(frames.map((message) => send(shaken, 'ocpp2.0.1', message)));

    expect(await billed(shaken)).toEqual(await billed(clean));
  });
});

describe('OCPP 1.6: what follows a start, in any order and any number', () => {
  function started(): Message {
    return ['StartTransaction', { connectorId: 1, idTag: uid, meterStart: 100_000, timestamp: timeAt(0) }];
  }

  function rest(transactionId: number, course: Course): readonly Message[] {
    const { steps, powerApart, inKwh, readingsAtStop } = course;
    const messages: Message[] = [];
    let energyWh = 100_000;
    const meterValues = (minutes: number, sampledValue: readonly unknown[]): Message => [
      'MeterValues',
      { connectorId: 1, transactionId, meterValue: [{ timestamp: timeAt(minutes), sampledValue }] },
    ];
    const energy = () =>
      inKwh
        ? { value: String(energyWh / 1000), unit: 'kWh', context: 'Sample.Periodic' }
        : { value: String(energyWh) };
    for (const [index, step] of steps.entries()) {
      energyWh += step;
      const power = { value: String(step * 60), measurand: 'Power.Active.Import', unit: 'W' };
      messages.push(meterValues(index + 1, powerApart ? [energy()] : [energy(), power]));
      if (powerApart) messages.push(meterValues(index + 1, [power]));
    }
    const timestamp = timeAt(steps.length + 5);
    const transactionData = [{ timestamp, sampledValue: [{ ...energy(), context: 'Transaction.End' }] }];
    const stop = { transactionId, meterStop: energyWh, timestamp, reason: 'EVDisconnected' };
    messages.push(['StopTransaction', readingsAtStop ? { ...stop, transactionData } : stop]);
    return messages;
  }

  async function numbered(tenant: Tenant): Promise<number> {
    const { transactionId } = await send(tenant, 'ocpp1.6', started());
    return Number(transactionId);
  }

  test('leads to the bill of the clean trace', async () => {
    /** The number follows from the start alone, so it is the same for all. */
    const transactionId = await numbered(await newTenant());
    const runs = courses.chain((course) =>
      fc.tuple(fc.constant(course), arrivals([started(), ...rest(transactionId, course)])),
    );
    await fc.assert(
      fc.asyncProperty(runs, async ([course, arrived]) => {
        const [clean, shaken] = await Promise.all([newTenant(), newTenant()]);
        expect([await numbered(clean), await numbered(shaken)]).toEqual([transactionId, transactionId]);
        for (const message of rest(transactionId, course)) await send(clean, 'ocpp1.6', message);

        for (const message of arrived) await send(shaken, 'ocpp1.6', message);

        const expected = await billed(clean);
        expect(await billed(shaken)).toEqual(expected);
        expect(expected).toMatchObject({ billing: 'BILLABLE', token: { uid, status: 'ACCEPTED' } });
        expect(expected.energyWh).toBe(course.steps.reduce((sum, step) => sum + step, 0));
      }),
      { numRuns: 25 },
    );
  });

  test('leads to it also when all of it comes at the same moment', async () => {
    const course = {
      steps: [300, 0, 200],
      powerApart: true,
      inKwh: true,
      lateToken: false,
      readingsAtStop: true,
    };
    const [clean, shaken] = await Promise.all([newTenant(), newTenant()]);
    const [transactionId] = await Promise.all([numbered(clean), numbered(shaken)]);
    const messages = rest(transactionId, course);
    for (const message of messages) await send(clean, 'ocpp1.6', message);

    const frames = [...messages, started(), ...messages].toReversed();
    await Promise.all(frames.map((message) => send(shaken, 'ocpp1.6', message)));

    expect(await billed(shaken)).toEqual(await billed(clean));
  });
});
