import type { Command } from '../commands/command.ts';
import { changeJob } from './change-job.ts';
import { isOver, noted } from './job.ts';
import { jobRequestOf } from './job-request.ts';
import type { JobStore } from './job-store.ts';
import { advancedJob, endedJob, failedJob } from './move-job.ts';

/**
 * Tells a job how its command ended. `UNKNOWN` leaves it open: the station may be at work, and its statuses, or the
 * time, will tell. Safe to repeat; a command of an earlier attempt changes nothing.
 */
export async function afterJobCommand({ jobs }: { jobs: JobStore }, command: Command): Promise<void> {
  const { stationId, commandId, state, settledAt: at = 0, failure } = command;
  const jobId = jobRequestOf(command.request)?.jobId;
  if (jobId === undefined) return;
  await changeJob({ jobs }, { stationId, jobId }, (job) => {
    if (job.commandId !== commandId || isOver(job.state) || job.state !== 'REQUESTED') return job;
    if (state === 'ACCEPTED') return advancedJob(noted(job, { status: 'ACCEPTED', at }), 'ACCEPTED', at);
    const note = failure === undefined ? {} : { note: failure.message };
    const said = noted(job, { status: `COMMAND_${state}`, at, ...note });
    if (state === 'UNKNOWN') return advancedJob(said, 'ACCEPTED', at);
    if (state === 'CANCELLED') return endedJob(said, 'CANCELLED', { reason: 'COMMAND_CANCELLED', at });
    return failedJob(said, { reason: failure?.code ?? state, at });
  });
}
