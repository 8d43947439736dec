import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { StationFile, StationFiles } from './station-files.ts';

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

/** The files in a bucket, as `StationFiles` promises them. */
export function s3Files({ bucket: Bucket }: { readonly bucket: string }): StationFiles {
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
