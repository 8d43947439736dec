import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readTimer, timersOf } from '#adapters/sqs/timers.ts';
import type { Reservation } from '#core/reservations/reservation.ts';
import type { Timer } from '#core/timers.ts';
import type { BatchResult, Door } from '#platform/lambda.ts';
import { aToken, aUser } from '../adapters/dynamodb/samples.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from './worker-cloud.ts';

let db: TestDatabase;
let cloud: WorkerCloud;
let fire: Door<SQSEvent, BatchResult>;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  process.env.TIMERS_QUEUE_URL = process.env.RATING_QUEUE_URL;
  ({ handler: fire } = await import('../../functions/workers/timers.handler.ts'));
});
afterEach(() => {
  cloud.queued.length = 0;
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

const timer: Timer = { kind: 'EXPIRE_RESERVATION', stationId: 'CS-1', number: 7 };
const bodyOf = (tenantId: string, at: number) => JSON.stringify({ tenantId, at, timer });
const run = (...bodies: string[]) => {
  const Records = bodies.map((body, index) => ({ messageId: `m-${index}`, body }) as SQSRecord);
  return fire({ Records }, lambdaContext);
};

async function reservedAt(tenantId: string, expiresAt: number): Promise<void> {
  const reservation: Reservation = {
    reservationId: 'CS-1-7',
    stationId: 'CS-1',
    number: 7,
    state: 'RESERVED',
    place: { evseId: 1 },
    token: { uid: 'CARD', tokenType: 'RFID' },
    expiresAt,
    createdAt: 1,
    updatedAt: 1,
    commandId: 'c-1',
  };
  await db.storesOf(tenantId).reservations.addReservation(reservation);
}
const stateIn = async (tenantId: string) =>
  (await db.storesOf(tenantId).reservations.findReservation('CS-1', 7))?.state;

describe('a timer', () => {
  test.each([
    ['of half a minute waits half a minute', 30_000, 30],
    ['of a day waits as long as a queue can', 86_400_000, 900],
    ['that is due waits for nothing', -1, 0],
  ])('%s', async (_, inMs, delaySeconds) => {
    const setTimer = timersOf(String(process.env.TIMERS_QUEUE_URL), 'tenant-1');

    await setTimer(timer, Date.now() + inMs);

    const [message] = cloud.queued;
    expect(message?.delaySeconds).toBe(delaySeconds);
    expect(readTimer(message?.body ?? '')).toMatchObject({ tenantId: 'tenant-1', timer });
  });

  test('that is not due yet goes round again with the same moment', async () => {
    const at = Date.now() + 3_600_000;

    const result = await run(bodyOf('tenant-1', at));

    expect(result).toEqual({ batchItemFailures: [] });
    expect(cloud.queued).toEqual([{ body: bodyOf('tenant-1', at), delaySeconds: 900 }]);
  });

  test('that is due acts on its own tenant alone, and again without harm', async () => {
    const [mine, other] = [newTenantId(), newTenantId()];
    await reservedAt(mine, 1);
    await reservedAt(other, 1);

    await run(bodyOf(mine, Date.now()));
    await run(bodyOf(mine, Date.now()));

    expect([await stateIn(mine), await stateIn(other)]).toEqual(['EXPIRED', 'RESERVED']);
    expect(cloud.queued).toEqual([]);
  });

  test('set for a reservation whose time has not come sets itself anew', async () => {
    const tenantId = newTenantId();
    await reservedAt(tenantId, Date.now() + 120_000);

    await run(bodyOf(tenantId, Date.now()));

    expect(await stateIn(tenantId)).toBe('RESERVED');
    expect(cloud.queued).toHaveLength(1);
  });

  test('finishes what a change of a user left undone of their tokens, in their tenant alone', async () => {
    const [mine, other] = [newTenantId(), newTenantId()];
    for (const tenantId of [mine, other]) {
      const { users, tokens } = db.storesOf(tenantId);
      await users.createUser(aUser({ userId: 'ada', status: 'BLOCKED' }));
      await tokens.createToken(aToken({ uid: 'CARD', userId: 'ada' }));
    }
    const holderIn = async (tenantId: string) =>
      (await db.storesOf(tenantId).tokens.findToken('CARD'))?.holderStatus;
    const due = { tenantId: mine, at: Date.now(), timer: { kind: 'MARK_TOKENS', userId: 'ada' } };

    await run(JSON.stringify(due));
    await run(JSON.stringify(due));

    expect([await holderIn(mine), await holderIn(other)]).toEqual(['BLOCKED', undefined]);
  });

  test('that nobody can read comes again, and the others do not', async () => {
    const result = await run('{}', bodyOf('tenant-1', Date.now() + 60_000));

    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
    expect(cloud.queued).toHaveLength(1);
  });
});
