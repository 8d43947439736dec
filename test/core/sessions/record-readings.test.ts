import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import type { MeterSample } from '#core/metering/sample.ts';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { recordReadings } from '#core/sessions/record-readings.ts';
import { readingEntries } from '#core/sessions/session-entries.ts';
import { numberedSessionId, referencedSessionId } from '#core/sessions/session-id.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { goodUid, minuteMs, newScene, noon, type Scene, sessionOf } from './scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterAll(() => db.close());

const connector = { evseId: 1, connectorId: 1 };

function reading(minutes: number, energyWh: number): MeterSample {
  return { at: noon + minutes * minuteMs, context: 'PERIODIC', energyWh };
}

function started() {
  return startSession(scene, {
    stationId: 'CS-1',
    connector,
    token: { uid: goodUid, tokenType: 'RFID' },
    startedAt: noon,
    meterStartWh: 100_000,
  });
}

async function samplesOf(sessionId: string) {
  return (await scene.sessions.listEntries(sessionId)).flatMap(({ samples }) => samples);
}

describe('row 10: readings of a transaction', () => {
  test('join it while it runs', async () => {
    const { sessionId, transactionNumber } = await started();

    await recordReadings(scene, {
      stationId: 'CS-1',
      connector,
      transactionNumber,
      samples: [reading(1, 101_000)],
    });

    expect(await samplesOf(sessionId)).toEqual([reading(1, 101_000)]);
  });

  test('join it when they come after its end, and leave the end as it is', async () => {
    const { sessionId, transactionNumber } = await started();
    const stop = { stationId: 'CS-1', transactionNumber, stopReason: 'LOCAL', readings: [] } as const;
    await endSession(scene, { ...stop, endedAt: noon + 60 * minuteMs, meterStopWh: 110_000 });
    const ended = await sessionOf(scene, sessionId);

    await recordReadings(scene, {
      stationId: 'CS-1',
      connector,
      transactionNumber,
      samples: [reading(30, 105_000)],
    });

    expect(await sessionOf(scene, sessionId)).toEqual(ended);
    expect(await samplesOf(sessionId)).toEqual([reading(30, 105_000)]);
  });

  test('wait for it when they come before it', async () => {
    const samples = [reading(1, 101_000)];
    const sessionId = referencedSessionId(digest, scene.tenantId, 'CS-1', 'tx-1');

    await recordReadings(scene, { stationId: 'CS-1', connector, transactionRef: 'tx-1', samples });

    expect(await scene.sessions.findSession(sessionId)).toBeUndefined();
    expect(await samplesOf(sessionId)).toEqual(samples);
  });

  test('are one entry however often they come', async () => {
    const { sessionId, transactionNumber } = await started();
    const readings = { stationId: 'CS-1', connector, transactionNumber, samples: [reading(1, 101_000)] };
    await recordReadings(scene, readings);
    const [first] = await scene.sessions.listEntries(sessionId);
    scene.now += minuteMs;

    await recordReadings(scene, readings);

    expect(await scene.sessions.listEntries(sessionId)).toEqual([first]);
  });

  test('of one instant are all kept when they come in several messages', async () => {
    const { sessionId, transactionNumber } = await started();
    const power: MeterSample = { at: noon + minuteMs, context: 'PERIODIC', powerW: 11_000 };

    await recordReadings(scene, { stationId: 'CS-1', connector, transactionNumber, samples: [power] });
    await recordReadings(scene, {
      stationId: 'CS-1',
      connector,
      transactionNumber,
      samples: [reading(1, 101_000)],
    });

    const samples = await samplesOf(sessionId);
    expect(samples).toHaveLength(2);
    expect(samples).toEqual(expect.arrayContaining([power, reading(1, 101_000)]));
  });

  test('of another station under the same number change nothing that this session is billed by', async () => {
    const { sessionId, transactionNumber } = await started();
    const named = { connector, transactionNumber };
    const clean = [reading(1, 101_000), reading(2, 102_000)];
    await recordReadings(scene, {
      ...named,
      stationId: 'CS-2',
      samples: [reading(1, 101_000), reading(2, 999_000)],
    });

    await recordReadings(scene, { ...named, stationId: 'CS-1', samples: clean });

    const session = await sessionOf(scene, sessionId);
    const record = assembleSession(session, await scene.sessions.listEntries(sessionId));
    expect(record.samples).toEqual(clean);
  });

  test('are found by their number in their own tenant alone', () => {
    expect(numberedSessionId(digest, 'tenant-1', 7)).not.toBe(numberedSessionId(digest, 'tenant-2', 7));
    expect(numberedSessionId(digest, 'tenant-1', 7)).toHaveLength(32);
  });

  test('row 56: under one reference belong to another session at each station', () => {
    const ids = [
      referencedSessionId(digest, 'tenant-1', 'CS-1', 'tx'),
      referencedSessionId(digest, 'tenant-1', 'CS-2', 'tx'),
      referencedSessionId(digest, 'tenant-2', 'CS-1', 'tx'),
      referencedSessionId(digest, 'tenant-1', 'CS-1","tx', ''),
      referencedSessionId(digest, 'tenant-1', 'CS-1', '","tx'),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('row 11: readings without a transaction', () => {
  test('are the connector’s own and belong to no session', async () => {
    const { sessionId } = await started();
    const kept: unknown[] = [];
    const sessions: Scene['sessions'] = {
      ...scene.sessions,
      addConnectorReadings: async (...readings) => {
        kept.push(readings);
        await scene.sessions.addConnectorReadings(...readings);
      },
    };

    await recordReadings(
      { ...scene, sessions },
      { stationId: 'CS-1', connector, samples: [reading(1, 101_000)] },
    );

    expect(kept).toEqual([['CS-1', connector, [reading(1, 101_000)], noon]]);
    expect(await samplesOf(sessionId)).toEqual([]);
  });

  test('are nothing to keep when no value could be read', async () => {
    const { sessionId, transactionNumber } = await started();

    await recordReadings(scene, { stationId: 'CS-1', connector, transactionNumber, samples: [] });
    await recordReadings(scene, { stationId: 'CS-1', connector, samples: [] });

    expect(await scene.sessions.listEntries(sessionId)).toEqual([]);
  });
});

describe('the entries of a batch', () => {
  const sampleOf = fc.record({
    at: fc.integer({ min: noon, max: noon + 5 }),
    context: fc.constantFrom('PERIODIC', 'CLOCK', 'BEGIN', 'END'),
    energyWh: fc.nat(3),
  });

  test('hold every sample once, one entry per instant, under keys in the order of time', () => {
    fc.assert(
      fc.property(fc.array(sampleOf, { maxLength: 12 }), (readings) => {
        const entries = readingEntries(digest, { stationId: 'CS-1', readings, receivedAt: noon });

        const samples = entries.flatMap((entry) => entry.samples);
        expect(samples).toHaveLength(readings.length);
        expect(samples).toEqual(expect.arrayContaining(readings));
        expect(new Set(entries.map(({ at }) => at)).size).toBe(entries.length);
        expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
        const byKey = entries.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ at }) => at);
        expect(byKey).toEqual(byKey.toSorted((a, b) => a - b));
      }),
    );
  });
});
