import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** A file that a listing names. */
export interface StationFile {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/**
 * Files that stations send or fetch, in one bucket. Keys are the caller's, and everything about who may see what hangs
 * on them: a key always begins with what the file is (`uploads/`), then the tenant's id, then the station's, so that
 * no prefix ever covers two tenants.
 */
export interface StationFiles {
  /** Where a station may put this one file, with a plain HTTP PUT and a Content-Length, until the seconds are over. */
  uploadUrl(key: string, expiresInS: number): Promise<string>;
  /** Where anybody who has the address may fetch this one file until the seconds are over. */
  downloadUrl(key: string, expiresInS: number): Promise<string>;
  /** Puts a file, or replaces it. */
  putFile(key: string, body: Uint8Array | string, contentType?: string): Promise<void>;
  /** The whole file, in memory; undefined when there is none. Needs `ListBucket`: without it S3 says "denied". */
  readFile(key: string): Promise<Uint8Array | undefined>;
  /** All files whose keys begin with the prefix, by key. Name one station: it reads every page. */
  listFiles(prefix: string): Promise<readonly StationFile[]>;
}

let client: S3Client | undefined;

/** A checksum in an address would be one of the file that is not there yet: stations send none. */
function s3(): S3Client {
  client ??= new S3Client({
    maxAttempts: 3,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return client;
}

/**
 * The files in a bucket. Addresses are good for seven days at most (S3 guide, "Download and upload objects with
 * presigned URLs"), and no longer than the credentials of the function that signed them, which Lambda changes after
 * some hours.
 */
export function stationFiles({ bucket: Bucket }: { readonly bucket: string }): StationFiles {
  return {
    uploadUrl: (Key, expiresIn) => getSignedUrl(s3(), new PutObjectCommand({ Bucket, Key }), { expiresIn }),
    downloadUrl: (Key, expiresIn) => getSignedUrl(s3(), new GetObjectCommand({ Bucket, Key }), { expiresIn }),
    async putFile(Key, Body, ContentType) {
      await s3().send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
    },
    async readFile(Key) {
      try {
        const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    listFiles: (prefix) => listAll(Bucket, prefix),
  };
}

async function listAll(Bucket: string, Prefix: string): Promise<StationFile[]> {
  const files: StationFile[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3().send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key !== undefined && LastModified !== undefined)
        files.push({ key: Key, sizeBytes: Size ?? 0, modifiedAt: LastModified });
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return files;
}
