import { afterEach, describe, expect, test, vi } from 'vitest';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { lambdaContext } from '../workers/worker-cloud.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What operators would read. */
function errorLog() {
  return vi.spyOn(logger, 'error').mockImplementation(() => undefined);
}

describe('a batch', () => {
  test('is worked on record by record; those that fail are named, in their order', async () => {
    const log = errorLog();
    const done: string[] = [];

    const result = await eachRecord(
      ['a', 'b', 'c', 'd'],
      (record) => `id-${record}`,
      async (record) => {
        if (record === 'b' || record === 'd') throw new Error(record);
        done.push(record);
      },
    );

    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'id-b' }, { itemIdentifier: 'id-d' }] });
    expect(done).toEqual(['a', 'c']);
    expect(log).toHaveBeenCalledTimes(2);
  });

  test('that is empty fails nothing', async () => {
    const result = await eachRecord([], String, async () => undefined);

    expect(result).toEqual({ batchItemFailures: [] });
  });

  test('waits for all of its records before it answers', async () => {
    errorLog();
    const last = Promise.withResolvers<void>();
    let answered = false;

    const result = eachRecord([1, 2], String, async (record) => {
      if (record === 1) throw new Error('at once');
      await last.promise;
    }).finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    const early = answered;
    last.resolve();

    expect(await result).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(early).toBe(false);
  });
});

describe('a door', () => {
  test('hands on event and context, and gives what the work gives', async () => {
    const handler = door(async (event: { n: number }, { awsRequestId }) => `${event.n} ${awsRequestId}`);

    expect(await handler({ n: 7 }, lambdaContext)).toBe('7 request-1');
  });

  test('lets an unexpected error out, logged once', async () => {
    const log = errorLog();
    const handler = door(async () => {
      throw new Error('broken');
    });

    await expect(handler({}, lambdaContext)).rejects.toThrow('broken');

    expect(log).toHaveBeenCalledOnce();
  });

  test('lets a refusal out without a word', async () => {
    const log = errorLog();
    const handler = door(
      async () => {
        throw new Error('Unauthorized');
      },
      (error) => error instanceof Error && error.message === 'Unauthorized',
    );

    await expect(handler({}, lambdaContext)).rejects.toThrow('Unauthorized');

    expect(log).not.toHaveBeenCalled();
  });
});

describe('settings', () => {
  test.each([undefined, ''])('that the stack forgot (%s) stop the function at its start', (value) => {
    vi.stubEnv('BUS_NAME', value);

    expect(() => setting('BUS_NAME')).toThrow('setting BUS_NAME is missing');
  });

  test('name the tables', () => {
    vi.stubEnv('REGISTRY_TABLE', 'r');
    vi.stubEnv('OPERATIONS_TABLE', 'o');
    vi.stubEnv('LEDGER_TABLE', 'l');

    expect(tableNames('registry', 'operations', 'ledger')).toEqual({
      registry: 'r',
      operations: 'o',
      ledger: 'l',
    });
  });
});

test('ids are in the order of their making, unique, and fit a message id', () => {
  const ids = Array.from({ length: 1_000 }, newId);

  expect(new Set(ids).size).toBe(1_000);
  expect(ids.toSorted()).toEqual(ids);
  expect(Math.max(...ids.map(({ length }) => length))).toBeLessThanOrEqual(36);
});

test('the clock counts milliseconds', () => {
  expect(Math.abs(systemClock() - Date.now())).toBeLessThan(1_000);
});
