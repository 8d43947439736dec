/** An image that stations of a model can be given. Times in epoch milliseconds. */
export interface Firmware {
  readonly firmwareId: string;
  readonly vendor?: string;
  /** As the stations name themselves; absent for an image that fits more than one. */
  readonly model?: string;
  /** What stations report once they run it. */
  readonly version: string;
  readonly fileName: string;
  /** Where the image is, among the tenant's files. */
  readonly key: string;
  /** Lower-case hexadecimal digests of the image; MD5 for local controllers, which know no other. */
  readonly sha256: string;
  readonly md5?: string;
  /** Base64 signature over the image, and the PEM certificate with whose key it was made. */
  readonly signature?: string;
  readonly signingCertificate?: string;
  readonly createdAt: number;
  readonly createdBy?: string;
}
