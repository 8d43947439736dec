import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  giveUpReport,
  notePage,
  noteReportAnswer,
  type ReportPorts,
} from '#core/device-model/assemble-report.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene } from '../sessions/scene.ts';

let db: TestDatabase;
let ports: ReportPorts & { now: number };
beforeAll(async () => {
  db = await startTestDatabase();
  const scene = await newScene(db);
  ports = Object.assign(scene, { setTimer: async () => undefined });
});
afterAll(() => db.close());

let reports = 0;

describe('row 61: a report', () => {
  test('is complete once every page and the answer are there, in any order, also at the same time', async () => {
    const script = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()).chain(([count, together]) => {
      const steps = ['answer' as const, ...Array.from({ length: count }, (_, seqNo) => seqNo)];
      const order = fc.shuffledSubarray([...steps, ...steps], { minLength: count + 1 });
      return fc.tuple(fc.constant(count), fc.constant(together), order);
    });
    await fc.assert(
      fc.asyncProperty(script, async ([count, together, order]) => {
        reports += 1;
        const ref = { stationId: 'CS-1', topic: 'VARIABLES', requestId: reports } as const;
        const step = (one: number | 'answer') =>
          one === 'answer'
            ? noteReportAnswer(ports, {
                ...ref,
                scope: 'CHOICE',
                verdict: 'COMING',
                commandId: `c-${ref.requestId}`,
                requestedAt: ports.now,
              })
            : notePage(ports, ref, { seqNo: one, last: one === count - 1, at: ports.now });

        if (together) await Promise.all(order.map(step));
        else for (const one of order) await step(one);

        const pages = new Set(order.filter((one) => one !== 'answer'));
        const report = await ports.reports.findReport(ref);
        expect(report?.state).toBe(pages.size === count ? 'COMPLETE' : 'RUNNING');
        expect(report?.pages).toHaveLength(pages.size);
      }),
      { numRuns: 60 },
    );
  });

  test('that is complete is not given up, however late its watchdog comes', async () => {
    const ref = { stationId: 'CS-2', topic: 'VARIABLES', requestId: 1 } as const;
    await notePage(ports, ref, { seqNo: 0, last: true, at: ports.now });
    ports.now += 3_600_000;

    await giveUpReport(ports, ref);
    await giveUpReport(ports, { ...ref, requestId: 2 });

    expect((await ports.reports.findReport(ref))?.state).toBe('COMPLETE');
    expect((await ports.alerts.listAlerts({ stationId: 'CS-2' }, { limit: 1 })).items).toEqual([]);
  });
});
