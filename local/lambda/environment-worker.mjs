/**
 * Runs inside the worker thread that stands for one Lambda execution environment: loads the handler, then answers
 * one invocation after the other. Plain JavaScript, so that a cold start pays for no type stripping.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { taskRoot, handler, facts } = workerData;

async function loadHandler() {
  const dot = handler.lastIndexOf('.');
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => join(taskRoot, `${handler.slice(0, dot)}${extension}`))
    .find(existsSync);
  if (!file) throw named('Runtime.ImportModuleError', `Cannot find module '${handler.slice(0, dot)}'`);
  const module = await import(pathToFileURL(file).href);
  const name = handler.slice(dot + 1);
  const run = module[name] ?? module.default?.[name];
  if (typeof run !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return run;
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

/** The JSON that Lambda makes of a thrown value. */
function describe(thrown) {
  if (!(thrown instanceof Error)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  return {
    errorType: thrown.name,
    errorMessage: thrown.message,
    trace: (thrown.stack ?? '').split('\n'),
  };
}

function contextOf(invocation) {
  return {
    ...facts,
    awsRequestId: invocation.requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineMs - Date.now()),
  };
}

async function answer(run, invocation) {
  try {
    const result = await run(JSON.parse(invocation.payload), contextOf(invocation));
    return { ok: true, payload: JSON.stringify(result) ?? 'null' };
  } catch (thrown) {
    const error = describe(thrown);
    console.error(JSON.stringify({ level: 'ERROR', message: 'Invoke Error', ...error }));
    return { ok: false, payload: JSON.stringify(error) };
  }
}

/**
 * Output goes the way of the answers, one message a piece: a thread's own streams have every piece acknowledged, and
 * nobody could tell when the last of an invocation has come out of them.
 */
function print(chunk, encoding, callback) {
  parentPort.postMessage({ output: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
  const done = typeof encoding === 'function' ? encoding : callback;
  if (done) process.nextTick(done);
  return true;
}
process.stdout.write = print;
process.stderr.write = print;

try {
  const run = await loadHandler();
  parentPort.on('message', async (invocation) => {
    parentPort.postMessage(await answer(run, invocation));
  });
  parentPort.postMessage({ ready: true });
} catch (thrown) {
  parentPort.postMessage({ failure: JSON.stringify(describe(thrown)) });
}
