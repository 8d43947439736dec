import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { reissueCdr } from '#core/cdrs/reissue-cdr.ts';
import { recordTransactionEvent, type TransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { SessionHints } from '#core/sessions/session-hints.ts';
import { systemClock } from '#platform/clock.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { noon, type Scene } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { bill, booksOf, ledgerOf, newTenant, reading, trace } from './billing-scene.ts';
import { issued } from './counting-scene.ts';
import { type Death, DyingWay } from './dying-way.ts';
import { graceMs, lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let way: DyingWay;
let dying: DynamoDBClient;
type Worker = 'rate' | 'book' | 'count';
let workers: Record<Worker, Door<SQSEvent, BatchResult>>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  way = new DyingWay(db.url);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = await way.open();
  dying = dynamoClient();
  const { handler: rate } = await import('../../functions/workers/rate-session.handler.ts');
  const { handler: book } = await import('../../functions/workers/book-cdr.handler.ts');
  const { handler: count } = await import('../../functions/workers/count-events.handler.ts');
  workers = { rate, book, count };
});
afterAll(async () => {
  way.close();
  await cloud.close();
  await db.close();
});

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
  return messageOf(JSON.stringify({ source: 'csms.sessions', 'detail-type': name, time, detail }));
}

/** The same of each CDR that is there. */
async function toldOfCdrs(scene: Scene): Promise<readonly SQSRecord[]> {
  return (await ledgerOf(scene)).map((cdr) => {
    messages += 1;
    return issued(scene.tenantId, cdr, `e-${messages}`);
  });
}

function messageOf(body: string): SQSRecord {
  const attributes = { ApproximateReceiveCount: '1' };
  return { messageId: `m-${messages}`, body, attributes } as SQSRecord;
}

async function deliver(worker: Worker, record: SQSRecord, death?: Death): Promise<boolean> {
  way.startLife(death);
  try {
    const result = await workers[worker]({ Records: [record] }, lambdaContext);
    return result.batchItemFailures.length === 0;
  } catch {
    return false;
  } finally {
    way.startLife();
  }
}

/** A charge of which everything is known, of a new tenant. */
async function givenCharge(): Promise<{ scene: Scene; sessionId: string }> {
  const scene = await newTenant(db);
  let sessionId = '';
  for (const event of trace) ({ sessionId } = await recordTransactionEvent(scene, event, new SessionHints()));
  await deliver('rate', told(scene, sessionId, 'SessionEnded.v1'));
  return { scene, sessionId };
}

/** Everybody hears of every CDR, and nobody dies. */
async function tellAll(scene: Scene): Promise<void> {
  for (const message of await toldOfCdrs(scene)) {
    expect(await deliver('count', message)).toBe(true);
    expect(await deliver('book', message)).toBe(true);
  }
}

const death: fc.Arbitrary<Death | undefined> = fc.option(
  fc.record({ atCall: fc.nat(9), isDone: fc.boolean() }),
  { nil: undefined },
);
/** To whom, and of which of the CDRs that are there. */
const telling = fc.record({ to: fc.constantFrom('book', 'count'), place: fc.nat(2), death });
type Telling = typeof telling extends fc.Arbitrary<infer Value> ? Value : never;
const delivery = fc.oneof(
  fc.record({
    to: fc.constant('rate'),
    name: fc.constantFrom('SessionEnded.v1', 'SessionEventDelayed.v1'),
    death,
  }),
  telling,
);
/** Events of the station as they come, and after each what the bus delivers, to workers that may die. */
const story = fc
  .shuffledSubarray([...trace, ...trace], { minLength: 2 })
  .map((some) => [...some, ...trace.filter((event) => !some.includes(event))])
  .chain((arrivals) =>
    fc.tuple(...arrivals.map((event) => fc.tuple(fc.constant(event), fc.array(delivery, { maxLength: 2 })))),
  );

async function tell(scene: Scene, { to, place, death: end }: Telling): Promise<void> {
  const messages = await toldOfCdrs(scene);
  const message = messages[place % messages.length];
  if (message) await deliver(to, message, end);
}

test('whoever dies when and whatever comes twice or in another order, ledger, statement and figures are the same', async () => {
  const { scene: calm } = await givenCharge();
  await tellAll(calm);
  const clean = (await ledgerOf(calm)).map(bill);
  const cleanBooks = await booksOf(calm);
  expect(clean).toMatchObject([
    {
      billing: 'BILLABLE',
      energyWh: 9_000,
      totalCost: { inclVat: '3.9' },
      totalReservationCost: { exclVat: '1' },
    },
  ]);
  expect(cleanBooks).toMatchObject({
    statements: [[{ kind: 'ORIGINAL', inclVat: '3.9' }]],
    sessions: { sessionsCount: 1, energyWh: 9_000 },
    revenue: { inclVat: '3.9', cdrsCount: 1 },
  });

  await fc.assert(
    fc.asyncProperty(
      story,
      fc.array(death, { maxLength: 3 }),
      fc.array(telling, { maxLength: 4 }),
      async (steps, lastDeaths, tellings) => {
        const scene = await newTenant(db);
        cloud.queued.length = 0;
        let sessionId = '';
        for (const [event, deliveries] of steps) {
          ({ sessionId } = await recordTransactionEvent(scene, event, new SessionHints()));
          for (const one of deliveries) {
            if (one.to === 'rate') await deliver('rate', told(scene, sessionId, one.name), one.death);
            else await tell(scene, one);
          }
        }
        // Stations are believed to have sent all, and the bus goes on until each message is done.
        for (const end of lastDeaths) await deliver('rate', told(scene, sessionId, 'SessionEnded.v1'), end);
        for (const { body } of [...cloud.queued]) await deliver('rate', messageOf(body));
        expect(await deliver('rate', told(scene, sessionId, 'SessionEnded.v1', graceMs + 1_000))).toBe(true);
        expect(await deliver('rate', told(scene, sessionId, 'SessionEventDelayed.v1'))).toBe(true);
        for (const one of tellings) await tell(scene, one);
        await tellAll(scene);

        expect((await ledgerOf(scene)).map(bill)).toEqual(clean);
        expect(await booksOf(scene)).toEqual(cleanBooks);
        expect((await scene.cdrs.listInReview({ limit: 10 })).items).toEqual([]);
        const [cdr] = await ledgerOf(scene);
        expect(await scene.sessions.findSession(sessionId)).toMatchObject({
          cdrId: cdr?.cdrId,
          billed: { totalCost: { inclVat: '3.9' } },
        });
      },
    ),
    { numRuns: 15 },
  );
}, 180_000);

/** Puts a CDR in the place of a session's first, for less energy; who asks for it may die. */
async function correct(scene: Scene, end?: Death): Promise<boolean> {
  const { tenantId } = scene;
  // Whoever corrects lives by the clock of the workers: their CDRs are of one month.
  const stores = { ...openStores({ client: dying, tables: db.tables, tenantId }), clock: systemClock };
  const tenant = { tenantId, currency: 'EUR', timeZone: 'Europe/Paris' };
  const original = (await ledgerOf(scene)).find(({ kind }) => kind === undefined);
  const asked = { cdrId: original?.cdrId ?? '', energyWh: 6_000, reason: 'The meter was wrong.', by: 'ann' };
  way.startLife(end);
  try {
    await reissueCdr({ ...scene, ...stores, tenant, verifySigned: verifyMeterValue }, asked);
    return true;
  } catch {
    return false;
  } finally {
    way.startLife();
  }
}

test('a correction that breaks off anywhere, told of in any order, leads to the same statement and figures', async () => {
  const { scene: calm } = await givenCharge();
  await correct(calm);
  await tellAll(calm);
  const clean = await booksOf(calm);
  expect(clean).toMatchObject({
    statements: [
      [
        { kind: 'CREDIT', inclVat: '-3.9', isCorrection: true },
        { kind: 'ORIGINAL', inclVat: '3.9' },
        { kind: 'REPLACEMENT', inclVat: '3', isCorrection: true },
      ],
    ],
    sessions: { sessionsCount: 1, energyWh: 6_000 },
    revenue: { inclVat: '3', cdrsCount: 1 },
  });

  const step = fc.oneof(fc.record({ to: fc.constant('correct'), death }), telling);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const { scene } = await givenCharge();
      for (const one of steps) {
        if (one.to === 'correct') await correct(scene, one.death);
        else await tell(scene, one);
      }
      expect(await correct(scene)).toBe(true);
      await tellAll(scene);

      expect(await booksOf(scene)).toEqual(clean);
    }),
    { numRuns: 15 },
  );
}, 180_000);

test('a CDR that is held back has its alert, whenever the worker dies', async () => {
  const events = trace.filter(({ seqNo }) => seqNo !== 0 && seqNo !== 4);
  const last = { ...trace[4], samples: reading(60, 500, 'END') } as TransactionEvent;
  await fc.assert(
    fc.asyncProperty(fc.array(death, { minLength: 1, maxLength: 3 }), async (deaths) => {
      const scene = await newTenant(db);
      let sessionId = '';
      for (const event of [...trace.slice(0, 1), ...events, last]) {
        ({ sessionId } = await recordTransactionEvent(scene, event, new SessionHints()));
      }
      for (const end of deaths) await deliver('rate', told(scene, sessionId, 'SessionEnded.v1'), end);
      expect(await deliver('rate', told(scene, sessionId, 'SessionEnded.v1'))).toBe(true);

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
