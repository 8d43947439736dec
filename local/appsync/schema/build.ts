import {
  assertValidSchema,
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLField,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isScalarType,
  Kind,
  parse,
} from 'graphql';
import { APPSYNC_DIRECTIVES, APPSYNC_SCALARS } from './builtins.ts';
import { implementScalar } from './scalars.ts';

export interface AppSyncSchema {
  /** Fields resolve, scalars check: queries and mutations run on it. */
  readonly executable: GraphQLSchema;
  /** No resolvers, scalars as they are: what a mutation answered is shaped for subscribers with it. */
  readonly delivery: GraphQLSchema;
  /** Names of the subscription fields a mutation field triggers. */
  readonly subscriptionsOf: ReadonlyMap<string, readonly string[]>;
}

const OWN_DIRECTIVES = new Set([...APPSYNC_DIRECTIVES.matchAll(/@(\w+)/g)].map((match) => match[1]));

function isBuiltin(node: DefinitionNode): boolean {
  if (node.kind === Kind.DIRECTIVE_DEFINITION) return OWN_DIRECTIVES.has(node.name.value);
  return (
    node.kind === Kind.SCALAR_TYPE_DEFINITION && APPSYNC_SCALARS.some((name) => name === node.name.value)
  );
}

function refuseCustomScalars(definitions: readonly DefinitionNode[]): void {
  const custom = definitions.flatMap((node) =>
    node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [],
  );
  if (custom.length > 0) {
    throw new Error(
      `AppSync has no custom scalars: ${custom.join(', ')}. Use ${APPSYNC_SCALARS.join(', ')}.`,
    );
  }
}

function completeDocument(sdl: string): DocumentNode {
  const own = parse(sdl).definitions.filter((node) => !isBuiltin(node));
  refuseCustomScalars(own);
  const builtins = parse(
    APPSYNC_SCALARS.map((name) => `scalar ${name}`).join('\n') + APPSYNC_DIRECTIVES,
  ).definitions;
  return { kind: Kind.DOCUMENT, definitions: [...own, ...builtins] };
}

/** Mutations named by a field's `@aws_subscribe`. */
function triggersOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): readonly string[] {
  const directive = schema.getDirective('aws_subscribe');
  if (field.astNode == null || directive == null) return [];
  const mutations = getDirectiveValues(directive, field.astNode)?.mutations;
  return Array.isArray(mutations) ? mutations.map(String) : [];
}

function collectSubscriptions(schema: GraphQLSchema): Map<string, string[]> {
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const subscriptionsOf = new Map<string, string[]>();
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    for (const name of triggersOf(schema, field)) {
      const mutation = mutations[name];
      if (mutation === undefined)
        throw new Error(`Subscription.${field.name} names unknown mutation ${name}`);
      if (getNamedType(mutation.type) !== getNamedType(field.type)) {
        throw new Error(`Subscription.${field.name} and Mutation.${name} must have the same type`);
      }
      subscriptionsOf.set(name, [...(subscriptionsOf.get(name) ?? []), field.name]);
    }
  }
  return subscriptionsOf;
}

/**
 * Builds the schemas of an API from its SDL.
 * @throws Error on invalid SDL, a custom scalar, or an `@aws_subscribe` AppSync would not accept.
 */
export function buildAppSyncSchema(sdl: string): AppSyncSchema {
  const document = completeDocument(sdl);
  const executable = buildASTSchema(document);
  assertValidSchema(executable);
  for (const name of APPSYNC_SCALARS) {
    const type = executable.getType(name);
    if (isScalarType(type)) implementScalar(type, name);
  }
  return {
    executable,
    delivery: buildASTSchema(document),
    subscriptionsOf: collectSubscriptions(executable),
  };
}
