import { dynamodb } from './dynamodb.ts';
import {
  closed,
  type Effects,
  type Invalidation,
  isSignal,
  noEffects,
  notImitated,
  type RaisedError,
  type Signal,
} from './effects.ts';
import {
  autoId,
  autoUlid,
  base64Decode,
  base64Encode,
  matches,
  normalize,
  urlDecode,
  urlEncode,
} from './text.ts';
import { time } from './time.ts';
import { transform } from './transform.ts';

/** The compiled module of a resolver, called anew for each evaluation so that no state is kept. */
export type ModuleFactory = (
  module: { exports: Record<string, unknown> },
  require: (name: string) => unknown,
  util: unknown,
  extensions: unknown,
  runtime: unknown,
  console: unknown,
) => void;

/** What an evaluation hands back, as JSON. */
export interface Outcome extends Effects {
  readonly kind: 'value' | 'early' | 'error' | 'fault';
  readonly value?: unknown;
  readonly skipTo?: 'END' | 'NEXT' | null;
  readonly error?: RaisedError;
  readonly fault?: string;
  readonly stash?: Record<string, unknown>;
}

const stringify = JSON.stringify;

function raise(signal: Signal): never {
  throw signal;
}

function raised(message: unknown, errorType: unknown, data: unknown, errorInfo: unknown): RaisedError {
  const type = typeof errorType === 'string' ? errorType : null;
  return { message: String(message), errorType: type, data: data ?? null, errorInfo: errorInfo ?? null };
}

function createUtil(effects: Effects, authType: string, fieldName: string, typeName: string): unknown {
  const unauthorized = (): never =>
    raise({
      signal: 'error',
      error: raised(`Not Authorized to access ${fieldName} on type ${typeName}`, 'Unauthorized', null, null),
    });
  return closed('util', {
    autoId,
    autoUlid,
    base64Decode,
    base64Encode,
    matches,
    urlDecode,
    urlEncode,
    authType: () => authType,
    unauthorized,
    error: (message: unknown, type?: unknown, data?: unknown, info?: unknown): never =>
      raise({ signal: 'error', error: raised(message, type, data, info) }),
    appendError: (message: unknown, type?: unknown, data?: unknown, info?: unknown) => {
      effects.appended.push(raised(message, type, data, info));
    },
    dynamodb,
    time,
    transform,
    http: closed('util.http', {
      copyHeaders: (headers: object) => ({ ...headers }),
      addResponseHeader: (name: string, value: unknown) => {
        effects.responseHeaders[name] = value;
      },
      addResponseHeaders: (headers: object) => {
        Object.assign(effects.responseHeaders, headers);
      },
    }),
    math: closed('util.math', {
      roundNum: Math.round,
      minVal: Math.min,
      maxVal: Math.max,
      randomDouble: Math.random,
      randomWithinRange: (start: number, end: number) => start + Math.floor(Math.random() * (end - start)),
    }),
    str: closed('util.str', { normalize }),
  });
}

function createExtensions(effects: Effects): unknown {
  return closed('extensions', {
    setSubscriptionFilter: (filter: unknown) => {
      effects.subscriptionFilter = filter;
    },
    setSubscriptionInvalidationFilter: (filter: unknown) => {
      effects.invalidationFilter = filter;
    },
    invalidateSubscriptions: (invalidation: Invalidation) => {
      effects.invalidations.push(invalidation);
    },
  });
}

const runtime = closed('runtime', {
  earlyReturn: (value?: unknown, options?: { skipTo?: 'END' | 'NEXT' }): never =>
    raise({ signal: 'early', value: value ?? null, skipTo: options?.skipTo ?? null }),
});

function createConsole(effects: Effects): unknown {
  const write = (...parts: unknown[]): void => {
    effects.logs.push(parts.map((part) => (typeof part === 'string' ? part : stringify(part))).join(' '));
  };
  return closed('console', { log: write, warn: write, error: write });
}

/** Runs one handler of a resolver on a context given as JSON and returns its {@link Outcome} as JSON. */
export function evaluate(
  factory: ModuleFactory,
  handler: string,
  contextJson: string,
  authType: string,
): string {
  const effects = noEffects();
  const ctx = JSON.parse(contextJson);
  ctx.args = ctx.arguments;
  const settle = (end: Partial<Outcome>): string => stringify({ ...effects, stash: ctx.stash, ...end });
  try {
    const util = createUtil(effects, authType, ctx.info.fieldName, ctx.info.parentTypeName);
    const extensions = createExtensions(effects);
    const require = (name: string): unknown =>
      name === '@aws-appsync/utils' ? { util, extensions, runtime } : notImitated(`import of ${name}`);
    const module: { exports: Record<string, unknown> } = { exports: {} };
    factory(module, require, util, extensions, runtime, createConsole(effects));
    const run = module.exports[handler];
    if (typeof run !== 'function') throw new Error(`The code exports no ${handler} function`);
    return settle({ kind: 'value', value: run(ctx) ?? null });
  } catch (error) {
    if (!isSignal(error)) return settle({ kind: 'fault', fault: String(error) });
    if (error.signal === 'error') return settle({ kind: 'error', error: error.error });
    return settle({ kind: 'early', value: error.value, skipTo: error.skipTo });
  }
}
