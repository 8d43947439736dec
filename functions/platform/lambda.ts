import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from './logger.ts';

/** A Lambda function as its door exports it. */
export type Door<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * Every door's outermost layer: log entries carry the request, and an error that nobody expected is logged
 * once, whole, before it leaves the function. What the caller then sees is the door's business. `isRefusal` tells
 * errors that are the door's way to say no, which nobody needs to read about.
 */
export function door<Event, Result>(
  handle: (event: Event, context: Context) => Promise<Result>,
  isRefusal: (error: unknown) => boolean = () => false,
): Door<Event, Result> {
  const wrapped = middy<Event, Result>()
    .use({
      before: ({ context }) => {
        logger.addContext(context);
      },
      onError: ({ error }) => {
        if (isRefusal(error)) return;
        logger.error('unexpected error', error instanceof Error ? error : new Error(String(error)));
      },
    })
    .handler((event, context) => handle(event, context));
  return async (event, context) => wrapped(event, context);
}

/** A Lambda that takes a batch says which of its records to bring again. */
export interface BatchResult {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Works on the records of a batch, all at once; a record that fails comes again alone, the others are done.
 * `identify` names a record in the source's own terms.
 */
export async function eachRecord<Record>(
  records: readonly Record[],
  identify: (record: Record) => string,
  work: (record: Record) => Promise<void>,
): Promise<BatchResult> {
  const results = await Promise.allSettled(records.map((record) => work(record)));
  const batchItemFailures: BatchResult['batchItemFailures'] = [];
  for (const [index, result] of results.entries()) {
    const record = records[index];
    if (result.status === 'fulfilled' || record === undefined) continue;
    const itemIdentifier = identify(record);
    logger.error('a record failed and will come again', { itemIdentifier, error: result.reason });
    batchItemFailures.push({ itemIdentifier });
  }
  return { batchItemFailures };
}
