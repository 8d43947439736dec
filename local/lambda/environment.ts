import { Worker } from 'node:worker_threads';

/** What an execution environment is made from. */
export interface FunctionSettings {
  name: string;
  arn: string;
  /** Folder that holds the bundle. */
  taskRoot: string;
  /** `file.export`. */
  handler: string;
  timeoutMs: number;
  memoryMb: number;
  /** Where its output goes. */
  logGroup: string;
  /** The whole of `process.env`. */
  environment: Record<string, string>;
  /** At most this many invocations at once, when the template reserves a number. */
  reservedConcurrency?: number;
}

/** What an invocation gave: JSON text, and whether it is an error of the function. */
export interface InvocationResult {
  payload: string;
  functionError?: 'Unhandled';
}

/** One execution environment: its own thread, module graph and `process.env`; one invocation at a time. */
export interface Environment {
  /** Resolves when the handler is loaded, or could not be. */
  readonly loaded: Promise<unknown>;
  /** What it prints until it answers is given to `print` before this resolves. */
  invoke(requestId: string, payload: string): Promise<InvocationResult>;
  /** False once it crashed, timed out or could not load its handler: it takes no further invocation. */
  alive(): boolean;
  end(): Promise<void>;
}

type Said = { output: string } | { ready: true } | { failure: string } | { ok: boolean; payload: string };

/** Lambda's limit of a synchronous response. */
const maxResponseBytes = 6 * 1024 * 1024 + 100;

const workerFile = new URL('./environment-worker.mjs', import.meta.url);
/** Room for what a request leaves behind: Node's own choice for threads collects far more often. */
const youngGenerationMb = 48;

/** Starts an environment. Never rejects: a failed start fails the first invocation. */
export function startEnvironment(settings: FunctionSettings, print: (chunk: string) => void): Environment {
  const worker = new Worker(workerFile, {
    env: settings.environment,
    workerData: {
      taskRoot: settings.taskRoot,
      handler: settings.handler,
      facts: contextFacts(settings),
    },
    stdout: true,
    stderr: true,
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: settings.memoryMb,
      maxYoungGenerationSizeMb: youngGenerationMb,
    },
  });
  // What does not come the usual way: of Node itself, and of handlers that could not be loaded.
  for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding('utf8').on('data', print);
  return new WorkerEnvironment(worker, settings, print);
}

class WorkerEnvironment implements Environment {
  readonly #worker: Worker;
  readonly #settings: FunctionSettings;
  readonly #print: (chunk: string) => void;
  readonly #started = Promise.withResolvers<InvocationResult | undefined>();
  readonly loaded: Promise<unknown>;
  #settle: ((result: InvocationResult) => void) | undefined;
  #alive = true;

  constructor(worker: Worker, settings: FunctionSettings, print: (chunk: string) => void) {
    this.#worker = worker;
    this.#settings = settings;
    this.#print = print;
    this.loaded = this.#started.promise;
    worker.on('message', (said: Said) => this.#receive(said));
    worker.on('error', (error) => this.#fail(runtimeError(error)));
    worker.on('exit', (code) =>
      this.#fail(failure('Runtime.ExitError', `Runtime exited with error: exit status ${code}`)),
    );
  }

  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const failedStart = await this.#started.promise;
    if (failedStart) return failedStart;
    const { timeoutMs } = this.#settings;
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    this.#settle = resolve;
    const timer = setTimeout(() => this.#fail(timedOut(requestId, timeoutMs)), timeoutMs);
    this.#worker.postMessage({ requestId, payload, deadlineMs: Date.now() + timeoutMs });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#settle = undefined;
    }
  }

  alive() {
    return this.#alive;
  }

  async end() {
    this.#alive = false;
    await this.#worker.terminate();
  }

  #receive(answer: Said) {
    if ('output' in answer) this.#print(answer.output);
    else if ('ready' in answer) this.#started.resolve(undefined);
    else if ('failure' in answer) this.#fail({ payload: answer.failure, functionError: 'Unhandled' });
    else
      this.#settle?.(
        answer.ok ? sized(answer.payload) : { payload: answer.payload, functionError: 'Unhandled' },
      );
  }

  /** The environment is lost: so is what runs in it. */
  #fail(result: InvocationResult) {
    this.#alive = false;
    this.#started.resolve(result);
    this.#settle?.(result);
    void this.#worker.terminate();
  }
}

function contextFacts({ name, arn, memoryMb, logGroup }: FunctionSettings) {
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMb),
    logGroupName: logGroup,
    logStreamName: 'local',
  };
}

function sized(payload: string): InvocationResult {
  const bytes = payload.length > maxResponseBytes / 3 ? Buffer.byteLength(payload) : 0;
  if (bytes <= maxResponseBytes) return { payload };
  return failure(
    'Function.ResponseSizeTooLarge',
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
  );
}

function timedOut(requestId: string, timeoutMs: number): InvocationResult {
  const message = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return failure('Sandbox.Timedout', `RequestId: ${requestId} Error: ${message}`);
}

function runtimeError(thrown: unknown): InvocationResult {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return failure(error.name, error.message, (error.stack ?? '').split('\n'));
}

function failure(errorType: string, errorMessage: string, trace: string[] = []): InvocationResult {
  return { payload: JSON.stringify({ errorType, errorMessage, trace }), functionError: 'Unhandled' };
}
