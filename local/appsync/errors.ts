import {
  GraphQLError,
  type GraphQLSchema,
  getNullableType,
  isObjectType,
  type SourceLocation,
} from 'graphql';

const NULL_VIOLATION = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/;

/** AppSync's error: what stands in `errors[]` of every answer and of every refused subscription. */
export interface AppSyncError {
  path: readonly (string | number)[] | null;
  data: unknown;
  errorType: string | null;
  errorInfo: unknown;
  locations: readonly { line: number; column: number; sourceName: null }[] | null;
  message: string;
}

/** A failure with AppSync's own attributes: `util.error`, a data source's error, a refused field. */
export class ResolverError extends Error {
  readonly errorType: string | null;
  readonly data: unknown;
  readonly errorInfo: unknown;

  constructor(message: string, errorType: string | null = null, data?: unknown, errorInfo?: unknown) {
    super(message);
    this.errorType = errorType;
    this.data = data ?? null;
    this.errorInfo = errorInfo ?? null;
  }
}

/** The field exists, this caller may not have it. */
export function unauthorizedField(typeName: string, fieldName: string): ResolverError {
  return new ResolverError(`Not Authorized to access ${fieldName} on type ${typeName}`, 'Unauthorized');
}

function toLocations(locations: readonly SourceLocation[] | undefined): AppSyncError['locations'] {
  return locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null;
}

/** AppSync's wording for a missing non-null value; undefined for any other error. */
function nullMessage(error: GraphQLError, schema: GraphQLSchema): string | undefined {
  const [, parent, field] = NULL_VIOLATION.exec(error.message) ?? [];
  if (parent === undefined || field === undefined) return undefined;
  const type = schema.getType(parent);
  const wanted = isObjectType(type) ? getNullableType(type.getFields()[field]?.type) : undefined;
  const path = (error.path ?? []).map(String).join('/');
  return `Cannot return null for non-nullable type: '${String(wanted)}' within parent '${parent}' (/${path})`;
}

/** Gives an error AppSync's shape. Failures that are not a resolver's own lose their inner message. */
export function toAppSyncError(error: GraphQLError, schema: GraphQLSchema): AppSyncError {
  const original = error.originalError;
  const own = original instanceof ResolverError ? original : undefined;
  const missing = own === undefined ? nullMessage(error, schema) : undefined;
  const isInternal = !own && missing === undefined && original && !(original instanceof GraphQLError);
  return {
    path: error.path ?? null,
    data: own?.data ?? null,
    errorType: own?.errorType ?? (isInternal ? 'InternalFailure' : null),
    errorInfo: own?.errorInfo ?? null,
    locations: toLocations(error.locations),
    message:
      missing ?? (isInternal ? 'An internal failure occurred while resolving this field.' : error.message),
  };
}

/** The error of a document that never ran. */
export function toRequestError(error: GraphQLError): Pick<AppSyncError, 'path' | 'locations' | 'message'> {
  return { path: null, locations: toLocations(error.locations), message: error.message };
}
