import type { ReportedStatus } from '#core/jobs/job.ts';
import { type JobRequest, jobRequestOf } from '#core/jobs/job-request.ts';
import { type JobAnswer, recordJobAnswer } from '#core/jobs/record-job-answer.ts';
import type { AnsweredCall } from './services.ts';
import type { Subprotocol } from './version.ts';

/** What both versions call the states of an update. */
export const firmwareStatuses = {
  Downloaded: 'DOWNLOADED',
  DownloadFailed: 'DOWNLOAD_FAILED',
  Downloading: 'DOWNLOADING',
  DownloadScheduled: 'DOWNLOAD_SCHEDULED',
  DownloadPaused: 'DOWNLOAD_PAUSED',
  Idle: 'IDLE',
  InstallationFailed: 'INSTALL_FAILED',
  Installing: 'INSTALLING',
  Installed: 'INSTALLED',
  InstallRebooting: 'INSTALL_REBOOTING',
  InstallScheduled: 'INSTALL_SCHEDULED',
  InstallVerificationFailed: 'INSTALL_VERIFICATION_FAILED',
  InvalidSignature: 'INVALID_SIGNATURE',
  SignatureVerified: 'SIGNATURE_VERIFIED',
} as const satisfies Record<string, ReportedStatus>;

/** What both versions call the states of an upload. */
export const uploadStatuses = {
  BadMessage: 'BAD_MESSAGE',
  Idle: 'IDLE',
  NotSupportedOperation: 'NOT_SUPPORTED_OPERATION',
  PermissionDenied: 'PERMISSION_DENIED',
  Uploaded: 'UPLOADED',
  UploadFailure: 'UPLOAD_FAILED',
  Uploading: 'UPLOADING',
  AcceptedCanceled: 'ACCEPTED_CANCELED',
} as const satisfies Record<string, ReportedStatus>;

/** How stations answer the requests of jobs, over both versions. */
const answers = {
  Accepted: 'ACCEPTED',
  AcceptedCanceled: 'ACCEPTED_CANCELED',
  Rejected: 'REJECTED',
  InvalidCertificate: 'INVALID_CERTIFICATE',
  RevokedCertificate: 'REVOKED_CERTIFICATE',
} as const satisfies Record<string, JobAnswer['answer']>;

/** Tells the job of a command what the station answered; nothing for calls that started no job. */
export async function learnJobAnswer(
  { stationId, command, answeredAt, services }: AnsweredCall,
  { status, fileName }: { status: keyof typeof answers; fileName?: string | undefined },
): Promise<void> {
  const request = jobRequestOf(command.request);
  if (!request) return;
  await recordJobAnswer(services, {
    stationId,
    request,
    answer: answers[status],
    at: answeredAt,
    ...(fileName === undefined ? {} : { fileName }),
  });
}

/** As `learnJobAnswer`, of a station that has nothing to send. */
export async function learnNothingToUpload({
  stationId,
  command,
  answeredAt,
  services,
}: AnsweredCall): Promise<void> {
  const request = jobRequestOf(command.request);
  if (!request) return;
  await recordJobAnswer(services, { stationId, request, answer: 'NOTHING_TO_UPLOAD', at: answeredAt });
}

/**
 * The address in a call. A file of ours gets its address when the call is sent; until then a text of the same form
 * stands for it, so that the rest of the call can be checked.
 */
export function addressOf({ file }: JobRequest): string {
  return 'location' in file ? file.location : `https://files.invalid/${file.key}`;
}

/** OCPP gives addresses 512 characters, but for the two calls of 1.6 that are older than its security extension. */
export function longestAddress(subprotocol: Subprotocol, { kind }: JobRequest): number {
  const isOlder = kind === 'UPDATE_FIRMWARE' || kind === 'UPLOAD_DIAGNOSTICS';
  return subprotocol === 'ocpp1.6' && isOlder ? Number.POSITIVE_INFINITY : 512;
}

/** How often a station tries by itself, as all these calls carry it. */
export function ownRetries({ retries, retryIntervalS }: JobRequest) {
  return {
    ...(retries === undefined ? {} : { retries }),
    ...(retryIntervalS === undefined ? {} : { retryInterval: retryIntervalS }),
  };
}

/** A moment as calls carry it. */
export function timeText(at: number): string {
  return new Date(at).toISOString();
}
