import { AwsError } from '../aws/aws-error.ts';

/** A refusal of S3, which tells more in elements of its own beside code and message. */
export class S3Error extends AwsError {
  readonly details: Readonly<Record<string, string>>;
  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(status, code, message);
    this.details = details;
  }
}

/** What the JSON services call differently. */
const namesOfS3: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidAccessKeyId',
};

/** Any error as S3 would name it. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof AwsError)
    return new S3Error(error.status, namesOfS3[error.name] ?? error.name, error.message);
  return new S3Error(500, 'InternalError', error instanceof Error ? error.message : String(error));
}
