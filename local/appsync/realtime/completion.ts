import { execute, type GraphQLSchema } from 'graphql';
import type { PreparedOperation } from '../document.ts';
import { type AppSyncError, toAppSyncError } from '../errors.ts';

/** What a subscriber selected of a subscription's field. */
export interface Selection {
  readonly fieldName: string;
  readonly prepared: PreparedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Completed {
  readonly data: unknown;
  readonly errors?: readonly AppSyncError[];
}

/**
 * Shapes a value of the subscription's field to what the subscriber selected; a missing non-null field becomes an
 * error there. `schema` is one without resolvers.
 */
export function complete(
  schema: GraphQLSchema,
  { fieldName, prepared, variables }: Selection,
  value: unknown,
): Completed {
  const { document, operation } = prepared;
  const result = execute({
    schema,
    document,
    operationName: operation.name?.value,
    variableValues: { ...variables },
    rootValue: { [fieldName]: value },
  });
  if (result instanceof Promise || !('data' in result)) throw new Error('A delivery has nothing to wait for');
  const data = result.data ?? null;
  return result.errors === undefined
    ? { data }
    : { data, errors: result.errors.map((error) => toAppSyncError(error, schema)) };
}
