import type { SQSEvent, SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { recordTransactionEvent, type TransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { SessionHints } from '#core/sessions/session-hints.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aStation, aTariff } from '../adapters/dynamodb/samples.ts';
import { goodUid, minuteMs, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Death, DyingWay } from './dying-way.ts';
import { graceMs, lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let way: DyingWay;
let rate: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  way = new DyingWay(db.url);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = await way.open();
  ({ handler: rate } = await import('../../functions/workers/rate-session.handler.ts'));
});
afterAll(async () => {
  way.close();
  await cloud.close();
  await db.close();
});

const base = { stationId: 'CS-1', transactionRef: 'tx-1', connector: { evseId: 1, connectorId: 1 } };
const reading = (minutes: number, energyWh: number, context: 'BEGIN' | 'PERIODIC' | 'END') => [
  { at: noon + minutes * minuteMs, context, energyWh },
];

/** Charging for half an hour, parking for another: five events. */
const trace: readonly TransactionEvent[] = [
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

async function newTenant(): Promise<Scene> {
  const scene = await newScene(db);
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
    { priceComponents: [{ type: 'ENERGY', price: '0.25', vat: '20', stepSize: 1 }] },
  ] as const;
  await scene.tariffs.saveTariff({ ...aTariff({ elements }), updatedAt: 0, createdAt: 0 });
  const [connector] = aStation().connectors;
  if (!connector) throw new Error('the sample has a connector');
  await scene.stations.createStation(
    aStation({ stationId: 'CS-1', connectors: [{ ...connector, tariffId: 'day' }] }),
  );
  scene.now = noon + 61 * minuteMs;
  return scene;
}

let messages = 0;

/** The bus's envelope of what is told of the session. */
function told(scene: Scene, sessionId: string, name: string, toldAgoMs = 0): SQSRecord {
  messages += 1;
  const detail = {
    eventId: `e-${messages}`,
    tenantId: scene.tenantId,
    stationId: 'CS-1',
    at: noon,
    sessionId,
  };
  const time = new Date(Date.now() - toldAgoMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const body = JSON.stringify({ source: 'csms.sessions', 'detail-type': name, time, detail });
  return { messageId: `m-${messages}`, body } as SQSRecord;
}

async function deliver(record: SQSRecord, death?: Death): Promise<boolean> {
  way.startLife(death);
  try {
    const { batchItemFailures } = (await rate({ Records: [record] }, lambdaContext)) ?? {
      batchItemFailures: [],
    };
    return batchItemFailures.length === 0;
  } catch {
    return false;
  } finally {
    way.startLife();
  }
}

/** What is billed, without what differs from tenant to tenant. */
function bill({
  cdrId: _,
  sessionId: __,
  createdAt: ___,
  ...rest
}: Cdr): Omit<Cdr, 'cdrId' | 'sessionId' | 'createdAt'> {
  return rest;
}

async function ledgerOf(scene: Scene): Promise<readonly Cdr[]> {
  return (await scene.cdrs.listCdrs({}, { limit: 50 })).items;
}

/** Everything in order, once, and nobody dies. */
async function cleanBill() {
  const scene = await newTenant();
  let sessionId = '';
  for (const event of trace) ({ sessionId } = await recordTransactionEvent(scene, event, new SessionHints()));
  await deliver(told(scene, sessionId, 'SessionEnded.v1'));
  const [cdr, ...others] = await ledgerOf(scene);
  if (!cdr || others.length > 0) throw new Error('one session has one CDR');
  return bill(cdr);
}

const death: fc.Arbitrary<Death | undefined> = fc.option(
  fc.record({ atCall: fc.nat(9), isDone: fc.boolean() }),
  { nil: undefined },
);
const delivery = fc.record({ name: fc.constantFrom('SessionEnded.v1', 'SessionEventDelayed.v1'), death });
/** Events of the station as they come, and after each what the bus delivers, to workers that may die. */
const story = fc
  .shuffledSubarray([...trace, ...trace], { minLength: 2 })
  .map((some) => [...some, ...trace.filter((event) => !some.includes(event))])
  .chain((arrivals) =>
    fc.tuple(...arrivals.map((event) => fc.tuple(fc.constant(event), fc.array(delivery, { maxLength: 2 })))),
  );

test('whoever dies when and whatever comes twice or in another order, the ledger is the same', async () => {
  const clean = await cleanBill();
  expect(clean).toMatchObject({ billing: 'BILLABLE', energyWh: 9_000, totalCost: { inclVat: '2.7' } });

  await fc.assert(
    fc.asyncProperty(story, fc.array(death, { maxLength: 3 }), async (steps, lastDeaths) => {
      const scene = await newTenant();
      cloud.queued.length = 0;
      let sessionId = '';
      for (const [event, deliveries] of steps) {
        ({ sessionId } = await recordTransactionEvent(scene, event, new SessionHints()));
        for (const { name, death: end } of deliveries) await deliver(told(scene, sessionId, name), end);
      }
      // Stations are believed to have sent all, and the bus goes on until each message is done.
      for (const end of lastDeaths) await deliver(told(scene, sessionId, 'SessionEnded.v1'), end);
      for (const { body } of [...cloud.queued]) await deliver({ messageId: 'again', body } as SQSRecord);
      expect(await deliver(told(scene, sessionId, 'SessionEnded.v1', graceMs + 1_000))).toBe(true);
      expect(await deliver(told(scene, sessionId, 'SessionEventDelayed.v1'))).toBe(true);

      expect((await ledgerOf(scene)).map(bill)).toEqual([clean]);
      expect((await scene.cdrs.listInReview({ limit: 10 })).items).toEqual([]);
      const [cdr] = await ledgerOf(scene);
      expect(await scene.sessions.findSession(sessionId)).toMatchObject({
        cdrId: cdr?.cdrId,
        billed: { totalCost: { inclVat: '2.7' } },
      });
    }),
    { numRuns: 20 },
  );
}, 120_000);

test('a CDR that is held back has its alert, whenever the worker dies', async () => {
  const events = trace.filter(({ seqNo }) => seqNo !== 0 && seqNo !== 4);
  const last = { ...trace[4], samples: reading(60, 500, 'END') } as TransactionEvent;
  await fc.assert(
    fc.asyncProperty(fc.array(death, { minLength: 1, maxLength: 3 }), async (deaths) => {
      const scene = await newTenant();
      let sessionId = '';
      for (const event of [...trace.slice(0, 1), ...events, last]) {
        ({ sessionId } = await recordTransactionEvent(scene, event, new SessionHints()));
      }
      for (const end of deaths) await deliver(told(scene, sessionId, 'SessionEnded.v1'), end);
      expect(await deliver(told(scene, sessionId, 'SessionEnded.v1'))).toBe(true);

      const [cdr, ...others] = await ledgerOf(scene);
      expect(others).toEqual([]);
      expect(cdr?.billing).toBe('REVIEW');
      expect((await scene.alerts.listAlerts({ open: true }, { limit: 10 })).items).toMatchObject([
        { category: 'BILLING_ERROR', kind: 'CDR_HELD', sessionId },
      ]);
    }),
    { numRuns: 10 },
  );
}, 120_000);
