import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { afterFailure, type FailedAttempts, isBlocked, noteFailure } from '#core/security/failed-attempts.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await newScene(db);
  // The store leaves out what is past its time by the real clock.
  scene.now = Date.now();
});

async function fails(source: string): Promise<FailedAttempts | undefined> {
  const before = await scene.attempts.find('CP1', source);
  await noteFailure({ ...scene }, { stationId: 'CP1', source, before });
  return scene.attempts.find('CP1', source);
}

describe('wrong passwords', () => {
  test('few of them block nobody; each further one doubles the wait, up to five minutes', () => {
    let attempts: FailedAttempts | undefined;
    const waits: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      attempts = afterFailure(attempts, 1_000);
      waits.push((attempts.blockedUntil ?? 1_000) - 1_000);
    }

    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000]);
    expect(waits.at(-1)).toBe(300_000);
  });

  test('never wait longer for who comes less often, and begin again after a quiet quarter of an hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        (count, quietMs) => {
          const next = afterFailure({ count, lastAt: 0 }, quietMs);

          expect(next.count).toBe(quietMs < 900_000 ? count + 1 : 1);
          expect(isBlocked(next, quietMs + 300_000)).toBe(false);
        },
      ),
    );
  });

  test('from one place leave the station free to come from another', async () => {
    for (let count = 0; count < 6; count += 1) await fails('198.51.100.1');

    expect(isBlocked(await scene.attempts.find('CP1', '198.51.100.1'), scene.now)).toBe(true);
    expect(isBlocked(await scene.attempts.find('CP1', '203.0.113.7'), scene.now)).toBe(false);
  });

  test('alert operators once a burst, also when they come from many places', async () => {
    for (let count = 0; count < 12; count += 1) await fails(`198.51.100.${count}`);
    const { items } = await scene.alerts.listAlerts({ stationId: 'CP1' }, { limit: 10 });

    expect(items).toMatchObject([{ kind: 'WRONG_PASSWORD', category: 'SECURITY_ALERT', count: 1 }]);
  });

  test('are forgotten once the right one came', async () => {
    await fails('198.51.100.1');
    await scene.attempts.clear('CP1', '198.51.100.1');

    expect(await scene.attempts.find('CP1', '198.51.100.1')).toBeUndefined();
  });
});
