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

/**
 * The files in a bucket. Addresses are good for seven days at most (S3 guide, "Download and upload objects with
 * presigned URLs"), and no longer than the credentials of the function that signed them, which Lambda changes after
 * some hours. S3's client is loaded with the first file: most that goes through a door with files has none.
 */
export function stationFiles(settings: { readonly bucket: string }): StationFiles {
  const files = async () => (await import('./s3-files.ts')).s3Files(settings);
  return {
    uploadUrl: async (...upload) => (await files()).uploadUrl(...upload),
    downloadUrl: async (...download) => (await files()).downloadUrl(...download),
    putFile: async (...file) => (await files()).putFile(...file),
    readFile: async (key) => (await files()).readFile(key),
    listFiles: async (prefix) => (await files()).listFiles(prefix),
  };
}
