import { getLocation } from 'graphql';
import type { ModeName } from '../auth/caller.ts';
import { ResolverError } from '../errors.ts';
import type { CompiledCode, Outcome } from '../realm/realm.ts';
import type { RaisedError } from '../realm/shim/effects.ts';
import { type FieldCall, pathList, type RequestScope } from './scope.ts';
import { keepSelected, selectionSetList, selectionSetText } from './selection.ts';

const AUTH_TYPES: Readonly<Record<ModeName, string>> = {
  AMAZON_COGNITO_USER_POOLS: 'User Pool Authorization',
  AWS_IAM: 'IAM Authorization',
  OPENID_CONNECT: 'Open ID Connect Authorization',
};

/** AppSync's limit of `extensions.invalidateSubscriptions` calls in a request. */
const INVALIDATION_LIMIT = 5;

/** The context of a resolver between its handlers; each evaluation gets a copy and hands back its stash. */
export interface ResolverContext {
  stash: Record<string, unknown>;
  prev: { result: unknown } | null;
  readonly [member: string]: unknown;
}

/** Builds `ctx`. https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html */
export function createContext(
  scope: RequestScope,
  field: FieldCall,
  env: Readonly<Record<string, string>>,
): ResolverContext {
  const sets = field.nodes.map((node) => node.selectionSet);
  return {
    arguments: field.args,
    source: field.source ?? null,
    identity: scope.caller.identity,
    request: { headers: scope.headers, domainName: null },
    info: {
      fieldName: field.fieldName,
      parentTypeName: field.typeName,
      variables: scope.variables,
      selectionSetList: selectionSetList(sets, field.fragments, scope.variables),
      selectionSetGraphQL: selectionSetText(sets),
    },
    env,
    stash: {},
    prev: null,
  };
}

function toError(raised: RaisedError, scope: RequestScope, field: FieldCall): ResolverError {
  const sets = field.nodes.map((node) => node.selectionSet);
  const selected = selectionSetList(sets, field.fragments, scope.variables);
  return new ResolverError(
    raised.message,
    raised.errorType,
    keepSelected(raised.data, selected),
    raised.errorInfo,
  );
}

function recordEffects(outcome: Outcome, scope: RequestScope, field: FieldCall): void {
  for (const raised of outcome.appended) {
    const { message, errorType, data, errorInfo } = toError(raised, scope, field);
    const locations = field.nodes.flatMap(({ loc }) => {
      return loc === undefined ? [] : [{ ...getLocation(loc.source, loc.start), sourceName: null }];
    });
    scope.appended.push({ path: pathList(field.path), data, errorType, errorInfo, locations, message });
  }
  for (const [name, value] of Object.entries(outcome.responseHeaders))
    scope.responseHeaders[name] = String(value);
  scope.subscriptionFilter = outcome.subscriptionFilter ?? scope.subscriptionFilter;
  scope.invalidationFilter = outcome.invalidationFilter ?? scope.invalidationFilter;
  scope.invalidations.push(...outcome.invalidations);
  if (scope.invalidations.length > INVALIDATION_LIMIT) {
    throw new ResolverError(
      `At most ${INVALIDATION_LIMIT} invalidateSubscriptions calls in a request`,
      'Code',
    );
  }
}

/**
 * Runs one handler, keeps what it did in the request's scope and its stash in the context.
 * @throws ResolverError what the code raised; type `Code` when the code itself failed.
 */
export function evaluate(
  code: CompiledCode,
  handler: 'request' | 'response',
  context: ResolverContext,
  scope: RequestScope,
  field: FieldCall,
  log: (line: string) => void,
): Outcome {
  const outcome = code.run(handler, context, AUTH_TYPES[scope.caller.mode]);
  const name = `${field.typeName}.${field.fieldName}`;
  for (const line of outcome.logs) log(`${name}: ${line}`);
  recordEffects(outcome, scope, field);
  if (outcome.kind === 'fault') {
    log(`${name} ${handler}: ${outcome.fault ?? ''}`);
    throw new ResolverError('Runtime Error', 'Code', null, {
      codeErrors: [{ errorType: 'RUNTIME_ERROR', value: outcome.fault ?? '' }],
    });
  }
  if (outcome.error !== undefined) throw toError(outcome.error, scope, field);
  context.stash = outcome.stash ?? {};
  return outcome;
}
