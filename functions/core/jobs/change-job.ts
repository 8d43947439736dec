import type { Job } from './job.ts';
import type { JobStore } from './job-store.ts';

/** Two reports rarely meet; this many never do. */
const mostAttempts = 10;

/**
 * Changes a job by a rule that may run again on what somebody else made of it meanwhile. Gives the job as it is then;
 * `undefined` when there is none.
 */
export async function changeJob(
  { jobs }: { jobs: JobStore },
  { stationId, jobId }: { stationId: string; jobId: string },
  rule: (job: Job) => Job,
): Promise<Job | undefined> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const job = await jobs.findJob(stationId, jobId);
    if (!job) return undefined;
    const changed = rule(job);
    if (changed === job) return job;
    const next = { ...changed, revision: job.revision + 1 };
    if ((await jobs.replaceJob(next)) === 'replaced') return next;
  }
  throw new Error(`job ${jobId} changes without end`);
}
