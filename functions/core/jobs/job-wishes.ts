import {
  invalidParameter,
  momentParameter,
  type Parameters,
  textParameter,
  wholeParameter,
} from '../commands/parameters.ts';
import { DomainError } from '../errors.ts';
import type { Clock, Digest } from '../ports.ts';
import type { Station } from '../stations/station.ts';
import type { Firmware } from './firmware.ts';
import type { FirmwareStore } from './firmware-store.ts';
import type { FileRef, JobRequest } from './job-request.ts';
import { requestIdOf } from './start-job.ts';
import { uploadsPrefix } from './station-files.ts';

export interface JobWishPorts {
  readonly firmware: FirmwareStore;
  readonly clock: Clock;
  readonly digest: Digest;
}

export interface JobWish {
  readonly station: Station;
  readonly jobId: string;
  readonly parameters: Parameters;
}

/**
 * Reads the wish for an update: `firmwareId`, or `location` with an optional `version`; `retrieveDate` (now when
 * absent), `installDate`, `retries`, `retryInterval` in seconds; `signature` with `signingCertificate` where they are
 * not the image's own. Throws `Validation` naming the parameter, `NotFound` for an unknown image.
 */
export async function readUpdateFirmware(
  ports: JobWishPorts,
  { station, jobId, parameters }: JobWish,
): Promise<JobRequest> {
  const image = await imageOf(ports, station, parameters);
  const location = image ? undefined : locationParameter(parameters, 'location');
  if (!image && location === undefined) throw invalidParameter('firmwareId', 'or location is required');
  const version = image?.version ?? textParameter(parameters, 'version');
  const installAt = momentParameter(parameters, 'installDate');
  const update = {
    ...startOf(ports, jobId, parameters),
    file: image ? { key: image.key } : ({ location: location ?? '' } satisfies FileRef),
    retrieveAt: momentParameter(parameters, 'retrieveDate') ?? ports.clock(),
    ...(installAt === undefined ? {} : { installAt }),
    ...(image ? { firmwareId: image.firmwareId } : {}),
    ...(version === undefined ? {} : { version }),
  };
  const signature = textParameter(parameters, 'signature') ?? image?.signature;
  const signingCertificate = textParameter(parameters, 'signingCertificate') ?? image?.signingCertificate;
  if (signature === undefined && signingCertificate === undefined)
    return { kind: 'UPDATE_FIRMWARE', ...update };
  if (signature === undefined) throw invalidParameter('signature', 'is required with signingCertificate');
  if (signingCertificate === undefined) {
    throw invalidParameter('signingCertificate', 'is required with signature');
  }
  return { kind: 'UPDATE_SIGNED_FIRMWARE', ...update, signature, signingCertificate };
}

/** Reads the wish for what a station logged: `from`, `to`, and a `location` of the caller's own instead of ours. */
export async function readGetLog(
  ports: JobWishPorts,
  { station, jobId, parameters }: JobWish,
  kind: 'UPLOAD_DIAGNOSTICS' | 'UPLOAD_LOG' | 'UPLOAD_SECURITY_LOG' = 'UPLOAD_DIAGNOSTICS',
): Promise<JobRequest> {
  const from = momentParameter(parameters, 'from');
  const to = momentParameter(parameters, 'to');
  if (from !== undefined && to !== undefined && to <= from) throw invalidParameter('to', 'is not after from');
  const location = locationParameter(parameters, 'location');
  const key = `${uploadsPrefix(station.stationId, jobId)}log`;
  return {
    kind,
    ...startOf(ports, jobId, parameters),
    file: location === undefined ? { key } : { location },
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Reads the wish that a local controller offers an image to the stations behind it: as an update, with `checksum`. */
export async function readPublishFirmware(
  ports: JobWishPorts,
  { jobId, parameters }: JobWish,
): Promise<JobRequest> {
  const image = await imageOf(ports, undefined, parameters);
  const location = image ? undefined : locationParameter(parameters, 'location');
  if (!image && location === undefined) throw invalidParameter('firmwareId', 'or location is required');
  const checksum = textParameter(parameters, 'checksum') ?? image?.md5;
  if (checksum === undefined || !/^[0-9a-f]{32}$/i.test(checksum)) {
    throw invalidParameter('checksum', 'must be the MD5 of the image in 32 hexadecimal characters');
  }
  return {
    kind: 'PUBLISH_FIRMWARE',
    ...startOf(ports, jobId, parameters),
    file: image ? { key: image.key } : { location: location ?? '' },
    checksum,
  };
}

function startOf({ digest }: JobWishPorts, jobId: string, parameters: Parameters) {
  const retries = wholeParameter(parameters, 'retries');
  const retryIntervalS = wholeParameter(parameters, 'retryInterval');
  return {
    jobId,
    requestId: requestIdOf(digest, jobId, 1),
    ...(retries === undefined ? {} : { retries }),
    ...(retryIntervalS === undefined ? {} : { retryIntervalS }),
  };
}

async function imageOf(
  { firmware }: JobWishPorts,
  station: Station | undefined,
  parameters: Parameters,
): Promise<Firmware | undefined> {
  const firmwareId = textParameter(parameters, 'firmwareId');
  if (firmwareId === undefined) return undefined;
  const image = await firmware.findFirmware(firmwareId);
  if (!image)
    throw new DomainError('NotFound', `no firmware ${firmwareId} is known`, 'parameters.firmwareId');
  if (image.model !== undefined && station?.model !== undefined && image.model !== station.model) {
    throw invalidParameter('firmwareId', `is for ${image.model}, and the station is a ${station.model}`);
  }
  return image;
}

/** An address with a scheme that OCPP names for files. */
function locationParameter(parameters: Parameters, name: string): string | undefined {
  const text = textParameter(parameters, name);
  if (text === undefined) return undefined;
  if (!/^(https?|s?ftps?):\/\/[^\s]+$/i.test(text)) {
    throw invalidParameter(name, 'must be an http, https, ftp, ftps or sftp address');
  }
  return text;
}
