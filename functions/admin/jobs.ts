import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { isOver, type Job } from '#core/jobs/job.ts';
import { isUpload, type JobRequest } from '#core/jobs/job-request.ts';
import { type JobWish, readGetLog, readPublishFirmware, readUpdateFirmware } from '#core/jobs/job-wishes.ts';
import { startJob } from '#core/jobs/start-job.ts';
import { uploadsPrefix } from '#core/jobs/station-files.ts';
import { cancelJob, retryJob } from '#core/jobs/steer-job.ts';
import {
  type AdminAnswer,
  type AdminRequest,
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
  stationOf,
} from './route.ts';
import type { AdminServices } from './services.ts';

/** How long the address of an uploaded file is good. */
const downloadLifeS = 900;

const termsShape = z.looseObject({
  whenOffline: z.enum(['FAIL', 'WAIT']).default('WAIT'),
  /** How long the station may be waited for. */
  timeoutSeconds: z.int().min(1).max(604_800).default(86_400),
  automaticRetries: z.int().min(0).max(10).default(0),
  phaseTimeoutSeconds: z.int().min(60).max(604_800).default(3_600),
});

const logTypes = {
  DIAGNOSTICS: 'UPLOAD_DIAGNOSTICS',
  LOG: 'UPLOAD_LOG',
  SECURITY: 'UPLOAD_SECURITY_LOG',
} as const;
const logShape = z.looseObject({ type: z.enum(['DIAGNOSTICS', 'LOG', 'SECURITY']).default('DIAGNOSTICS') });

export const jobRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/stations/{stationId}/firmware-jobs',
    summary: 'Updates the firmware of a station, by firmwareId or location: 202, with the job.',
    roles: operators,
    handle: (request, services) => begin(request, services, (wish) => readUpdateFirmware(services, wish)),
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/log-jobs',
    summary: 'Asks a station for its diagnostics, its log or its security log: 202, with the job.',
    roles: operators,
    handle: (request, services) =>
      begin(request, services, (wish) => {
        const { type } = readBody(logShape, request.body);
        return readGetLog(services, wish, logTypes[type]);
      }),
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/publish-jobs',
    summary: 'Has a local controller offer an image to the stations behind it: 202, with the job.',
    roles: operators,
    handle: (request, services) => begin(request, services, (wish) => readPublishFirmware(services, wish)),
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/jobs',
    summary: 'The jobs of a station, newest first, and on the first page what it said of no job.',
    roles: readers,
    async handle(request, { jobs }) {
      const stationId = parameter(request, 'stationId');
      const page = pageOf(request);
      const answer = pageAnswer(await jobs.listJobs(stationId, page), jobView);
      if (page.cursor !== undefined) return answer;
      const strays = await jobs.listStrays(stationId, 20);
      const strayStatuses = strays.map(({ at, ...stray }) => ({ ...stray, at: rfc3339(at) }));
      return { body: { ...(answer.body as object), strayStatuses } };
    },
  },
  {
    method: 'GET',
    path: '/jobs/{jobId}',
    summary: 'One job, with addresses of the files its station has uploaded.',
    roles: readers,
    async handle(request, services) {
      const jobId = parameter(request, 'jobId');
      const job = await services.jobs.findJobById(jobId);
      if (!job) throw new DomainError('NotFound', `job ${jobId} is not known`, 'jobId');
      return { body: { ...jobView(job), files: await uploadsOf(services, job) } };
    },
  },
  {
    method: 'POST',
    path: '/jobs/{jobId}/cancel',
    summary: 'Ends a job. What its station has begun already it may finish.',
    roles: operators,
    async handle(request, services) {
      const job = await cancelJob(services, { jobId: parameter(request, 'jobId'), by: request.subject });
      return { body: jobView(job) };
    },
  },
  {
    method: 'POST',
    path: '/jobs/{jobId}/retry',
    summary: 'Makes another attempt of a job that failed: 202, with the job.',
    roles: operators,
    async handle(request, services) {
      const job = await retryJob(services, { jobId: parameter(request, 'jobId'), by: request.subject });
      return { status: 202, body: jobView(job) };
    },
  },
];

async function begin(
  request: AdminRequest,
  services: AdminServices,
  read: (wish: JobWish) => Promise<JobRequest>,
): Promise<AdminAnswer> {
  const stationId = parameter(request, 'stationId');
  const terms = readBody(termsShape, request.body);
  const station = await stationOf(request, services);
  const asked = await read({ station, jobId: services.newId(), parameters: terms });
  await services.calls.checkRequest(station.protocol, asked);
  const job = await startJob(services, {
    stationId,
    request: asked,
    whenOffline: terms.whenOffline,
    waitMs: terms.timeoutSeconds * 1000,
    automaticRetries: terms.automaticRetries,
    phaseTimeoutMs: terms.phaseTimeoutSeconds * 1000,
    requestedBy: request.subject,
  });
  return { status: 202, body: jobView(job) };
}

async function uploadsOf({ files }: AdminServices, { request, stationId, jobId, state }: Job) {
  if (!isUpload(request) || !('key' in request.file) || !(isOver(state) || state === 'UPLOADING')) return [];
  const prefix = uploadsPrefix(stationId, jobId);
  const found = await files.listFiles(prefix);
  return Promise.all(
    found.map(async ({ key, sizeBytes, modifiedAt }) => ({
      name: key.slice(prefix.length),
      sizeBytes,
      modifiedAt: rfc3339(modifiedAt),
      downloadUrl: await files.downloadUrl(key, downloadLifeS),
    })),
  );
}

/** A job as it is answered: everything but what only stations and this system need. */
function jobView(job: Job) {
  const { linkSecret: _, revision: __, formerRequestIds: ___, request, history, ...more } = job;
  const { requestId, file, kind: ____, jobId: _____, ...asked } = request;
  return {
    ...more,
    requestId,
    ...('location' in file ? { location: file.location } : {}),
    asked: Object.fromEntries(
      Object.entries(asked).map(([name, value]) =>
        typeof value === 'number' && ['retrieveAt', 'installAt', 'from', 'to'].includes(name)
          ? [name, rfc3339(value)]
          : [name, value],
      ),
    ),
    history: history.map(({ at, ...entry }) => ({ ...entry, at: rfc3339(at) })),
    createdAt: rfc3339(job.createdAt),
    updatedAt: rfc3339(job.updatedAt),
    dueAt: rfc3339(job.dueAt),
    endedAt: rfc3339OrNull(job.endedAt),
  };
}
