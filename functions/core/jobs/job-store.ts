import type { Page, PageRequest } from '../ports.ts';
import type { Job } from './job.ts';

/** A status that belongs to no job. */
export interface StrayStatus {
  readonly area: 'FIRMWARE' | 'LOG' | 'DIAGNOSTICS' | 'PUBLISH_FIRMWARE';
  readonly status: string;
  readonly at: number;
  readonly requestId?: number;
}

/** Jobs of the stations of one tenant. */
export interface JobStore {
  addJob(job: Job): Promise<'added' | 'exists'>;
  /** Strongly consistent. */
  findJob(stationId: string, jobId: string): Promise<Job | undefined>;
  /** By id alone. */
  findJobById(jobId: string): Promise<Job | undefined>;
  /** Newest first, strongly consistent. */
  listJobs(stationId: string, page: PageRequest): Promise<Page<Job>>;
  /** Replaces the job whose stored revision is one less than the given one's. */
  replaceJob(job: Job): Promise<'replaced' | 'changed-meanwhile'>;
  /** Keeps what a station said of no job; the same again is kept once. */
  addStray(stationId: string, stray: StrayStatus): Promise<void>;
  /** Newest first. */
  listStrays(stationId: string, limit: number): Promise<readonly StrayStatus[]>;
}
