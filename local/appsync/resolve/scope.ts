import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo } from 'graphql';
import type { Caller } from '../auth/caller.ts';
import type { AppSyncError } from '../errors.ts';
import type { Invalidation } from '../realm/shim/effects.ts';
import type { PendingBatch } from './batch.ts';

export type FieldPath = GraphQLResolveInfo['path'];

/** What lives as long as one GraphQL request, or one `start` of a subscription. */
export interface RequestScope {
  readonly caller: Caller;
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Errors added by `util.appendError`. */
  readonly appended: AppSyncError[];
  readonly invalidations: Invalidation[];
  readonly responseHeaders: Record<string, string>;
  readonly batches: Map<string, PendingBatch>;
  subscriptionFilter: unknown;
  invalidationFilter: unknown;
  resolverCount: number;
}

/** One field to resolve. */
export interface FieldCall {
  readonly typeName: string;
  readonly fieldName: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly source: unknown;
  readonly nodes: readonly FieldNode[];
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode | undefined>>;
  readonly path: FieldPath | undefined;
}

export function createScope(
  caller: Caller,
  headers: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, unknown>>,
): RequestScope {
  return {
    caller,
    headers,
    variables,
    appended: [],
    invalidations: [],
    responseHeaders: {},
    batches: new Map(),
    subscriptionFilter: null,
    invalidationFilter: null,
    resolverCount: 0,
  };
}

/** A response path as a list, root first. */
export function pathList(path: FieldPath | undefined): (string | number)[] {
  return path === undefined ? [] : [...pathList(path.prev), path.key];
}
