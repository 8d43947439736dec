import type { Clock } from '../ports.ts';
import type { SetTimer } from '../timers.ts';
import { changeJob } from './change-job.ts';
import { isOver, noted } from './job.ts';
import type { JobStore } from './job-store.ts';
import { endedJob, failedJob } from './move-job.ts';

/** Gives up a job that stood still for too long, or comes back when it may be. Safe at any time. */
export async function jobDue(
  { jobs, clock, setTimer }: { jobs: JobStore; clock: Clock; setTimer: SetTimer },
  of: { stationId: string; jobId: string },
): Promise<void> {
  const now = clock();
  const job = await changeJob({ jobs }, of, (current) => {
    if (isOver(current.state) || current.state === 'RETRY_DUE' || current.dueAt > now) return current;
    const said = noted(current, { status: 'TIMED_OUT', at: now, note: current.state });
    if (current.retriesLeft > 0) return failedJob(said, { reason: 'TIMED_OUT', at: now });
    return endedJob(said, 'TIMED_OUT', { reason: 'TIMED_OUT', at: now });
  });
  if (!job || isOver(job.state) || job.state === 'RETRY_DUE') return;
  await setTimer({ kind: 'JOB_DUE', ...of }, job.dueAt);
}
