/** One attribute value as it travels: `{ S: 'x' }`, `{ N: '1' }`, `{ M: {...} }`. */
export type AttributeValue = Record<string, unknown>;

/** Attributes by name, as stored and as sent. */
export type Item = Record<string, AttributeValue>;

/** A parsed JSON object of the DynamoDB protocol, not yet checked. */
export type Body = Record<string, unknown>;

/** An HTTP answer of the DynamoDB protocol. */
export interface Answer {
  readonly status: number;
  readonly body: Body;
  /** Units that the body does not show: a failed condition consumes write units, too. */
  readonly hiddenUnits?: { readonly readUnits: number; readonly writeUnits: number };
}

/** What answers the DynamoDB and DynamoDB Streams operations behind the front. */
export interface Engine {
  /** Runs one operation; service errors are answers with status 400, they are not thrown. */
  call(operation: string, input: Body): Promise<Answer>;
  /** Name of the partition key attribute of a table or of one of its indexes; undefined when it is unknown. */
  partitionKeyOf(tableName: string, indexName?: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Where the emulated tables are said to live. */
export interface Location {
  readonly region: string;
  readonly account: string;
}

const SERVICE_TYPES = 'com.amazonaws.dynamodb.v20120810#';
const VALIDATION_TYPES = 'com.amazon.coral.validate#';
const CORAL_TYPES = 'com.amazon.coral.service#';

/** A refusal that becomes an HTTP answer in the shape the SDK reads. */
export class ServiceError extends Error {
  readonly statusCode: number = 400;
  readonly body: Body;
  hiddenUnits?: { readonly readUnits: number; readonly writeUnits: number };

  constructor(body: Body) {
    super(String(body.message ?? body.Message ?? ''));
    this.body = body;
  }
}

/** The request breaks a documented constraint. */
export function validationError(message: string): ServiceError {
  return new ServiceError({ __type: `${VALIDATION_TYPES}ValidationException`, message });
}

/** An error of the DynamoDB model, such as `ResourceNotFoundException`. */
export function serviceError(name: string, message: string, more: Body = {}): ServiceError {
  return new ServiceError({ __type: `${SERVICE_TYPES}${name}`, message, ...more });
}

/** An error of the AWS front, such as `UnrecognizedClientException`. */
export function coralError(name: string, message?: string): ServiceError {
  return new ServiceError({ __type: `${CORAL_TYPES}${name}`, ...(message === undefined ? {} : { message }) });
}

/** The error answer for anything thrown by the engine or by dynalite, whose errors carry `statusCode` and `body`. */
export function answerToError(error: unknown): Answer {
  if (error instanceof Error && 'body' in error && 'statusCode' in error) {
    const { statusCode, body, hiddenUnits } = error as ServiceError;
    return { status: statusCode, body, ...(hiddenUnits === undefined ? {} : { hiddenUnits }) };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: { __type: `${SERVICE_TYPES}InternalServerError`, message } };
}

/** The short name in an error body's `__type`: `ValidationException`. */
export function errorName(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('body' in error)) return undefined;
  return String((error as ServiceError).body.__type)
    .split('#')
    .pop();
}

/** The value when it is a JSON object, else an empty one. */
export function asObject(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

/** The value when it is a JSON array, else an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
