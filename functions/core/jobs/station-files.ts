/** A file that is there. */
export interface StoredFile {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

/**
 * Files that stations put or fetch, of one tenant: keys begin with what a file is (`firmware/`, `uploads/`), and reach
 * no other tenant's. An address is good for the seconds at most, and no longer than the credentials it was signed with.
 */
export interface StationFiles {
  uploadUrl(key: string, expiresInS: number): Promise<string>;
  downloadUrl(key: string, expiresInS: number): Promise<string>;
  /** All files whose keys begin with the prefix. */
  listFiles(prefix: string): Promise<readonly StoredFile[]>;
}

/** Where a station's uploads of one job are. */
export function uploadsPrefix(stationId: string, jobId: string): string {
  return `uploads/${encodeURIComponent(stationId)}/${encodeURIComponent(jobId)}/`;
}

/** Where an image is. */
export function imageKey(firmwareId: string, fileName: string): string {
  return `firmware/${encodeURIComponent(firmwareId)}/${encodeURIComponent(fileName)}`;
}
