import { invalidParameter, type Parameters, wordParameter } from '../commands/parameters.ts';
import type { JobRequest } from './job-request.ts';
import { type JobWish, type JobWishPorts, readGetLog, readUpdateFirmware } from './job-wishes.ts';

/**
 * The neutral parameters of a job that a caller wished for in the words of either protocol, where an update is below
 * `firmware` and an upload below `log`. A `requestId` counts for nothing: jobs number their own requests.
 */
export function withoutProtocolWords(parameters: Parameters): Parameters {
  const { firmware, log, startTime, stopTime, ...rest } = parameters;
  const [update, upload] = [membersOf(firmware), membersOf(log)];
  return {
    ...rest,
    ...update,
    location: update.location ?? upload.remoteLocation ?? rest.location,
    retrieveDate: update.retrieveDateTime ?? rest.retrieveDate,
    installDate: update.installDateTime ?? rest.installDate,
    from: upload.oldestTimestamp ?? startTime ?? rest.from,
    to: upload.latestTimestamp ?? stopTime ?? rest.to,
  };
}

/** As `readUpdateFirmware`, of an update that must be signed. */
export async function readSignedUpdate(ports: JobWishPorts, wish: JobWish): Promise<JobRequest> {
  const request = await readUpdateFirmware(ports, wish);
  if (request.kind !== 'UPDATE_SIGNED_FIRMWARE') throw invalidParameter('signature', 'is required');
  return request;
}

/** As `readGetLog`, of the log that `logType` names: the one for diagnostics when absent. */
export function readLogOfType(ports: JobWishPorts, wish: JobWish): Promise<JobRequest> {
  const logTypes = ['DIAGNOSTICSLOG', 'SECURITYLOG'] as const;
  const isSecurity = wordParameter(wish.parameters, 'logType', logTypes) === 'SECURITYLOG';
  return readGetLog(ports, wish, isSecurity ? 'UPLOAD_SECURITY_LOG' : 'UPLOAD_LOG');
}

function membersOf(value: unknown): Parameters {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
