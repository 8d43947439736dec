import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failures, isOver, type Job, newJob, phases, type ReportedStatus } from '#core/jobs/job.ts';
import { reportedJob } from '#core/jobs/move-job.ts';

const statuses: readonly ReportedStatus[] = [
  ...phases.filter((phase) => phase !== 'REQUESTED' && phase !== 'ACCEPTED'),
  ...failures,
  'INSTALLED',
  'UPLOADED',
  'PUBLISHED',
  'ACCEPTED_CANCELED',
  'IDLE',
];

const order: readonly string[] = phases;

function aJob(retriesLeft: number): Job {
  const request = {
    kind: 'UPDATE_FIRMWARE',
    jobId: 'job-1',
    requestId: 7,
    file: { location: 'https://files.example/fw' },
    retrieveAt: 0,
  } as const;
  const made = {
    stationId: 'CS-1',
    request,
    commandId: 'cmd-1',
    waitMs: 1_000,
    linkSecret: 's',
    retriesLeft,
  };
  return newJob(made, 0);
}

describe('a job', () => {
  test('never goes back, ends at most once, and keeps what was said, whatever its station says in whatever order', () => {
    const said = fc.array(fc.constantFrom(...statuses), { maxLength: 60 });

    fc.assert(
      fc.property(said, fc.integer({ min: 0, max: 2 }), (reports, retriesLeft) => {
        let job = aJob(retriesLeft);
        for (const [at, status] of reports.entries()) {
          const before = job;
          job = reportedJob(before, { status, at, requestId: 7 });
          expect(job.history.at(-1)).toMatchObject({ status, at });
          expect(job.history.length).toBeLessThanOrEqual(40);
          if (isOver(before.state)) {
            const { history: _, updatedAt: __, ...kept } = before;
            expect(job).toMatchObject(kept);
          }
          const isPause = [before.state, job.state].includes('DOWNLOAD_PAUSED');
          const [from, to] = [before, job].map(({ state }) => order.indexOf(state));
          if (to !== -1 && !isPause) expect(to).toBeGreaterThanOrEqual(from ?? 0);
        }
      }),
    );
  });
});
