// The realm loses these globals once the runtime stands, so they are kept here.
const RealmProxy = Proxy;
const readMember = Reflect.get;

/** `util.error` and its like, as they stand in the outcome. */
export interface RaisedError {
  readonly message: string;
  readonly errorType: string | null;
  readonly data: unknown;
  readonly errorInfo: unknown;
}

export interface Invalidation {
  readonly subscriptionField: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What one evaluation did besides returning a value. */
export interface Effects {
  appended: RaisedError[];
  subscriptionFilter: unknown;
  invalidationFilter: unknown;
  invalidations: Invalidation[];
  responseHeaders: Record<string, unknown>;
  logs: string[];
}

export function noEffects(): Effects {
  return {
    appended: [],
    subscriptionFilter: null,
    invalidationFilter: null,
    invalidations: [],
    responseHeaders: {},
    logs: [],
  };
}

/** Thrown to end an evaluation. APPSYNC_JS has no `try`, so resolver code never sees one. */
export type Signal =
  | { readonly signal: 'error'; readonly error: RaisedError }
  | { readonly signal: 'early'; readonly value: unknown; readonly skipTo: 'END' | 'NEXT' | null };

export function isSignal(value: unknown): value is Signal {
  return typeof value === 'object' && value !== null && 'signal' in value;
}

/** A part of the runtime that this host does not have: a clear stop, never a silent `undefined`. */
export function notImitated(name: string): never {
  throw new Error(`${name} is not imitated by the local AppSync`);
}

/** Makes reading a member that is not there an error. */
export function closed<T extends object>(name: string, members: T): T {
  return new RealmProxy(Object.freeze(members), {
    get: (target, key) => {
      if (typeof key === 'symbol' || key in target) return readMember(target, key);
      return notImitated(`${name}.${key}`);
    },
  });
}
