import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import { failures, isOver, type Job, newJob, phases, type ReportedStatus } from '#core/jobs/job.ts';
import { reportedJob } from '#core/jobs/move-job.ts';
import { againFrom } from '#core/jobs/start-job.ts';

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
let ids = 0;
const ports = { digest, newId: () => `id-${ids++}` };

const firmware = {
  kind: 'UPDATE_FIRMWARE',
  jobId: 'job-1',
  requestId: 7,
  file: { location: 'https://files.example/fw' },
  retrieveAt: 0,
} as const;
const log = {
  kind: 'UPLOAD_LOG',
  jobId: 'job-1',
  requestId: 7,
  log: 'DIAGNOSTICS',
  file: { location: 'https://files.example/log' },
} as const;

function aJob(request: typeof firmware | typeof log, retriesLeft: number): Job {
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

/** What happens to a job: its station speaks of one of its attempts, or the next attempt is made where it is due. */
const report = fc.record({ status: fc.constantFrom(...statuses), attemptsAgo: fc.nat({ max: 2 }) });
type Report = typeof report extends fc.Arbitrary<infer Said> ? Said : never;
const step = fc.oneof(
  { weight: 2, arbitrary: report },
  { weight: 1, arbitrary: fc.constant({ status: 'DOWNLOAD_FAILED', attemptsAgo: 0 } as const) },
  { weight: 1, arbitrary: fc.constant('next attempt' as const) },
);

function afterReport(before: Job, { status, attemptsAgo }: Report, at: number): Job {
  const former = attemptsAgo > 0 ? before.formerRequestIds.at(-attemptsAgo) : undefined;
  const job = reportedJob(before, { status, at, requestId: former ?? before.request.requestId });

  const attempt = before.attempt - (former === undefined ? 0 : attemptsAgo);
  expect(job.history.at(-1)).toMatchObject({ status, at, attempt });
  expect(job.history.length).toBeLessThanOrEqual(40);
  const { history: _, updatedAt: __, ...kept } = before;
  if (isOver(before.state) || former !== undefined) expect(job).toMatchObject(kept);
  expectNoStepBack(before, job);
  return job;
}

function expectNoStepBack(before: Job, job: Job): void {
  if ([before.state, job.state].includes('DOWNLOAD_PAUSED')) return;
  const [from = 0, to = -1] = [before, job].map(({ state }) => order.indexOf(state));
  if (to !== -1) expect(to).toBeGreaterThanOrEqual(from);
}

function afterAttempt(before: Job, retries: number, at: number): Job {
  if (before.state !== 'RETRY_DUE') return before;
  const job = againFrom(ports, before, at);
  expect(job).toMatchObject({ state: 'REQUESTED', attempt: before.attempt + 1 });
  expect(job.attempt).toBeLessThanOrEqual(1 + retries);
  return job;
}

describe('a job', () => {
  test('never goes back within an attempt, heeds its latest one alone, ends at most once, and keeps what was said', () => {
    const request = fc.constantFrom(firmware, log);
    const steps = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(request, steps, fc.integer({ min: 0, max: 2 }), (asked, happens, retries) => {
        let job = aJob(asked, retries);
        for (const [at, what] of happens.entries()) {
          job = what === 'next attempt' ? afterAttempt(job, retries, at) : afterReport(job, what, at);
        }
      }),
    );
  });
});
