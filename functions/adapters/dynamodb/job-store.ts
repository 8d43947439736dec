import * as z from 'zod';
import type { Job } from '#core/jobs/job.ts';
import type { JobStore, StrayStatus } from '#core/jobs/job-store.ts';
import { itemReader, secondsPerDay, toAttributes } from './items.ts';
import { jobRequest } from './job-requests.ts';
import { orderOf } from './keys.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch } from './queries.ts';
import { getItem, put } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew } from './update.ts';

/** How long jobs, and statuses of no job, can be looked up. */
const keptDays = 400;
const strayDays = 90;

const kind = z.enum(['FIRMWARE', 'LOG', 'DIAGNOSTICS', 'PUBLISH_FIRMWARE']);

const jobSchema = z.object({
  jobId: text,
  stationId: text,
  kind,
  request: jobRequest,
  state: z.enum([
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
    'RETRY_DUE',
    'DONE',
    'FAILED',
    'CANCELLED',
    'TIMED_OUT',
  ]),
  reason: text.exactOptional(),
  attempt: whole,
  retriesLeft: whole,
  commandId: text,
  waitMs: whole,
  phaseTimeoutMs: whole,
  dueAt: whole,
  history: z.array(z.object({ status: text, at: whole, attempt: whole, note: text.exactOptional() })),
  formerRequestIds: z.array(whole),
  createdAt: whole,
  updatedAt: whole,
  endedAt: whole.exactOptional(),
  requestedBy: text.exactOptional(),
  campaignId: text.exactOptional(),
  firmwareId: text.exactOptional(),
  wantedVersion: text.exactOptional(),
  bootedVersion: text.exactOptional(),
  confirmed: z.boolean().exactOptional(),
  fileName: text.exactOptional(),
  publishedAt: z.array(text).exactOptional(),
  linkSecret: text,
  revision: whole,
}) satisfies z.ZodType<Job>;

export const readJob = itemReader<Job>('job', jobSchema);

const readStray = itemReader<StrayStatus>(
  'status of no job',
  z.object({ area: kind, status: text, at: whole, requestId: whole.exactOptional() }),
);

/** The jobs of one tenant's stations, in `operations`, in the order of their ids, which is that of time. */
export function jobStore(context: StoreContext): JobStore {
  const { client, keys, tenantId } = context;
  const table = context.tables.operations;
  const stretch = { table, declaration: tables.operations } as const;
  const itemOf = (job: Job) => ({
    ...job,
    order: job.jobId,
    byCommandPk: keys.jobById(job.jobId),
    expiresAtS: Math.floor(job.createdAt / 1000) + keptDays * secondsPerDay,
  });
  return {
    async addJob(job) {
      const { done } = await put(client, putNew(table, keys.job(job.stationId, job.jobId), itemOf(job)));
      return done ? 'added' : 'exists';
    },

    async findJob(stationId, jobId) {
      const item = await getItem(client, table, keys.job(stationId, jobId));
      return item && readJob(item);
    },

    async findJobById(jobId) {
      const partition = keys.jobById(jobId);
      const found = { ...stretch, index: 'byCommand', partition, newestFirst: false, limit: 1 };
      const [place] = (await readStretch(client, found)).items;
      const item = place && (await getItem(client, table, keyOf(place)));
      return item && readJob(item);
    },

    async listJobs(stationId, page) {
      const position = positionIn(page.cursor, tenantId, 'jobs', isSortText);
      const { items, next } = await readStretch(client, {
        ...stretch,
        partition: keys.jobs(stationId),
        ...(position === undefined ? {} : { after: position }),
        newestFirst: true,
        limit: pageLimit(page),
        consistent: true,
      });
      return {
        items: items.map(readJob),
        ...(next === undefined ? {} : { cursor: toCursor(tenantId, 'jobs', next) }),
      };
    },

    async replaceJob(job) {
      // Whole, so that what a new attempt leaves out is gone: everything on a job is this code's own.
      const { done } = await put(client, {
        TableName: table,
        Item: toAttributes({ ...itemOf(job), ...keys.job(job.stationId, job.jobId) }),
        ConditionExpression: '#revision = :before',
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: { ':before': { N: String(job.revision - 1) } },
      });
      return done ? 'replaced' : 'changed-meanwhile';
    },

    async addStray(stationId, stray) {
      const { at, area, status, requestId = '' } = stray;
      const key = { pk: keys.strayStatuses(stationId), sk: orderOf(at, `${area}#${status}#${requestId}`) };
      const expiresAtS = Math.floor(at / 1000) + strayDays * secondsPerDay;
      await put(client, putNew(table, key, { ...stray, expiresAtS }));
    },

    async listStrays(stationId, limit) {
      const partition = keys.strayStatuses(stationId);
      const { items } = await readStretch(client, { ...stretch, partition, newestFirst: true, limit });
      return items.map(readStray);
    },
  };
}
