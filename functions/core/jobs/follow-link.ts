import { isOver } from './job.ts';
import { isUpload } from './job-request.ts';
import type { JobStore } from './job-store.ts';
import type { StationFiles } from './station-files.ts';

/** Long enough to begin; what has begun goes on. */
const addressLifeS = 900;

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
