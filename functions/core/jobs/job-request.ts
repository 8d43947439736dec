/** A file that a station fetches or puts: one of the tenant's by its key, or an address that somebody named. */
export type FileRef = { readonly key: string } | { readonly location: string };

/** In every request that starts a job. `requestId` is new with every attempt, within 31 bits. */
interface JobStart {
  readonly jobId: string;
  readonly requestId: number;
  readonly file: FileRef;
  /** How often the station tries by itself, and how long it waits in between. */
  readonly retries?: number;
  readonly retryIntervalS?: number;
}

interface Update {
  /** Of an image of ours; and the version that the station is to report afterwards, where it is known. */
  readonly firmwareId?: string;
  readonly version?: string;
  /** When the station may fetch the image, and install it. Epoch milliseconds. */
  readonly retrieveAt: number;
  readonly installAt?: number;
}

interface Upload extends JobStart {
  /** Of when it is to tell. Epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
}

/** Requests that start something a station works on long after it has answered. */
export type JobRequest =
  | (JobStart & Update & { readonly kind: 'UPDATE_FIRMWARE' })
  | (JobStart &
      Update & {
        readonly kind: 'UPDATE_SIGNED_FIRMWARE';
        /** PEM, and the Base64 signature over the image made with its key. */
        readonly signingCertificate: string;
        readonly signature: string;
      })
  | (Upload & { readonly kind: 'UPLOAD_DIAGNOSTICS' })
  | (Upload & { readonly kind: 'UPLOAD_LOG' })
  | (Upload & { readonly kind: 'UPLOAD_SECURITY_LOG' })
  /** `checksum`: MD5 of the image, 32 hexadecimal characters. */
  | (JobStart & { readonly kind: 'PUBLISH_FIRMWARE'; readonly checksum: string });

export type JobKind = 'FIRMWARE' | 'LOG' | 'DIAGNOSTICS' | 'PUBLISH_FIRMWARE';

const kinds: Readonly<Record<JobRequest['kind'], JobKind>> = {
  UPDATE_FIRMWARE: 'FIRMWARE',
  UPDATE_SIGNED_FIRMWARE: 'FIRMWARE',
  UPLOAD_DIAGNOSTICS: 'DIAGNOSTICS',
  UPLOAD_LOG: 'LOG',
  UPLOAD_SECURITY_LOG: 'LOG',
  PUBLISH_FIRMWARE: 'PUBLISH_FIRMWARE',
};

export function jobKind({ kind }: JobRequest): JobKind {
  return kinds[kind];
}

/** Whether the station puts the file, rather than fetching it. */
export function isUpload(request: JobRequest): boolean {
  return jobKind(request) === 'LOG' || jobKind(request) === 'DIAGNOSTICS';
}

/** The request that a command carries, when it starts a job. */
export function jobRequestOf(request: { readonly kind: string }): JobRequest | undefined {
  return Object.hasOwn(kinds, request.kind) ? (request as JobRequest) : undefined;
}
