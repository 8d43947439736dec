import { Worker } from 'node:worker_threads';
import type { Principals } from './authorization.ts';
import type { ConsumedByPrincipal } from './consumption.ts';

export type { Consumed, ConsumedByPrincipal } from './consumption.ts';

/**
 * What answers behind the endpoint: the embedded engine, or another endpoint such as DynamoDB Local. The remote side
 * gets `database` as access key id from every caller (DynamoDB Local keeps one database for each).
 */
export type DynamoEngine =
  | { kind: 'embedded'; dataDir?: string }
  | { kind: 'remote'; url: string; database?: string };

export interface DynamoEndpointOptions {
  engine: DynamoEngine;
  /** 0 or absent: any free port of 127.0.0.1. */
  port?: number;
  /** Policy statements by access key id; absent: every caller may do everything. */
  principals?: Principals;
  /** How often the embedded engine removes expired items; 30 s unless told. */
  ttlSweepMs?: number;
  region?: string;
  account?: string;
}

/** A running endpoint for `@aws-sdk/client-dynamodb` and `@aws-sdk/client-dynamodb-streams`. */
export interface DynamoEndpoint {
  readonly url: string;
  /** Stops answering; data in a `dataDir` stay. */
  close(): Promise<void>;
  /** Replaces the callers; those absent are unknown from now on. */
  setPrincipals(principals: Principals): Promise<void>;
  /** Calls and capacity units since the start or the last reset. */
  consumed(reset?: boolean): Promise<ConsumedByPrincipal>;
}

/** What the thread is started with. */
export type WorkerOptions = Required<Omit<DynamoEndpointOptions, 'principals'>> &
  Pick<DynamoEndpointOptions, 'principals'>;

/** What the thread can be asked. */
export type WorkerRequest =
  | { kind: 'setPrincipals'; principals: Principals }
  | { kind: 'consumed'; reset: boolean }
  | { kind: 'close' };

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Starts a DynamoDB endpoint in a thread of its own. Throws when the port is taken, or when the data directory is
 * in use by another process.
 */
export async function startDynamoEndpoint(options: DynamoEndpointOptions): Promise<DynamoEndpoint> {
  const workerData: WorkerOptions = {
    port: 0,
    ttlSweepMs: 30_000,
    region: 'eu-west-1',
    account: '000000000000',
    ...options,
  };
  // Room for what requests leave behind: Node's own choice for threads collects far more often.
  const resourceLimits = { maxYoungGenerationSizeMb: 96 };
  const worker = new Worker(new URL('./endpoint-worker.ts', import.meta.url), {
    workerData,
    execArgv: [],
    resourceLimits,
  });
  const waiters = new Map<number, Waiter>();
  let lastId = 0;
  let death: Error | undefined;
  const fail = (error: Error) => {
    death ??= error;
    for (const waiter of waiters.values()) waiter.reject(error);
    waiters.clear();
  };
  const answerTo = (id: number) =>
    new Promise<unknown>((resolve, reject) => {
      if (death === undefined) waiters.set(id, { resolve, reject });
      else reject(death);
    });
  const ask = (request: WorkerRequest) => {
    lastId += 1;
    const answer = answerTo(lastId);
    worker.postMessage({ ...request, id: lastId });
    return answer;
  };
  worker.on('message', ({ id, value }: { id: number; value: unknown }) => {
    waiters.get(id)?.resolve(value);
    waiters.delete(id);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => fail(new Error('The DynamoDB endpoint has stopped')));

  const port = await answerTo(0);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await ask({ kind: 'close' });
      await exited;
    },
    setPrincipals: async (principals) => {
      await ask({ kind: 'setPrincipals', principals });
    },
    consumed: async (reset = false) => (await ask({ kind: 'consumed', reset })) as ConsumedByPrincipal,
  };
}
