import { createContext, runInContext, Script } from 'node:vm';
import { buildSync, transformSync } from 'esbuild';
import type { evaluate, ModuleFactory, Outcome } from './shim/main.ts';

export type { Outcome } from './shim/main.ts';

/** CloudFormation's limit for `Code` of a resolver or function. */
const CODE_LIMIT_CHARACTERS = 32_768;

/** What APPSYNC_JS code may reach by name; everything else is taken away. */
const GLOBALS = [
  ...['Object', 'Array', 'String', 'Number', 'Boolean', 'Math', 'JSON', 'Error', 'NaN', 'Infinity'],
  ...['undefined', 'parseInt', 'parseFloat', 'isNaN', 'isFinite'],
];

const BARE_REALM = `{
  const everything = globalThis;
  for (const name of Object.getOwnPropertyNames(everything)) {
    if (!${JSON.stringify(GLOBALS)}.includes(name)) delete everything[name];
  }
  for (const shared of [Object, Array, String, Number, Boolean, Math, JSON, Error]) {
    Object.freeze(shared);
    if (shared.prototype) Object.freeze(shared.prototype);
  }
  Object.freeze(Object.getPrototypeOf(() => 0));
}`;

/** One handler set of a resolver or function, ready to evaluate. */
export interface CompiledCode {
  readonly run: (handler: 'request' | 'response', context: unknown, authType: string) => Outcome;
}

/** Where resolver code runs. Nothing of the host is reachable in it: only JSON text goes in and comes out. */
export interface Realm {
  /** @throws Error when the code is no valid module, is too long or lacks a handler. */
  readonly compile: (name: string, code: string) => CompiledCode;
}

let shimSource: string | undefined;

function bundleShim(): string {
  shimSource ??= buildSync({
    entryPoints: [`${import.meta.dirname}/shim/main.ts`],
    bundle: true,
    format: 'iife',
    globalName: 'shim',
    platform: 'neutral',
    write: false,
  }).outputFiles[0]?.text;
  if (shimSource === undefined) throw new Error('The resolver runtime could not be bundled');
  return shimSource;
}

function toCommonJs(name: string, code: string): string {
  if (code.length > CODE_LIMIT_CHARACTERS) {
    throw new Error(`${name}: ${code.length} characters of code, AppSync takes ${CODE_LIMIT_CHARACTERS}`);
  }
  try {
    return transformSync(code, { format: 'cjs', target: 'esnext', logLevel: 'silent' }).code;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function requireHandlers(name: string, commonJs: string): void {
  for (const handler of ['request', 'response']) {
    if (!new RegExp(`^\\s+${handler}: \\(\\) =>`, 'm').test(commonJs)) {
      throw new Error(`${name}: the code exports no ${handler} function`);
    }
  }
}

/**
 * Creates a realm with APPSYNC_JS's globals. Module code is evaluated anew on every call and the realm's own
 * objects are frozen, so no state passes from one evaluation to the next.
 */
export function createRealm(): Realm {
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  const run: typeof evaluate = runInContext(`${bundleShim()}; shim.evaluate`, context);
  runInContext(BARE_REALM, context);

  const compile = (name: string, code: string): CompiledCode => {
    const source = toCommonJs(name, code);
    requireHandlers(name, source);
    const wrapped = `(function (module, require, util, extensions, runtime, console) {'use strict';${source}\n})`;
    const factory: ModuleFactory = new Script(wrapped, { filename: name }).runInContext(context);
    return {
      run: (handler, input, authType) => JSON.parse(run(factory, handler, JSON.stringify(input), authType)),
    };
  };
  return { compile };
}
