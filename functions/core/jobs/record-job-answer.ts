import { changeJob } from './change-job.ts';
import { isOver, type Job, noted } from './job.ts';
import type { JobKind, JobRequest } from './job-request.ts';
import type { JobStore } from './job-store.ts';
import { advancedJob, endedJob, failedJob } from './move-job.ts';

/** What a station answers to the request of a job. */
export interface JobAnswer {
  readonly answer:
    | 'ACCEPTED'
    /** Agreed; what it was at before is cancelled. */
    | 'ACCEPTED_CANCELED'
    | 'REJECTED'
    | 'INVALID_CERTIFICATE'
    | 'REVOKED_CERTIFICATE'
    | 'NOTHING_TO_UPLOAD';
  readonly fileName?: string;
}

/** Jobs of which a station does one at a time. */
const families: readonly (readonly JobKind[])[] = [
  ['FIRMWARE'],
  ['LOG', 'DIAGNOSTICS'],
  ['PUBLISH_FIRMWARE'],
];

/**
 * Keeps the answer to a job's request. One that came late, or that answers a former attempt, is noted and moves
 * nothing. Safe to repeat.
 */
export async function recordJobAnswer(
  { jobs }: { jobs: JobStore },
  said: JobAnswer & { stationId: string; request: JobRequest; at: number },
): Promise<void> {
  const { stationId, request, answer, at, fileName } = said;
  const { jobId, requestId } = request;
  const job = await changeJob({ jobs }, { stationId, jobId }, (current) => {
    if (current.request.requestId !== requestId || wasNoted(current, answer)) return current;
    const heard = noted(current, { status: answer, at });
    if (isOver(current.state)) return heard;
    const named = fileName === undefined ? heard : { ...heard, fileName };
    if (answer !== 'ACCEPTED' && answer !== 'ACCEPTED_CANCELED') {
      return failedJob(named, { reason: answer, at });
    }
    return advancedJob(named, 'ACCEPTED', at);
  });
  if (job && answer === 'ACCEPTED_CANCELED') await cancelFormer({ jobs }, job, at);
}

function wasNoted({ history, attempt }: Job, answer: string): boolean {
  return history.some((entry) => entry.attempt === attempt && entry.status === answer);
}

async function cancelFormer({ jobs }: { jobs: JobStore }, job: Job, at: number): Promise<void> {
  const { stationId, createdAt } = job;
  const family = families.find((kinds) => kinds.includes(job.kind)) ?? [];
  const { items } = await jobs.listJobs(stationId, { limit: 50 });
  const replaced = items.filter(
    (one) =>
      one.jobId !== job.jobId &&
      one.createdAt <= createdAt &&
      family.includes(one.kind) &&
      !isOver(one.state) &&
      one.state !== 'REQUESTED',
  );
  for (const { jobId } of replaced) {
    await changeJob({ jobs }, { stationId, jobId }, (current) =>
      isOver(current.state)
        ? current
        : endedJob(noted(current, { status: 'REPLACED', at, note: job.jobId }), 'CANCELLED', {
            reason: 'REPLACED',
            at,
          }),
    );
  }
}
