import { randomUUID } from 'node:crypto';
import type { FunctionSettings, InvocationResult } from './environment.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { LogSink } from './log-sink.ts';

/** The app's Lambda functions. */
export interface Functions {
  /**
   * Invokes synchronously by name or ARN (with or without a version) with a JSON text of at most 6 MB.
   * Resolves also when the function fails: see `functionError`.
   * @throws {UnknownFunction} when there is none of that name
   * @throws {PayloadTooLarge}
   */
  invoke(nameOrArn: string, payload: string): Promise<InvocationResult>;
  has(nameOrArn: string): boolean;
  settings(nameOrArn: string): FunctionSettings;
  names(): string[];
  /** Makes sure that every function has an environment, one after the other; stops when closed. */
  warmUp(): Promise<void>;
  /** Invocations running or waiting, of all functions. */
  busy(): number;
  /** Invocations begun since the start, of all functions or of one. */
  begun(nameOrArn?: string): number;
  close(): Promise<void>;
}

export class UnknownFunction extends Error {
  override readonly name = 'ResourceNotFoundException';
  constructor(nameOrArn: string) {
    super(`Function not found: ${nameOrArn}`);
  }
}

export class PayloadTooLarge extends Error {
  override readonly name = 'RequestTooLargeException';
  constructor(bytes: number) {
    super(
      `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${maxRequestBytes} bytes)`,
    );
  }
}

export interface FunctionsOptions {
  functions: FunctionSettings[];
  /** Most environments per function. */
  environmentLimit: number;
  logs: LogSink;
  /** Environments without work for this long are ended (default 10 min). */
  idleMs?: number;
}

const maxRequestBytes = 6 * 1024 * 1024;

/** Makes every function invocable; environments start with their first invocation. */
export function createFunctions(options: FunctionsOptions): Functions {
  const { environmentLimit, logs, idleMs = 600_000 } = options;
  const known = new Map<string, { settings: FunctionSettings; pool: FunctionPool; begun: number }>();
  for (const settings of options.functions) {
    const print = (chunk: string) => logs.write(settings.name, chunk);
    known.set(settings.name, {
      settings,
      begun: 0,
      pool: createFunctionPool(settings, environmentLimit, print),
    });
  }
  let begun = 0;
  let closed = false;
  const pools = [...known.values()].map(({ pool }) => pool);
  const sweep = setInterval(() => {
    for (const pool of pools) pool.endIdleSince(Date.now() - idleMs);
  }, idleMs / 4);
  sweep.unref();

  const find = (nameOrArn: string) => {
    const found = known.get(functionName(nameOrArn));
    if (!found) throw new UnknownFunction(nameOrArn);
    return found;
  };

  return {
    async invoke(nameOrArn, payload) {
      const found = find(nameOrArn);
      const { settings, pool } = found;
      const bytes = payload.length > maxRequestBytes / 3 ? Buffer.byteLength(payload) : 0;
      if (bytes > maxRequestBytes) throw new PayloadTooLarge(bytes);
      begun++;
      found.begun++;
      const result = await pool.invoke(randomUUID(), payload);
      if (result.functionError) logs.failure(settings.name, result.payload);
      return result;
    },
    has: (nameOrArn) => known.has(functionName(nameOrArn)),
    settings: (nameOrArn) => find(nameOrArn).settings,
    names: () => [...known.keys()],
    async warmUp() {
      for (const pool of pools) if (!closed) await pool.warmUp();
    },
    busy: () => pools.reduce((sum, pool) => sum + pool.busy(), 0),
    begun: (nameOrArn) => (nameOrArn === undefined ? begun : find(nameOrArn).begun),
    async close() {
      closed = true;
      clearInterval(sweep);
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}

/** The name in a name, `name:version`, or a (qualified) function ARN. */
function functionName(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  return (nameOrArn.startsWith('arn:') ? parts[6] : parts[0]) ?? nameOrArn;
}
