import {
  dueAtOf,
  failures,
  isOver,
  type Job,
  type JobFailure,
  type JobPhase,
  type JobState,
  noted,
  phases,
  type ReportedStatus,
} from './job.ts';

/** What a station said of a job. */
export interface JobReport {
  readonly status: ReportedStatus;
  readonly at: number;
  /** Of the attempt it speaks of; absent where the protocol has none. */
  readonly requestId?: number;
  readonly publishedAt?: readonly string[];
}

/** Failures that another attempt would only repeat. */
const hopeless: readonly string[] = [
  'INVALID_SIGNATURE',
  'INVALID_CERTIFICATE',
  'REVOKED_CERTIFICATE',
  'INVALID_CHECKSUM',
  'NOT_SUPPORTED_OPERATION',
];

/** Failures that say somebody may have tampered with an image. */
export const securityFailures: readonly string[] = [
  'INVALID_SIGNATURE',
  'INVALID_CERTIFICATE',
  'REVOKED_CERTIFICATE',
];

/**
 * What a job is after a station's report. Whatever it says is in the history; only news of the latest attempt, in the
 * order of the phases, moves the job, and nothing moves one that is over.
 */
export function reportedJob(job: Job, report: JobReport): Job {
  const { status, at, requestId } = report;
  const former = requestId === undefined ? -1 : job.formerRequestIds.indexOf(requestId);
  if (former !== -1) {
    const attempt = job.attempt - job.formerRequestIds.length + former;
    return noted(job, { status, at, attempt });
  }
  const said = noted(job, { status, at });
  if (isOver(job.state) || job.state === 'RETRY_DUE' || status === 'IDLE') return said;
  if (isFailure(status)) return failedJob(said, { reason: status, at });
  if (status === 'ACCEPTED_CANCELED') {
    return endedJob(said, 'CANCELLED', { reason: status, at });
  }
  if (status === 'INSTALLED' || status === 'UPLOADED' || status === 'PUBLISHED') {
    const { publishedAt } = report;
    const done = endedJob(said, 'DONE', { reason: status, at });
    return publishedAt === undefined ? done : { ...done, publishedAt };
  }
  return advancedJob(said, status, at);
}

/** The job in this phase, unless it is there or further already. */
export function advancedJob(job: Job, phase: JobPhase, at: number): Job {
  if (isOver(job.state) || job.state === 'RETRY_DUE' || rank(phase) < rank(job.state)) return job;
  const moved = { ...job, state: phase };
  return { ...moved, dueAt: dueAtOf(moved, at) };
}

/** The job after a failed attempt: over, or about to be tried again where that is left and may help. */
export function failedJob(job: Job, { reason, at }: { reason: string; at: number }): Job {
  if (isOver(job.state) || job.state === 'RETRY_DUE') return job;
  if (job.retriesLeft === 0 || hopeless.includes(reason)) return endedJob(job, 'FAILED', { reason, at });
  return { ...job, state: 'RETRY_DUE', reason, retriesLeft: job.retriesLeft - 1, dueAt: at };
}

/** The job, over; as it is when it was over already. */
export function endedJob(
  job: Job,
  state: Extract<JobState, 'DONE' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT'>,
  { reason, at }: { reason?: string; at: number },
): Job {
  if (isOver(job.state)) return job;
  return { ...job, state, endedAt: at, updatedAt: at, ...(reason === undefined ? {} : { reason }) };
}

function isFailure(status: ReportedStatus): status is JobFailure {
  return failures.some((failure) => failure === status);
}

const order: readonly string[] = phases;

/** Downloads may pause and go on. */
function rank(state: JobState): number {
  if (state === 'DOWNLOAD_PAUSED') return phases.indexOf('DOWNLOADING');
  return order.indexOf(state);
}
