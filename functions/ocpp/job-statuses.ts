import type { ReportedStatus } from '#core/jobs/job.ts';
import { type JobRequest, jobRequestOf } from '#core/jobs/job-request.ts';
import { type JobAnswer, recordJobAnswer } from '#core/jobs/record-job-answer.ts';
import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import type { AnsweredCall, InboundCall } from './services.ts';
import type { Subprotocol } from './subprotocols.ts';

/** What both versions call the states of an update. */
const firmwareStatuses = {
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

/** Tells the update that is meant how far it is: the one with this number, or the one under way. */
export async function recordFirmwareStatus(
  { status, requestId }: { readonly status: keyof typeof firmwareStatuses; readonly requestId?: number },
  { services, stationId, receivedAt }: InboundCall,
): Promise<void> {
  await recordJobStatus(services, {
    stationId,
    kinds: ['FIRMWARE'],
    status: firmwareStatuses[status],
    at: receivedAt,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

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

/** The request of GetLog, which is the same in both versions. */
export function logRequest(request: Extract<JobRequest, { kind: LogKind }>) {
  return {
    logType: request.kind === 'UPLOAD_SECURITY_LOG' ? ('SecurityLog' as const) : ('DiagnosticsLog' as const),
    requestId: request.requestId,
    log: {
      remoteLocation: addressOf(request),
      ...(request.from === undefined ? {} : { oldestTimestamp: timeText(request.from) }),
      ...(request.to === undefined ? {} : { latestTimestamp: timeText(request.to) }),
    },
    ...ownRetries(request),
  };
}

type LogKind = 'UPLOAD_DIAGNOSTICS' | 'UPLOAD_LOG' | 'UPLOAD_SECURITY_LOG';

/** A moment as calls carry it. */
export function timeText(at: number): string {
  return new Date(at).toISOString();
}
