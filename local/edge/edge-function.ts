import { createHash, createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import vm from 'node:vm';

/** One value, or several in order of appearance; values are as they stand on the wire, not decoded. */
export interface EdgeValue {
  value: string;
  multiValue?: { value: string }[];
}

/** `event.request` of a viewer-request function. Header names are lower-case. */
export interface EdgeFunctionRequest {
  method: string;
  uri: string;
  querystring: Record<string, EdgeValue>;
  headers: Record<string, EdgeValue>;
  cookies: Record<string, EdgeValue>;
}

/** The event of a viewer-request function. */
export interface EdgeFunctionEvent {
  version: '1.0';
  context: {
    distributionDomainName: string;
    distributionId: string;
    eventType: 'viewer-request';
    requestId: string;
  };
  viewer: { ip: string };
  request: EdgeFunctionRequest;
}

/** Runs the function; what it returned is unchecked. Throws what the function throws. */
export type EdgeFunction = (event: EdgeFunctionEvent) => unknown;

const MAX_CODE_BYTES = 10 * 1024;
// The real limit is about 1 ms of CPU; a first call here compiles, and a busy machine is no reason to fail.
/** Far beyond what AWS allows: it only has to end a loop, on a machine that may be busy. */
const TIMEOUT_MS = 2000;

const CALL = `
  outcome = undefined;
  Promise.resolve()
    .then(() => handler(JSON.parse(input)))
    .then(
      (value) => { outcome = { value: JSON.stringify(value) }; },
      (error) => { outcome = { error: String(error) }; },
    );
`;

/**
 * Compiles CloudFront Function code (runtime cloudfront-js-2.0) in a realm that has nothing of Node, file
 * system, network and timers. A handler may be async, but can only wait for what needs no input or output.
 * Source: CloudFront developer guide, "JavaScript runtime 2.0 features for CloudFront Functions".
 * @throws {Error} for code over 10 KB, code that imports (key value stores), and code that does not compile
 */
export function compileEdgeFunction(code: string, log: (message: string) => void): EdgeFunction {
  if (Buffer.byteLength(code) > MAX_CODE_BYTES) throw new Error('a CloudFront Function is limited to 10 KB');
  if (/^\s*import\s/m.test(code))
    throw new Error('CloudFront Functions that import are not supported locally');
  // Without a prototype, so that the realm's global object leads to nothing of this one.
  const realm: Realm = Object.assign(Object.create(null), {
    input: '',
    outcome: undefined,
    console: { log: (...parts: unknown[]) => log(parts.map(String).join(' ')) },
    ...RUNTIME,
  });
  const context = vm.createContext(realm, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  new vm.Script(code, { filename: 'cloudfront-function.js' }).runInContext(context, { timeout: TIMEOUT_MS });
  const call = new vm.Script(CALL);
  return (event) => {
    realm.input = JSON.stringify(event);
    call.runInContext(context, { timeout: TIMEOUT_MS });
    const { outcome } = realm;
    if (outcome === undefined) throw new Error('the function did not finish');
    if (outcome.error !== undefined) throw new Error(outcome.error);
    return outcome.value === undefined ? undefined : JSON.parse(outcome.value);
  };
}

interface Realm extends vm.Context {
  input: string;
  outcome: { value?: string; error?: string } | undefined;
}

/** The modules and globals of the runtime beyond the language itself. */
const RUNTIME = {
  atob,
  btoa,
  Buffer,
  require(name: string) {
    if (name === 'crypto') return { createHash, createHmac };
    if (name === 'querystring') return querystring;
    throw new Error(`module "${name}" is not in the CloudFront Functions runtime`);
  },
};
