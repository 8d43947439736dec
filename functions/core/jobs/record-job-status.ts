import { changeJob } from './change-job.ts';
import { isOver, type Job } from './job.ts';
import type { JobKind } from './job-request.ts';
import type { JobStore } from './job-store.ts';
import { type JobReport, reportedJob } from './move-job.ts';

/** How many of a station's latest jobs a status is looked for among. */
const latestLookedAt = 50;

/** How long after its end a status without a request id still counts as one of the latest job. */
const echoMs = 24 * 3_600_000;

/**
 * Keeps what a station says of a job: of the one with the request id, or without one of the job of these kinds that
 * is under way. What belongs to no job is kept beside them, for operators to see.
 */
export async function recordJobStatus(
  { jobs }: { jobs: JobStore },
  report: JobReport & { stationId: string; kinds: readonly JobKind[] },
): Promise<void> {
  const { stationId, kinds, status, at, requestId } = report;
  const { items } = await jobs.listJobs(stationId, { limit: latestLookedAt });
  const candidates = items.filter(({ kind }) => kinds.includes(kind));
  const job = requestId === undefined ? jobUnderWay(candidates, report) : jobOf(candidates, requestId);
  const [area] = kinds;
  if (job) {
    await changeJob({ jobs }, { stationId, jobId: job.jobId }, (current) => reportedJob(current, report));
  } else if (area !== undefined) {
    await jobs.addStray(stationId, { area, status, at, ...(requestId === undefined ? {} : { requestId }) });
  }
}

function jobOf(candidates: readonly Job[], requestId: number): Job | undefined {
  return candidates.find(
    ({ request, formerRequestIds }) =>
      request.requestId === requestId || formerRequestIds.includes(requestId),
  );
}

/** The newest that the station has heard of, or at least the newest that is open. */
function jobUnderWay(candidates: readonly Job[], { status, at }: JobReport): Job | undefined {
  const open = candidates.filter(({ state }) => !isOver(state));
  const job = open.find(({ state }) => state !== 'REQUESTED') ?? open[0];
  if (job || status === 'IDLE') return job;
  const [latest] = candidates;
  return latest?.endedAt !== undefined && at - latest.endedAt < echoMs ? latest : undefined;
}
