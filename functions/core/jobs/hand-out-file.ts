import type { Command } from '../commands/command.ts';
import type { Clock } from '../ports.ts';
import { isUpload, type JobRequest, jobRequestOf } from './job-request.ts';
import type { JobStore } from './job-store.ts';
import type { StationFiles } from './station-files.ts';

/**
 * Signed with a Lambda's credentials, an address dies with them: "Services that assume a role, such as the AWS Lambda
 * execution role, don't necessarily comply with the role's session duration settings"; six hours are what AWS names
 * for roles of machines (AWS re:Post, "Why is my presigned URL for an Amazon S3 bucket expiring before the expiration
 * time that I specified?"). So an address is signed when it is handed out, and what is needed later gets a link.
 */
const addressLifeS = 6 * 3_600;

/** Up to when something counts as wanted at once. */
const soonMs = 15 * 60_000;

export interface HandOutPorts {
  readonly jobs: JobStore;
  readonly files: StationFiles;
  readonly clock: Clock;
  /** Where a job's file can be asked for as long as the job is open; absent where there is no such door. */
  readonly linkOf?: (job: { jobId: string; secret: string }) => string;
}

/**
 * Puts the address of its file into a command that is about to be sent; other commands stay as they are. The
 * address is the store's own where it is wanted at once and a call can hold it (`longestAddress` characters: with
 * the session token of a role it has well over a thousand), otherwise a link that leads to it.
 */
export async function handOutFile(
  ports: HandOutPorts,
  command: Command,
  longestAddress: (request: JobRequest) => number,
): Promise<Command> {
  const request = jobRequestOf(command.request);
  if (!request || !('key' in request.file)) return command;
  const { key } = request.file;
  const address = await addressOf(ports, request, key);
  const { retrieveAt = 0 } = 'retrieveAt' in request ? request : {};
  const soon = retrieveAt <= ports.clock() + soonMs;
  const link = soon && address.length <= longestAddress(request) ? undefined : await linkTo(ports, command);
  return { ...command, request: { ...request, file: { location: link ?? address } } };
}

async function linkTo(ports: HandOutPorts, { stationId, request }: Command): Promise<string | undefined> {
  const jobId = jobRequestOf(request)?.jobId;
  const job = jobId === undefined ? undefined : await ports.jobs.findJob(stationId, jobId);
  return job && ports.linkOf?.({ jobId: job.jobId, secret: job.linkSecret });
}

function addressOf(
  { files }: Pick<HandOutPorts, 'files'>,
  request: JobRequest,
  key: string,
): Promise<string> {
  return isUpload(request) ? files.uploadUrl(key, addressLifeS) : files.downloadUrl(key, addressLifeS);
}
