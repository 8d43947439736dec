import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { revenueAnalytics } from '#core/analytics/revenue-analytics.ts';
import { sessionAnalytics } from '#core/analytics/session-analytics.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { TransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { systemClock } from '#platform/clock.ts';
import { aStation, aTariff } from '../adapters/dynamodb/samples.ts';
import { goodUid, minuteMs, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { newTenantId, type TestDatabase } from '../support/engine.ts';

const base = { stationId: 'CS-1', transactionRef: 'tx-1', connector: { evseId: 1, connectorId: 1 } };
/** A sample so many minutes into the session. */
export const reading = (minutes: number, energyWh: number, context: 'BEGIN' | 'PERIODIC' | 'END') => [
  { at: noon + minutes * minuteMs, context, energyWh },
];

/** Charging for half an hour, parking for another: five events. */
export const trace: readonly TransactionEvent[] = [
  {
    ...base,
    phase: 'STARTED',
    seqNo: 0,
    at: noon,
    token: { uid: goodUid, tokenType: 'RFID' },
    samples: reading(0, 100_000, 'BEGIN'),
    chargingState: 'CHARGING',
  },
  {
    ...base,
    phase: 'UPDATED',
    seqNo: 1,
    at: noon + 10 * minuteMs,
    samples: reading(10, 103_000, 'PERIODIC'),
  },
  {
    ...base,
    phase: 'UPDATED',
    seqNo: 2,
    at: noon + 20 * minuteMs,
    samples: reading(20, 106_000, 'PERIODIC'),
  },
  {
    ...base,
    phase: 'UPDATED',
    seqNo: 3,
    at: noon + 30 * minuteMs,
    samples: reading(30, 109_000, 'PERIODIC'),
    chargingState: 'SUSPENDED_EV',
  },
  { ...base, phase: 'ENDED', seqNo: 4, at: noon + 60 * minuteMs, samples: reading(60, 109_000, 'END') },
];

/** A tenant with one station that was reserved half an hour ahead, and a price for that. */
export async function newTenant(db: TestDatabase): Promise<Scene> {
  const scene = await newScene(db, newTenantId(), systemClock);
  await tenantDirectory(db.client, db.tables).createTenant({
    tenantId: scene.tenantId,
    slug: scene.tenantId,
    name: 'Demo',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'DMO',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    createdAt: noon,
    updatedAt: noon,
  });
  const elements = [
    {
      priceComponents: [{ type: 'TIME', price: '2', vat: '20', stepSize: 1 }],
      restrictions: { reservation: 'RESERVATION' },
    },
    { priceComponents: [{ type: 'ENERGY', price: '0.25', vat: '20', stepSize: 1 }] },
  ] as const;
  await scene.tariffs.saveTariff({ ...aTariff({ elements }), updatedAt: 0, createdAt: 0 });
  const [connector] = aStation().connectors;
  if (!connector) throw new Error('the sample has a connector');
  await scene.stations.createStation(
    aStation({ stationId: 'CS-1', connectors: [{ ...connector, tariffId: 'day' }] }),
  );
  await scene.reservations.addReservation({
    reservationId: 'CS-1-7',
    stationId: 'CS-1',
    number: 7,
    state: 'RESERVED',
    place: { evseId: 1 },
    token: { uid: goodUid, tokenType: 'RFID' },
    reservedAt: noon - 30 * minuteMs,
    expiresAt: noon + minuteMs,
    createdAt: noon - 60 * minuteMs,
    updatedAt: noon - 30 * minuteMs,
    commandId: 'c-1',
  });
  scene.now = noon + 61 * minuteMs;
  return scene;
}

/** What is billed, without what differs from tenant to tenant. */
export function bill({
  cdrId: _,
  sessionId: __,
  createdAt: ___,
  ...rest
}: Cdr): Omit<Cdr, 'cdrId' | 'sessionId' | 'createdAt'> {
  return rest;
}

export async function ledgerOf(scene: Scene): Promise<readonly Cdr[]> {
  return (await scene.cdrs.listCdrs({}, { limit: 50 })).items;
}

/** What follows from the ledger: the lines that the driver is sent, and the figures of the day. */
export async function booksOf(scene: Scene) {
  const { counters } = scene;
  const counterparty = { kind: 'ACCOUNT', id: 'user-1' } as const;
  const { items: statements } = await scene.statements.listStatements({ counterparty }, { limit: 5 });
  const period = { from: noon, to: noon + 1 };
  return {
    statements: await Promise.all(statements.map(({ statementId }) => linesOf(scene, statementId))),
    sessions: await sessionAnalytics({ counters }, { period }),
    revenue: await revenueAnalytics({ counters, findTenant: async () => ({ currency: 'EUR' }) }, { period }),
  };
}

/** Without what differs from tenant to tenant, in the order of their kinds. */
async function linesOf({ statements }: Scene, statementId: string) {
  const { items } = await statements.listLines(statementId, { limit: 50 });
  return items
    .map(({ cdrId: _, sessionId: __, bookedAt: ___, corrects, ...line }) => ({
      ...line,
      isCorrection: corrects !== undefined,
    }))
    .toSorted((a, b) => a.kind.localeCompare(b.kind));
}
