import type { Command } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { DomainError } from '../errors.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import { changeJob } from './change-job.ts';
import { type Job, newJob, noted } from './job.ts';
import { type JobRequest, jobRequestOf } from './job-request.ts';
import type { JobStore } from './job-store.ts';

export interface JobPorts {
  readonly jobs: JobStore;
  readonly commands: CommandStore;
  readonly live: StationLiveStore;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly newId: NewId;
}

/** How a job is carried out. */
export interface JobTerms {
  /** How long its command may wait to be sent. */
  readonly waitMs: number;
  readonly whenOffline: 'FAIL' | 'WAIT';
  /** Attempts that the system makes by itself after a failed one. */
  readonly automaticRetries?: number | undefined;
  readonly phaseTimeoutMs?: number | undefined;
  readonly requestedBy?: string;
  readonly campaignId?: string;
}

/** The request id of an attempt: its own, within 31 bits, the same whenever it is asked for. */
export function requestIdOf(digest: Digest, jobId: string, attempt: number): number {
  return (Number.parseInt(digest(`${jobId}/${attempt}`).slice(0, 8), 16) % 0x7fff_ffff) + 1;
}

/**
 * Keeps a job and puts its command into the station's queue. Safe to repeat with the same job id. Throws
 * `StationOffline` where it may not wait.
 */
export async function startJob(
  ports: JobPorts,
  { stationId, request, ...terms }: JobTerms & { stationId: string; request: JobRequest },
): Promise<Job> {
  if (terms.whenOffline === 'FAIL' && (await ports.live.findLink(stationId))?.connectionId === undefined) {
    throw new DomainError('StationOffline', `station ${stationId} is not connected`, 'stationId');
  }
  const job = await openJob(ports, { stationId, request, commandId: ports.newId(), ...terms });
  if (job.state === 'REQUESTED') await ports.commands.addCommand(commandOf(job));
  return job;
}

/** Keeps a job whose command is about to be queued; the one that is there when it was kept before. */
async function openJob(
  ports: Pick<JobPorts, 'jobs' | 'clock' | 'newId'>,
  asked: Omit<JobTerms, 'whenOffline'> & { stationId: string; request: JobRequest; commandId: string },
): Promise<Job> {
  const { stationId, request, commandId, waitMs, requestedBy, campaignId } = asked;
  const job = newJob(
    {
      stationId,
      request,
      commandId,
      waitMs,
      linkSecret: ports.newId(),
      retriesLeft: asked.automaticRetries,
      phaseTimeoutMs: asked.phaseTimeoutMs,
      ...(requestedBy === undefined ? {} : { requestedBy }),
      ...(campaignId === undefined ? {} : { campaignId }),
    },
    ports.clock(),
  );
  if ((await ports.jobs.addJob(job)) === 'added') return job;
  return (await ports.jobs.findJob(stationId, job.jobId)) ?? job;
}

/** Keeps the job that a command, not queued yet, is to start; nothing for commands that start none. */
export async function keepJobOf(
  ports: Pick<JobPorts, 'jobs' | 'clock' | 'newId'>,
  { stationId, commandId, request, createdAt, deadlineAt, requestedBy }: Command,
): Promise<void> {
  const jobRequest = jobRequestOf(request);
  if (!jobRequest) return;
  await openJob(ports, {
    stationId,
    commandId,
    request: jobRequest,
    waitMs: deadlineAt - createdAt,
    ...(requestedBy === undefined ? {} : { requestedBy }),
  });
}

/** Makes the next attempt of a job that is due for one. Safe to repeat. */
export async function nextAttempt(
  ports: Pick<JobPorts, 'jobs' | 'commands' | 'clock' | 'digest' | 'newId'>,
  of: { stationId: string; jobId: string },
): Promise<Job | undefined> {
  const now = ports.clock();
  const job = await changeJob(ports, of, (current) =>
    current.state === 'RETRY_DUE' ? againFrom(ports, current, now) : current,
  );
  if (job?.state !== 'REQUESTED' || job.attempt === 1) return job;
  await ports.commands.addCommand(commandOf(job));
  return job;
}

/** The job at the start of another attempt. */
export function againFrom({ digest, newId }: Pick<JobPorts, 'digest' | 'newId'>, job: Job, now: number): Job {
  const { endedAt: _, reason: __, fileName: ___, confirmed: ____, bootedVersion: _____, ...rest } = job;
  const attempt = job.attempt + 1;
  const request = { ...job.request, requestId: requestIdOf(digest, job.jobId, attempt) };
  const again: Job = {
    ...rest,
    attempt,
    request,
    state: 'REQUESTED',
    commandId: newId(),
    formerRequestIds: [...job.formerRequestIds, job.request.requestId],
    dueAt: now + job.waitMs + job.phaseTimeoutMs,
  };
  return noted(again, { status: 'REQUESTED', at: now });
}

const commandNames: Readonly<Record<JobRequest['kind'], string>> = {
  UPDATE_FIRMWARE: 'UPDATE_FIRMWARE',
  UPDATE_SIGNED_FIRMWARE: 'UPDATE_FIRMWARE',
  UPLOAD_DIAGNOSTICS: 'GET_DIAGNOSTICS',
  UPLOAD_LOG: 'GET_LOG',
  UPLOAD_SECURITY_LOG: 'GET_LOG',
  PUBLISH_FIRMWARE: 'PUBLISH_FIRMWARE',
};

function commandOf(job: Job): Command {
  const { commandId, stationId, request, updatedAt, waitMs, requestedBy } = job;
  return {
    commandId,
    stationId,
    name: commandNames[request.kind],
    request,
    state: 'QUEUED',
    createdAt: updatedAt,
    deadlineAt: updatedAt + waitMs,
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
}
