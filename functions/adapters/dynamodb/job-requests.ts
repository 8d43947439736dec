import * as z from 'zod';
import type { JobRequest } from '#core/jobs/job-request.ts';
import { text, whole } from './schemas.ts';

const start = {
  jobId: text,
  requestId: whole,
  file: z.union([z.object({ key: text }), z.object({ location: text })]),
  retries: whole.exactOptional(),
  retryIntervalS: whole.exactOptional(),
};

const update = {
  ...start,
  firmwareId: text.exactOptional(),
  version: text.exactOptional(),
  retrieveAt: whole,
  installAt: whole.exactOptional(),
};

/** Every request that starts a job, as jobs and commands keep it. */
export const jobRequests = [
  z.object({ kind: z.literal('UPDATE_FIRMWARE'), ...update }),
  z.object({
    kind: z.literal('UPDATE_SIGNED_FIRMWARE'),
    ...update,
    signingCertificate: text,
    signature: text,
  }),
  z.object({
    kind: z.enum(['UPLOAD_DIAGNOSTICS', 'UPLOAD_SECURITY_LOG', 'UPLOAD_LOG']),
    ...start,
    from: whole.exactOptional(),
    to: whole.exactOptional(),
  }),
  z.object({ kind: z.literal('PUBLISH_FIRMWARE'), ...start, checksum: text }),
] as const;

export const jobRequest = z.discriminatedUnion('kind', jobRequests) satisfies z.ZodType<JobRequest>;
