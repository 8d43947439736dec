import type { AppSyncHostConfig, ResolverConfig } from '../config.ts';
import { ResolverError } from '../errors.ts';
import { type CompiledCode, createRealm } from '../realm/realm.ts';
import { createDataSource, type DataSource } from './data-source.ts';
import { createContext, evaluate, type ResolverContext } from './evaluation.ts';
import type { FieldCall, RequestScope } from './scope.ts';

/** Resolves a field. @throws ResolverError */
export type RunResolver = (scope: RequestScope, field: FieldCall) => Promise<unknown>;

/** A data source call between two handlers: a unit resolver, or one function of a pipeline. */
interface Step {
  readonly name: string;
  readonly code: CompiledCode;
  readonly dataSource: DataSource;
  readonly maxBatchSize: number | undefined;
}

interface StepEnd {
  readonly value: unknown;
  readonly skipTo: 'END' | 'NEXT' | null;
}

/** AppSync's own limit when the API sets none. */
const RESOLVER_COUNT_LIMIT = 10_000;

type Log = (line: string) => void;

async function runStep(
  step: Step,
  context: ResolverContext,
  scope: RequestScope,
  field: FieldCall,
  log: Log,
): Promise<StepEnd> {
  const request = evaluate(step.code, 'request', context, scope, field, log);
  if (request.kind === 'early') return { value: request.value ?? null, skipTo: request.skipTo ?? null };
  const { result, error } = await step.dataSource(request.value, scope, step.name, step.maxBatchSize);
  const response = evaluate(step.code, 'response', withResult(context, result, error), scope, field, log);
  context.stash = response.stash ?? context.stash;
  return { value: response.value ?? null, skipTo: response.skipTo ?? null };
}

function withResult(context: ResolverContext, result: unknown, error: unknown = null): ResolverContext {
  return error === null ? { ...context, result } : { ...context, result, error };
}

function pipeline(
  code: CompiledCode,
  steps: readonly Step[],
  env: Readonly<Record<string, string>>,
  log: Log,
): RunResolver {
  return async (scope, field) => {
    const context = createContext(scope, field, env);
    const before = evaluate(code, 'request', context, scope, field, log);
    context.prev = { result: before.value ?? null };
    for (const step of before.kind === 'early' ? [] : steps) {
      const end = await runStep(step, context, scope, field, log);
      context.prev = { result: end.value };
      if (end.skipTo === 'END') break;
    }
    const after = withResult(context, context.prev.result);
    return evaluate(code, 'response', after, scope, field, log).value ?? null;
  };
}

function counted(run: RunResolver, limit: number): RunResolver {
  return (scope, field) => {
    scope.resolverCount += 1;
    if (scope.resolverCount <= limit) return run(scope, field);
    throw new ResolverError(`Resolver count exceeds the limit of ${limit}`, 'ResolverExecutionLimitReached');
  };
}

/**
 * Compiles every resolver of the API. Keys are `Type.field`.
 * @throws Error on code that is no APPSYNC_JS module, an unknown data source, or two resolvers for a field.
 */
export function compileResolvers(config: AppSyncHostConfig): ReadonlyMap<string, RunResolver> {
  const realm = createRealm();
  const log = config.log ?? (() => undefined);
  const env = config.environmentVariables ?? {};
  const dataSources = new Map(
    config.dataSources.map((source) => [source.name, createDataSource(source, config.invoke)]),
  );
  const dataSourceOf = (owner: string, name: string | undefined): DataSource => {
    const found = name === undefined ? undefined : dataSources.get(name);
    if (found === undefined) throw new Error(`${owner}: no data source ${name ?? 'given'}`);
    return found;
  };
  const stepOf = (
    name: string,
    { code, dataSourceName, maxBatchSize }: Pick<ResolverConfig, 'code' | 'dataSourceName' | 'maxBatchSize'>,
  ): Step => ({
    name,
    code: realm.compile(name, code),
    dataSource: dataSourceOf(name, dataSourceName),
    maxBatchSize,
  });
  const compile = (resolver: ResolverConfig): RunResolver => {
    const name = `${resolver.typeName}.${resolver.fieldName}`;
    if (resolver.functions !== undefined) {
      const steps = resolver.functions.map((step) => stepOf(`${name}/${step.name}`, step));
      return pipeline(realm.compile(name, resolver.code), steps, env, log);
    }
    const step = stepOf(name, resolver);
    return async (scope, field) =>
      (await runStep(step, createContext(scope, field, env), scope, field, log)).value;
  };

  const limit = config.resolverCountLimit || RESOLVER_COUNT_LIMIT;
  const compiled = new Map<string, RunResolver>();
  for (const resolver of config.resolvers) {
    const name = `${resolver.typeName}.${resolver.fieldName}`;
    if (compiled.has(name)) throw new Error(`${name}: two resolvers`);
    compiled.set(name, counted(compile(resolver), limit));
  }
  return compiled;
}
