import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  specifiedRules,
  validate,
} from 'graphql';
import type { AppSyncHostConfig } from './config.ts';
import { toRequestError } from './errors.ts';

/** A request that names one operation of a valid document. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode | undefined>>;
}

/** The request cannot run; `errors` are ready to send. */
export class InvalidRequestError extends Error {
  readonly errors: readonly unknown[];
  /** 200 with errors for a document that breaks the schema, 400 for one that is none. */
  readonly statusCode: 200 | 400;

  constructor(errors: readonly unknown[], statusCode: 200 | 400 = 200) {
    super('The GraphQL request is not valid');
    this.errors = errors;
    this.statusCode = statusCode;
  }
}

/** A request that is not GraphQL at all. */
export function malformedRequest(message: string): InvalidRequestError {
  return new InvalidRequestError([{ errorType: 'MalformedHttpRequestException', message }], 400);
}

const CACHED_DOCUMENTS = 500;

function depthOf(set: SelectionSetNode | undefined, fragments: PreparedOperation['fragments']): number {
  const depths = (set?.selections ?? []).map((node) => {
    if (node.kind === Kind.FIELD) return 1 + depthOf(node.selectionSet, fragments);
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
    return depthOf(inner?.selectionSet, fragments);
  });
  return Math.max(0, ...depths);
}

function parseDocument(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: 15_000 });
  } catch {
    throw malformedRequest('Unable to parse GraphQL query.');
  }
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  return Object.fromEntries(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
}

/** Checks requests against the schema and the API's limits. The function it gives throws InvalidRequestError. */
export function createDocumentReader(
  schema: GraphQLSchema,
  config: Pick<AppSyncHostConfig, 'introspection' | 'queryDepthLimit'>,
): (query: string, operationName?: string) => PreparedOperation {
  const valid = new Map<string, DocumentNode>();
  const rules =
    config.introspection === 'DISABLED'
      ? [...specifiedRules, NoSchemaIntrospectionCustomRule]
      : specifiedRules;
  const read = (query: string): DocumentNode => {
    const known = valid.get(query);
    if (known !== undefined) return known;
    const document = parseDocument(query);
    const errors = validate(schema, document, rules);
    if (errors.length > 0) throw new InvalidRequestError(errors.map(toRequestError));
    const oldest = valid.keys().next();
    if (valid.size >= CACHED_DOCUMENTS && oldest.done !== true) valid.delete(oldest.value);
    valid.set(query, document);
    return document;
  };

  return (query, operationName) => {
    const document = read(query);
    const operation = getOperationAST(document, operationName);
    if (operation == null) throw malformedRequest('Must provide an operation.');
    const fragments = fragmentsOf(document);
    const depthLimit = config.queryDepthLimit || Number.POSITIVE_INFINITY;
    if (depthOf(operation.selectionSet, fragments) > depthLimit) {
      const message = `Query depth exceeds the limit of ${depthLimit}`;
      throw new InvalidRequestError([{ errorType: 'QueryDepthLimitReached', message }]);
    }
    return { document, operation, fragments };
  };
}
