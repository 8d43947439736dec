/** A refusal as an AWS service words it: `name` is the error code the SDK turns into an exception class. */
export class AwsError extends Error {
  override readonly name: string;
  readonly status: number;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

/** The answer to a call that no part of the local cloud takes. */
export function notImplemented(call: string): AwsError {
  return new AwsError(501, 'NotImplemented', `The local cloud does not answer ${call} (see local/README.md)`);
}
