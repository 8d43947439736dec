import type { FieldNode } from 'graphql';
import {
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getVariableValues,
  isObjectType,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Caller } from '../auth/caller.ts';
import type { Admits } from '../auth/directives.ts';
import { InvalidRequestError, type PreparedOperation } from '../document.ts';
import { ResolverError, unauthorizedField } from '../errors.ts';
import type { RunResolver } from '../resolve/resolvers.ts';
import { createScope } from '../resolve/scope.ts';
import { complete } from './completion.ts';
import { InvalidFilterError, readFilter } from './filters.ts';
import type { Subscription } from './subscriptions.ts';

export interface SubscribeRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

export type AdmittedSubscription = Omit<Subscription, 'deliver' | 'invalidate'>;

/**
 * Decides on a subscription: document, field access, the field's resolver, then whether its answer is of the field's type.
 * @throws InvalidRequestError, ResolverError or InvalidFilterError when it is refused.
 */
export type Subscribe = (
  request: SubscribeRequest,
  caller: Caller,
  headers: Readonly<Record<string, string>>,
) => Promise<AdmittedSubscription>;

/** What every `errors` of a refused subscription consists of. */
export function refusalErrors(error: unknown): readonly unknown[] {
  if (error instanceof InvalidRequestError) return error.errors;
  if (error instanceof ResolverError) return [{ errorType: error.errorType, message: error.message }];
  if (error instanceof InvalidFilterError) {
    return [{ errorType: 'InvalidSubscriptionFilter', message: error.message }];
  }
  return [{ errorType: 'InternalFailure', message: 'The subscription could not be started.' }];
}

function rootField(set: SelectionSetNode, fragments: PreparedOperation['fragments']): FieldNode | undefined {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) return node;
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
    const found = inner === undefined ? undefined : rootField(inner.selectionSet, fragments);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A delivery resolves nothing, so access to every selected field is decided here. */
function refuseForbiddenFields(
  schema: GraphQLSchema,
  prepared: PreparedOperation,
  admits: Admits,
  caller: Caller,
): void {
  const types = new TypeInfo(schema);
  const check = visitWithTypeInfo(types, {
    Field: (node) => {
      const parent = types.getParentType();
      const field = types.getFieldDef();
      if (!isObjectType(parent) || field == null || node.name.value.startsWith('__')) return;
      if (!admits(parent, field, caller)) throw unauthorizedField(parent.name, field.name);
    },
  });
  visit(prepared.document, check);
}

function readVariables(
  schema: GraphQLSchema,
  { operation }: PreparedOperation,
  inputs: Readonly<Record<string, unknown>>,
) {
  const { variableValues, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
  if (variableValues !== undefined) return variableValues;
  throw new InvalidRequestError(errors.map(({ message }) => ({ message })));
}

function readArguments(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: ReturnType<typeof readVariables>,
) {
  try {
    return { ...getArgumentValues(field, node, variables) };
  } catch (error) {
    throw new InvalidRequestError([
      { message: error instanceof GraphQLError ? error.message : 'Invalid arguments' },
    ]);
  }
}

export function createSubscribe(
  schema: GraphQLSchema,
  delivery: GraphQLSchema,
  readDocument: (query: string, operationName?: string) => PreparedOperation,
  admits: Admits,
  resolvers: ReadonlyMap<string, RunResolver>,
): Subscribe {
  return async (request, caller, headers) => {
    const prepared = readDocument(request.query, request.operationName);
    const type = schema.getSubscriptionType();
    const node = rootField(prepared.operation.selectionSet, prepared.fragments);
    const field = node && type?.getFields()[node.name.value];
    if (
      prepared.operation.operation !== OperationTypeNode.SUBSCRIPTION ||
      type == null ||
      node === undefined ||
      field === undefined
    ) {
      const message = 'Only subscriptions are served by the real-time endpoint.';
      throw new InvalidRequestError([{ errorType: 'UnsupportedOperation', message }]);
    }
    refuseForbiddenFields(schema, prepared, admits, caller);
    const args = readArguments(field, node, readVariables(schema, prepared, request.variables));
    const scope = createScope(caller, headers, request.variables);
    const value = await resolvers.get(`${type.name}.${field.name}`)?.(scope, {
      typeName: type.name,
      fieldName: field.name,
      args,
      source: null,
      nodes: [node],
      fragments: prepared.fragments,
      path: { prev: undefined, key: (node.alias ?? node.name).value, typename: type.name },
    });
    const [appended] = scope.appended;
    if (appended !== undefined) throw new ResolverError(appended.message, appended.errorType);
    const asked = { fieldName: field.name, prepared, variables: request.variables };
    const { errors } = complete(delivery, asked, value);
    if (errors !== undefined) throw new InvalidRequestError(errors);
    return {
      ...asked,
      args,
      filter: scope.subscriptionFilter === null ? null : readFilter(scope.subscriptionFilter),
      invalidationFilter: scope.invalidationFilter === null ? null : readFilter(scope.invalidationFilter),
    };
  };
}
