import { type JobKind, type JobRequest, jobKind } from './job-request.ts';

/** What a station may say of a job, in the order in which it usually comes. */
export const phases = [
  'REQUESTED',
  'ACCEPTED',
  'DOWNLOAD_SCHEDULED',
  'DOWNLOAD_PAUSED',
  'DOWNLOADING',
  'DOWNLOADED',
  'SIGNATURE_VERIFIED',
  'CHECKSUM_VERIFIED',
  'INSTALL_SCHEDULED',
  'INSTALLING',
  'INSTALL_REBOOTING',
  'UPLOADING',
] as const;

export type JobPhase = (typeof phases)[number];

/** How it may end, in the station's words. */
export const failures = [
  'DOWNLOAD_FAILED',
  'INSTALL_FAILED',
  'INSTALL_VERIFICATION_FAILED',
  'INVALID_SIGNATURE',
  'INVALID_CERTIFICATE',
  'REVOKED_CERTIFICATE',
  'INVALID_CHECKSUM',
  'PUBLISH_FAILED',
  'UPLOAD_FAILED',
  'BAD_MESSAGE',
  'NOT_SUPPORTED_OPERATION',
  'PERMISSION_DENIED',
] as const;

export type JobFailure = (typeof failures)[number];

/** What a station reports. `IDLE`: it has nothing of that kind to do. */
export type ReportedStatus =
  | Exclude<JobPhase, 'REQUESTED' | 'ACCEPTED'>
  | JobFailure
  | 'INSTALLED'
  | 'UPLOADED'
  | 'PUBLISHED'
  | 'ACCEPTED_CANCELED'
  | 'IDLE';

/** `RETRY_DUE`: the last attempt failed and the next is about to be made. The last four are final. */
export type JobState = JobPhase | 'RETRY_DUE' | 'DONE' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';

export interface JobHistoryEntry {
  /** A status of the station's, or an event of ours such as `REQUESTED` or `TIMED_OUT`. */
  readonly status: string;
  readonly at: number;
  /** Which attempt it was said of. */
  readonly attempt: number;
  readonly note?: string;
}

/** Something a station was asked to do that takes longer than an answer. Times in epoch milliseconds. */
export interface Job {
  readonly jobId: string;
  readonly stationId: string;
  readonly kind: JobKind;
  /** Of the latest attempt. */
  readonly request: JobRequest;
  readonly state: JobState;
  /** Why it ended as it did: a status of the station's, or the failure of its command. */
  readonly reason?: string;
  readonly attempt: number;
  /** How many more attempts the system makes by itself. */
  readonly retriesLeft: number;
  /** The command of the latest attempt, and how long it may wait for its station. */
  readonly commandId: string;
  readonly waitMs: number;
  /** How long a job may stand still before it is given up. */
  readonly phaseTimeoutMs: number;
  /** When it is given up unless something happens. */
  readonly dueAt: number;
  readonly history: readonly JobHistoryEntry[];
  /** Request ids of earlier attempts, the latest last. */
  readonly formerRequestIds: readonly number[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number;
  readonly requestedBy?: string;
  readonly campaignId?: string;
  readonly firmwareId?: string;
  /** The version that the station is to report after the update. */
  readonly wantedVersion?: string;
  /** What it reported when it booted after, and whether that is what was wanted. */
  readonly bootedVersion?: string;
  readonly confirmed?: boolean;
  /** Of an upload, as the station named it. */
  readonly fileName?: string;
  /** Where a local controller offers published firmware. */
  readonly publishedAt?: readonly string[];
  /** Part of the address under which the job's file is reached. */
  readonly linkSecret: string;
  /** Grows by one with every change: the fence of concurrent updates. */
  readonly revision: number;
}

/** An hour without news: longer than any station takes to download, install or upload what it tells of. */
const usualPhaseTimeoutMs = 3_600_000;

const mostHistory = 40;

const finalStates: readonly JobState[] = ['DONE', 'FAILED', 'CANCELLED', 'TIMED_OUT'];

export function isOver(state: JobState): boolean {
  return finalStates.includes(state);
}

/** What a job is made of. */
export interface NewJob
  extends Pick<
    Job,
    'stationId' | 'request' | 'commandId' | 'waitMs' | 'linkSecret' | 'requestedBy' | 'campaignId'
  > {
  readonly retriesLeft?: number | undefined;
  readonly phaseTimeoutMs?: number | undefined;
}

/** A job that nobody has heard of yet. */
export function newJob(made: NewJob, now: number): Job {
  const { request, retriesLeft = 0, phaseTimeoutMs = usualPhaseTimeoutMs, ...more } = made;
  const { firmwareId, version } = 'retrieveAt' in request ? request : {};
  const job: Job = {
    ...more,
    ...(firmwareId === undefined ? {} : { firmwareId }),
    ...(version === undefined ? {} : { wantedVersion: version }),
    jobId: request.jobId,
    kind: jobKind(request),
    request,
    state: 'REQUESTED',
    attempt: 1,
    retriesLeft,
    phaseTimeoutMs,
    dueAt: 0,
    history: [{ status: 'REQUESTED', at: now, attempt: 1 }],
    formerRequestIds: [],
    createdAt: now,
    updatedAt: now,
    revision: 1,
  };
  return { ...job, dueAt: dueAtOf(job, now) };
}

/** Nothing is late before the command had its time, nor before the moment a job was asked for. */
export function dueAtOf({ state, request, waitMs, phaseTimeoutMs }: Job, now: number): number {
  const { retrieveAt = 0, installAt = 0 } = 'retrieveAt' in request ? request : {};
  const waitsForStation = state === 'REQUESTED' ? now + waitMs : now;
  return Math.max(waitsForStation, retrieveAt, installAt) + phaseTimeoutMs;
}

/** The job with one more line of history; old lines go, but the first. */
export function noted(job: Job, entry: Omit<JobHistoryEntry, 'attempt'> & { attempt?: number }): Job {
  const [first, ...rest] = [...job.history, { attempt: job.attempt, ...entry }];
  const kept = first === undefined ? rest : [first, ...rest.slice(-(mostHistory - 1))];
  return { ...job, history: kept, updatedAt: entry.at };
}
