import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { FunctionSettings } from '../../../local/lambda/environment.ts';
import { createFunctions, type Functions } from '../../../local/lambda/functions.ts';
import { createLogSink } from '../../../local/lambda/log-sink.ts';

let functions: Functions | undefined;
const lines: string[] = [];

afterEach(async () => {
  await functions?.close();
  lines.length = 0;
});

function deploy(
  source: string,
  rest: Partial<FunctionSettings> = {},
  environmentLimit = 3,
  directory?: string,
) {
  const taskRoot = mkdtempSync(join(tmpdir(), 'bundle-'));
  writeFileSync(join(taskRoot, 'index.mjs'), source);
  const settings: FunctionSettings = {
    name: 'fn',
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:fn',
    taskRoot,
    handler: 'index.handler',
    timeoutMs: 3000,
    memoryMb: 128,
    logGroup: '/aws/lambda/fn',
    environment: {},
    ...rest,
  };
  const logs = createLogSink({ logger: (line) => lines.push(line), ...(directory ? { directory } : {}) });
  functions = createFunctions({ functions: [settings], environmentLimit, logs });
  return { functions, logs };
}

async function call(source: string, event: unknown, rest: Partial<FunctionSettings> = {}) {
  const { functions } = deploy(source, rest);
  const result = await functions.invoke('fn', JSON.stringify(event));
  return { functionError: result.functionError, payload: JSON.parse(result.payload) };
}

describe('an invocation', () => {
  test('gives the handler its event and context, and the caller its result', async () => {
    const { payload } = await call(
      `export const handler = async (event, context) => ({ event, name: context.functionName,
         arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(), id: context.awsRequestId });`,
      { a: [1, null] },
    );

    expect(payload).toMatchObject({
      event: { a: [1, null] },
      name: 'fn',
      arn: 'arn:aws:lambda:eu-west-1:000000000000:function:fn',
    });
    expect(payload.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(payload.left).toBeGreaterThan(2000);
    expect(payload.left).toBeLessThanOrEqual(3000);
  });

  test('sees only the environment variables it was given', async () => {
    const { payload } = await call(
      'export const handler = async () => process.env;',
      {},
      { environment: { A: '1' } },
    );

    expect(payload).toEqual({ A: '1' });
  });

  test('answers null when the handler returns nothing', async () => {
    expect(await call('export const handler = async () => {};', {})).toEqual({ payload: null });
  });

  test('reports a thrown error in Lambda’s shape', async () => {
    const { functionError, payload } = await call(
      `export const handler = async () => { throw new RangeError('too far'); };`,
      {},
    );

    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
    expect(payload.trace[0]).toBe('RangeError: too far');
    expect(lines).toEqual(['fn failed: RangeError: too far']);
  });

  test('reports a bundle that does not load', async () => {
    const { functionError, payload } = await call(`throw new Error('no config');`, {});

    expect(functionError).toBe('Unhandled');
    expect(payload.errorMessage).toBe('no config');
  });

  test('reports a handler that is not exported', async () => {
    const { payload } = await call('export const other = 1;', {});

    expect(payload.errorType).toBe('Runtime.HandlerNotFound');
  });

  test('refuses a request of more than 6 MB and a larger response', async () => {
    const { functions } = deploy(`export const handler = async (event) => 'x'.repeat(event.length ?? 0);`);

    await expect(functions.invoke('fn', JSON.stringify('x'.repeat(6 * 1024 * 1024)))).rejects.toThrow(
      /too large/,
    );
    const { payload, functionError } = await functions.invoke('fn', JSON.stringify({ length: 6_300_000 }));
    expect(functionError).toBe('Unhandled');
    expect(JSON.parse(payload).errorType).toBe('Function.ResponseSizeTooLarge');
  });

  test('takes names, ARNs and versions, and refuses a function that does not exist', async () => {
    const { functions } = deploy('export const handler = async () => 1;');

    const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:fn';
    for (const name of ['fn', 'fn:1', arn, `${arn}:live`]) {
      expect((await functions.invoke(name, '{}')).payload).toBe('1');
    }
    await expect(functions.invoke('other', '{}')).rejects.toThrow(/Function not found: other/);
  });
});

const counting = `let calls = 0;
  export const handler = async (event) => {
    calls++;
    if (event.exit) process.exit(7);
    if (event.stray) setTimeout(() => { throw new Error('stray'); });
    if (event.hang) await new Promise(() => {});
    if (event.spin) for (;;) {}
    if (event.meet) await new Promise((go) => { const t = setInterval(() => {}, 5); setTimeout(() => { clearInterval(t); go(); }, 60); });
    return calls;
  };`;

describe('execution environments', () => {
  test('one environment serves invocations that follow each other', async () => {
    const { functions } = deploy(counting);

    for (const expected of ['1', '2', '3'])
      expect((await functions.invoke('fn', '{}')).payload).toBe(expected);
  });

  test('concurrent invocations never share an environment, and wait at the limit', async () => {
    const { functions } = deploy(counting, {}, 2);

    const results = await Promise.all([1, 2, 3, 4].map(() => functions.invoke('fn', '{"meet":true}')));

    expect(results.map(({ payload }) => payload).sort()).toEqual(['1', '1', '2', '2']);
  });

  test('a warmed-up function serves its first invocation from the environment that is there', async () => {
    const { functions } = deploy(
      `const loadedAt = Date.now(); export const handler = async () => loadedAt;`,
      {},
      1,
    );

    await functions.warmUp();
    const warmAt = Date.now();
    const [first, second] = [await functions.invoke('fn', '{}'), await functions.invoke('fn', '{}')];

    expect(Number(first.payload)).toBeLessThanOrEqual(warmAt);
    expect(second).toEqual(first);
  });

  test('reserved concurrency lowers the limit', async () => {
    const { functions } = deploy(counting, { reservedConcurrency: 1 });

    const results = await Promise.all([1, 2].map(() => functions.invoke('fn', '{"meet":true}')));

    expect(results.map(({ payload }) => payload)).toEqual(['1', '2']);
  });

  test.each(['{"hang":true}', '{"spin":true}'])(
    '%s times out, and the next invocation starts afresh',
    async (event) => {
      const { functions } = deploy(counting, { timeoutMs: 200 });
      await functions.invoke('fn', '{}');

      const { payload, functionError } = await functions.invoke('fn', event);

      expect(functionError).toBe('Unhandled');
      expect(JSON.parse(payload)).toMatchObject({
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/Task timed out after 0.20 seconds$/),
      });
      expect((await functions.invoke('fn', '{}')).payload).toBe('1');
    },
  );

  test('a crash fails the invocation it happened in and no other', async () => {
    const { functions } = deploy(counting, {}, 2);

    const [crashed, fine] = await Promise.all([
      functions.invoke('fn', '{"exit":true}'),
      functions.invoke('fn', '{"meet":true}'),
    ]);

    expect(JSON.parse(crashed.payload)).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 7'),
    });
    expect(fine.payload).toBe('1');
    expect((await functions.invoke('fn', '{}')).functionError).toBeUndefined();
  });

  test('an error outside the handler’s promise ends the environment, not the process', async () => {
    const { functions } = deploy(counting, { timeoutMs: 2000 });

    const result = await functions.invoke('fn', '{"stray":true,"hang":true}');

    expect(JSON.parse(result.payload).errorMessage).toBe('stray');
  });
});

describe('logs', () => {
  test('files take everything, the console warnings and errors', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'logs-'));
    const { functions, logs } = deploy(
      `export const handler = async () => {
        console.log('plain');
        console.warn(JSON.stringify({ level: 'WARN', message: 'low disk' }));
      };`,
      {},
      1,
      directory,
    );

    await functions.invoke('fn', '{}');
    await functions.close();
    logs.close();

    expect(lines).toEqual(['fn WARN: low disk']);
    const file = readFileSync(join(directory, 'fn.log'), 'utf8');
    expect(file).toContain('plain\n');
    expect(file).toContain('low disk');
  });

  test('a file that has grown too large is put aside', () => {
    const directory = mkdtempSync(join(tmpdir(), 'logs-'));
    const logs = createLogSink({ directory, logger: () => {}, maxFileBytes: 10 });

    logs.write('fn', 'a line longer than ten bytes\n');
    logs.close();
    logs.write('fn', 'next\n');
    logs.close();

    expect(readFileSync(join(directory, 'fn.log.1'), 'utf8')).toContain('a line longer');
    expect(readFileSync(join(directory, 'fn.log'), 'utf8')).toBe('next\n');
  });
});

describe('lines that somebody hears', () => {
  test('have all been told when the function counts as busy no more, though its result came before', async () => {
    const { functions, logs } = deploy(`export const handler = async () => {
      for (let line = 0; line < 300; line++) console[line % 2 ? 'log' : 'error'](line + ' ' + 'x'.repeat(2000));
    };`);
    const heard: string[] = [];
    logs.hear('fn', (line) => heard.push(line));

    for (let call = 0; call < 2; call++) await functions.invoke('fn', '{}');
    while (functions.busy() > 0) await new Promise((resolve) => setImmediate(resolve));

    expect(heard).toHaveLength(600);
    expect(heard.join('')).not.toContain('\u0004');
  });

  test('of a function that ends its thread keep nobody waiting', async () => {
    const { functions, logs } = deploy('export const handler = async () => process.exit(1);');
    logs.hear('fn', () => {});

    await functions.invoke('fn', '{}');
    while (functions.busy() > 0) await new Promise((resolve) => setImmediate(resolve));

    expect(functions.busy()).toBe(0);
  });
});
