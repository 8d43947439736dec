import { isOver } from './job.ts';
import { isUpload } from './job-request.ts';
import type { JobStore } from './job-store.ts';
import type { StationFiles } from './station-files.ts';

/** Long enough to begin; what has begun goes on. */
const addressLifeS = 900;

/** Where stations find the file of a job: shorter than its own address, and good for as long as the job is open. */
export function fileLink(base: string, tenantId: string) {
  return ({ jobId, secret }: { jobId: string; secret: string }): string =>
    `${base}/api/v1/files/${[tenantId, jobId, secret].map(encodeURIComponent).join('/')}`;
}

/** The file's address behind a link, while its job is open; `undefined` for any other link, or another use of it. */
export async function followLink(
  { jobs, files }: { jobs: JobStore; files: StationFiles },
  link: { jobId: string; secret: string; use: 'PUT' | 'GET' },
): Promise<string | undefined> {
  const job = await jobs.findJobById(link.jobId);
  if (!job || job.linkSecret !== link.secret || isOver(job.state)) return undefined;
  const { file } = job.request;
  if (!('key' in file) || isUpload(job.request) !== (link.use === 'PUT')) return undefined;
  return link.use === 'PUT'
    ? files.uploadUrl(file.key, addressLifeS)
    : files.downloadUrl(file.key, addressLifeS);
}
