import type { CallDesk } from '#core/commands/call-desk.ts';
import { followUp } from '#core/commands/follow-ups.ts';
import { afterJobChanged } from '#core/jobs/after-job-changed.ts';
import type { Job } from '#core/jobs/job.ts';
import type { JobRequest } from '#core/jobs/job-request.ts';
import { type JobTerms, requestIdOf, startJob } from '#core/jobs/start-job.ts';
import type { Timer } from '#core/timers.ts';
import { newId } from '#platform/clock.ts';
import { callDesk } from '../../../functions/ocpp/call-desk.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import type { TestDatabase } from '../../support/engine.ts';
import { type CommandScene, newCommandScene, stationId } from '../commands/command-scene.ts';

/** A tenant whose station can be given jobs. */
export interface JobScene extends CommandScene {
  readonly newId: typeof newId;
  readonly calls: CallDesk;
  readonly timers: { timer: Timer; at: number }[];
  readonly setTimer: (timer: Timer, at: number) => Promise<void>;
  /** Starts an update, or the job of another request, at the station. */
  begin(request?: Partial<JobRequest>, terms?: Partial<JobTerms>): Promise<Job>;
  job(jobId: string): Promise<Job>;
  /** Ends the command of a job's latest attempt, and does what follows. */
  settle(
    jobId: string,
    state: 'ACCEPTED' | 'REJECTED' | 'TIMED_OUT' | 'UNKNOWN' | 'CANCELLED',
  ): Promise<void>;
  /** What the event of the job's latest change causes. */
  told(jobId: string): Promise<void>;
}

export async function newJobScene(db: TestDatabase): Promise<JobScene> {
  const base = await newCommandScene(db);
  const timers: JobScene['timers'] = [];
  const scene: JobScene = Object.assign(base, {
    newId,
    calls: callDesk,
    timers,
    setTimer: async (timer: Timer, at: number) => void timers.push({ timer, at }),
    begin: (request: Partial<JobRequest> = {}, terms: Partial<JobTerms> = {}) => begin(scene, request, terms),
    job: async (jobId: string) => {
      const job = await scene.jobs.findJob(stationId, jobId);
      if (!job) throw new Error(`no job ${jobId}`);
      return job;
    },
    settle: async (jobId: string, state: Parameters<JobScene['settle']>[1]) => {
      const { commandId } = await scene.job(jobId);
      await scene.commands.settle(stationId, commandId, { state, settledAt: scene.now });
      await followUp(scene, { stationId, commandId });
    },
    told: async (jobId: string) => {
      const { state } = await scene.job(jobId);
      await afterJobChanged(scene, { stationId, jobId, state });
    },
  });
  await scene.stations.createStation(aStation({ stationId }));
  await scene.connect('c-1');
  return scene;
}

function begin(scene: JobScene, request: Partial<JobRequest>, terms: Partial<JobTerms>): Promise<Job> {
  const jobId = newId();
  return startJob(scene, {
    stationId,
    request: {
      kind: 'UPDATE_FIRMWARE',
      jobId,
      requestId: requestIdOf(scene.digest, jobId, 1),
      file: { location: 'https://files.example/fw-2.bin' },
      retrieveAt: scene.now,
      version: '2.0',
      ...request,
    } as JobRequest,
    waitMs: 60_000,
    whenOffline: 'WAIT',
    ...terms,
  });
}
