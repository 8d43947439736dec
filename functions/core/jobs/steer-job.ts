import { DomainError } from '../errors.ts';
import { changeJob } from './change-job.ts';
import { isOver, type Job, noted } from './job.ts';
import { endedJob } from './move-job.ts';
import { againFrom, type JobPorts, nextAttempt } from './start-job.ts';

type Steering = Pick<JobPorts, 'jobs' | 'commands' | 'clock' | 'digest' | 'newId'>;

/**
 * Ends a job here, and its command if it is not sent yet. OCPP has no way to stop a station that is at work: what it
 * still says goes into the history. Throws `NotFound`, and `Conflict` for a job that is over.
 */
export async function cancelJob(
  { jobs, commands, clock }: Pick<Steering, 'jobs' | 'commands' | 'clock'>,
  { jobId, stationId, by }: { jobId: string; stationId?: string; by: string },
): Promise<Job> {
  const known = await knownJob({ jobs }, jobId, stationId);
  const at = clock();
  if (isOver(known.state)) throw over(known);
  await commands.cancel(known.stationId, known.commandId, at);
  const job = await changeJob({ jobs }, known, (current) =>
    isOver(current.state)
      ? current
      : endedJob(noted(current, { status: 'CANCELLED', at, note: by }), 'CANCELLED', {
          reason: 'CANCELLED',
          at,
        }),
  );
  if (job?.state !== 'CANCELLED') throw over(job ?? known);
  return job;
}

/** Starts another attempt of a job that failed. Throws `NotFound`, and `Conflict` for one that is open or went well. */
export async function retryJob(ports: Steering, { jobId, by }: { jobId: string; by: string }): Promise<Job> {
  const known = await knownJob(ports, jobId);
  const at = ports.clock();
  const job = await changeJob(ports, known, (current) =>
    isOver(current.state) && current.state !== 'DONE'
      ? againFrom(ports, noted(current, { status: 'RETRIED', at, note: by }), at)
      : current,
  );
  if (!job || job.revision === known.revision) throw over(known);
  return (await nextAttempt(ports, job)) ?? job;
}

async function knownJob({ jobs }: Pick<Steering, 'jobs'>, jobId: string, stationId?: string): Promise<Job> {
  const place = stationId ?? (await jobs.findJobById(jobId))?.stationId;
  const current = place === undefined ? undefined : await jobs.findJob(place, jobId);
  if (!current) throw new DomainError('NotFound', `job ${jobId} is not known`, 'jobId');
  return current;
}

function over({ jobId, state }: Job): DomainError {
  return new DomainError('Conflict', `job ${jobId} is ${state}`, 'jobId');
}
