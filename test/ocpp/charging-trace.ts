import fc from 'fast-check';
import { stationPki } from '#adapters/certificates/station-pki.ts';
import { digest } from '#adapters/crypto/digest.ts';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import type { Session } from '#core/sessions/session.ts';
import { SessionHints } from '#core/sessions/session-hints.ts';
import { AcceptedConnections } from '#core/stations/accepted-connections.ts';
import { usualPolicy } from '#core/tenants/tenant-policy.ts';
import { newId } from '#platform/clock.ts';
import { type Received, receiveFrame } from '../../functions/ocpp/receive-frame.ts';
import type { OcppServices } from '../../functions/ocpp/services.ts';
import type { Subprotocol } from '../../functions/ocpp/subprotocols.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { aStation, aToken } from '../adapters/dynamodb/samples.ts';
import { newTenantId, type TestDatabase } from '../support/engine.ts';

const start = Date.UTC(2026, 5, 15, 12);
const minuteMs = 60_000;
const timeAt = (minutes: number) => new Date(start + minutes * minuteMs).toISOString();

/** The tag that charges in every trace, and its station. */
export const uid = '04A1B2C3D4E5F6';
export const stationId = 'CS-1';

/** A call's action and payload; each time it is sent it gets a message id of its own. */
export type Message = readonly [action: string, payload: Readonly<Record<string, unknown>>];

/** What a vehicle did, minute by minute. */
export interface Course {
  /** Wh of each of the minutes that are reported. */
  readonly steps: readonly number[];
  readonly powerApart: boolean;
  readonly inKwh: boolean;
  readonly lateToken: boolean;
  /** The EVSE is told with the cable, after the start. */
  readonly lateCable: boolean;
  readonly readingsAtStop: boolean;
}

export const courses: fc.Arbitrary<Course> = fc.record({
  steps: fc.array(fc.oneof(fc.nat(400), fc.constant(0)), { minLength: 1, maxLength: 6 }),
  powerApart: fc.boolean(),
  inKwh: fc.boolean(),
  lateToken: fc.boolean(),
  lateCable: fc.boolean(),
  readingsAtStop: fc.boolean(),
});

export function energyOf({ steps }: Course): number {
  return steps.reduce((sum, step) => sum + step, 0);
}

/** A tenant with a tariff by energy and by parking time, and one station that has booted. */
export async function newTenant(db: TestDatabase, protocol: Subprotocol): Promise<Tenant> {
  const tenant = await tenantWithStation(db, protocol);
  const { live } = tenant.services;
  const connectedAt = tenant.clock.now;
  await live.connect({ stationId, connectionId: firstConnection, protocol, connectedAt });
  await send(tenant, protocol, boots[protocol]);
  return tenant;
}

const firstConnection = 'c-1';

const boots: Readonly<Record<Subprotocol, Message>> = {
  'ocpp1.6': ['BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Duo 22' }],
  'ocpp2.0.1': [
    'BootNotification',
    { reason: 'PowerUp', chargingStation: { vendorName: 'Acme', model: 'Duo 22' } },
  ],
};

/** Ids are as if all tenants were one. */
async function tenantWithStation(db: TestDatabase, protocol: Subprotocol) {
  const tenantId = newTenantId();
  const clock = { now: start + 24 * 60 * minuteMs };
  const stores = db.storesOf(tenantId, () => clock.now);
  const services: OcppServices = {
    ...stores,
    ...stationPki({ clock: () => clock.now, insideHosts: [] }),
    tenantId,
    tenantSlug: 'demo',
    clock: () => clock.now,
    digest: (text) => digest(text.replaceAll(tenantId, 'tenant')),
    newId,
    sessionHints: new SessionHints(),
    acceptedConnections: new AcceptedConnections(),
    policy: usualPolicy,
    findTenant: async () => undefined,
    forwardData: async () => ({ status: 'REJECTED' }),
    setTimer: async () => undefined,
  };
  await Promise.all([
    stores.stations.createStation(aStation({ stationId, protocol })),
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
  return { tenant, stores, services, clock };
}

export type Tenant = Awaited<ReturnType<typeof tenantWithStation>>;

/** Takes a text in as a frame, a second after the last one, in a process that knows no other frame. */
export async function receive(
  { services, clock }: Tenant,
  protocol: Subprotocol,
  text: string,
  connectionId = firstConnection,
): Promise<Received> {
  clock.now += 1_000;
  return receiveFrame(await loadVersion(protocol), text, {
    stationId,
    connectionId,
    receivedAt: clock.now,
    services: { ...services, sessionHints: new SessionHints() },
  });
}

/** Sends a call and gives the payload of its CALLRESULT. */
export async function send(
  tenant: Tenant,
  protocol: Subprotocol,
  [action, payload]: Message,
  connectionId?: string,
): Promise<Record<string, unknown>> {
  const messageId = crypto.randomUUID();
  const text = JSON.stringify([2, messageId, action, payload]);
  const { answer, error } = await receive(tenant, protocol, text, connectionId);
  const [type, answered, result] = JSON.parse(answer ?? '[]');
  if (type !== 3 || answered !== messageId) throw new Error(`${action} got ${answer}`, { cause: error });
  return result;
}

/** The CDR of the tenant's only session, without the moment it was made. */
export async function billed(tenant: Tenant): Promise<Omit<Cdr, 'createdAt'>> {
  const [cdr, ...others] = await bills(tenant);
  if (!cdr || others.length > 0) throw new Error(`${others.length + 1} sessions`);
  return cdr;
}

/** The CDRs of all of the tenant's sessions, by start. */
export async function bills(tenant: Tenant): Promise<readonly Omit<Cdr, 'createdAt'>[]> {
  const { items } = await tenant.services.sessions.listSessions({}, { limit: 10 });
  const byStart = items.toSorted((a, b) => a.startedAt - b.startedAt);
  return Promise.all(byStart.map((session) => billOf(tenant, session)));
}

async function billOf(
  { tenant, stores, services }: Tenant,
  session: Session,
): Promise<Omit<Cdr, 'createdAt'>> {
  const { cdrs, tariffs, locations } = stores;
  const wish = { sessionId: session.sessionId, graceOver: false };
  const result = await issueCdr(
    { ...services, cdrs, tariffs, locations, tenant, verifySigned: verifyMeterValue },
    wish,
  );
  if (!('cdr' in result)) throw new Error(result.outcome);
  const { createdAt: _, ...cdr } = result.cdr;
  return cdr;
}

/** The same messages of another transaction, hours later, on the same connector. */
export function hoursLater(hours: number, transactionId: number | string, messages: readonly Message[]) {
  const later = (text: string) => new Date(Date.parse(text) + hours * 60 * minuteMs).toISOString();
  return messages.map(([action, payload]): Message => {
    const text = JSON.stringify(payload, (name, value) => (name === 'timestamp' ? later(value) : value));
    const { transactionId: own, transactionInfo, ...rest } = JSON.parse(text);
    const named = own === undefined ? {} : { transactionId };
    const info =
      transactionInfo === undefined ? {} : { transactionInfo: { ...transactionInfo, transactionId } };
    return [action, { ...rest, ...named, ...info }];
  });
}

/** All events of a transaction in 2.0.1. */
export function trace201({
  steps,
  powerApart,
  inKwh,
  lateToken,
  lateCable,
  readingsAtStop,
}: Course): readonly Message[] {
  let seqNo = -1;
  let energyWh = 100_000;
  const idToken = { idToken: uid, type: 'ISO14443' };
  const evse = { id: 1, connectorId: 1 };
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
      ...(lateCable ? {} : { evse, chargingState: 'EVConnected' }),
      sampledValue: [value('Transaction.Begin')],
      ...(lateToken ? {} : { idToken }),
    }),
  ];
  if (lateCable) messages.push(event('Updated', 0.25, { evse, chargingState: 'EVConnected' }));
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

/** The start of a transaction in 1.6. */
export function start16(): Message {
  return ['StartTransaction', { connectorId: 1, idTag: uid, meterStart: 100_000, timestamp: timeAt(0) }];
}

/** What follows the start in 1.6, under the number it was answered with. */
export function rest16(transactionId: number, course: Course): readonly Message[] {
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

/** Sends the start of 1.6 and gives the transaction's number. */
export async function numbered(tenant: Tenant): Promise<number> {
  const { transactionId } = await send(tenant, 'ocpp1.6', start16());
  return Number(transactionId);
}

/** Sends a whole transaction as it should be, and gives its CDR. */
export async function cleanBill(tenant: Tenant, protocol: Subprotocol, course: Course) {
  const messages = protocol === 'ocpp1.6' ? rest16(await numbered(tenant), course) : trace201(course);
  for (const message of messages) await send(tenant, protocol, message);
  return billed(tenant);
}
