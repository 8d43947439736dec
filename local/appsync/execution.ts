import {
  type ExecutionResult,
  execute,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import type { Admits } from './auth/directives.ts';
import type { GraphqlAnswer } from './config.ts';
import { InvalidRequestError, type PreparedOperation } from './document.ts';
import { toAppSyncError, unauthorizedField } from './errors.ts';
import type { RunResolver } from './resolve/resolvers.ts';
import type { RequestScope } from './resolve/scope.ts';

type Field = GraphQLField<unknown, RequestScope>;

function readProperty(source: unknown, name: string): unknown {
  return typeof source === 'object' && source !== null && Object.hasOwn(source, name)
    ? Reflect.get(source, name)
    : null;
}

function resolveField(
  type: GraphQLObjectType,
  field: Field,
  admits: Admits,
  run: RunResolver | undefined,
): NonNullable<Field['resolve']> {
  return (source, args, scope, info) => {
    if (!admits(type, field, scope.caller)) throw unauthorizedField(type.name, field.name);
    if (run === undefined) return readProperty(source, field.name);
    return run(scope, {
      typeName: type.name,
      fieldName: field.name,
      args,
      source,
      nodes: info.fieldNodes,
      fragments: info.fragments,
      path: info.path,
    });
  };
}

/**
 * Puts admission and resolvers on every field of the schema.
 * @throws Error when a resolver belongs to no field.
 */
export function attachResolvers(
  schema: GraphQLSchema,
  admits: Admits,
  resolvers: ReadonlyMap<string, RunResolver>,
): void {
  const orphans = new Set(resolvers.keys());
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      orphans.delete(name);
      field.resolve = resolveField(type, field, admits, resolvers.get(name));
    }
  }
  if (orphans.size > 0) throw new Error(`Resolvers without a field: ${[...orphans].join(', ')}`);
}

function answerOf(schema: GraphQLSchema, result: ExecutionResult, scope: RequestScope): GraphqlAnswer {
  const errors = [...(result.errors ?? []).map((error) => toAppSyncError(error, schema)), ...scope.appended];
  const data = result.data ?? null;
  return errors.length === 0 ? { data } : { data, errors };
}

async function beforeDeadline(work: Promise<GraphqlAnswer>, timeoutMs: number): Promise<GraphqlAnswer> {
  const { promise, resolve } = Promise.withResolvers<GraphqlAnswer>();
  const timer = setTimeout(() => {
    const errors = [{ errorType: 'ExecutionTimeout', message: 'Execution timed out.' }];
    resolve({ data: null, errors });
  }, timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a query or mutation within the request time limit. @throws InvalidRequestError for a subscription */
export async function executeOperation(
  schema: GraphQLSchema,
  prepared: PreparedOperation,
  scope: RequestScope,
  timeoutMs: number,
): Promise<GraphqlAnswer> {
  if (prepared.operation.operation === OperationTypeNode.SUBSCRIPTION) {
    const message = 'Subscriptions are served by the real-time endpoint.';
    throw new InvalidRequestError([{ errorType: 'UnsupportedOperation', message }], 400);
  }
  const run = async (): Promise<GraphqlAnswer> => {
    const result = await execute({
      schema,
      document: prepared.document,
      operationName: prepared.operation.name?.value,
      contextValue: scope,
      variableValues: { ...scope.variables },
      rootValue: null,
    });
    return answerOf(schema, result, scope);
  };
  return beforeDeadline(run(), timeoutMs);
}
