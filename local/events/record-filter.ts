import { compilePattern, type EventTest } from './pattern.ts';

/** Compiles an event source mapping's filters: a record passes when one matches, or when there are none. */
export function compileFilters(patterns: readonly string[]): EventTest {
  if (patterns.length === 0) return () => true;
  const tests = patterns.map((pattern) => compilePattern(JSON.parse(pattern)));
  return (record) => tests.some((test) => test(record));
}

/** A queue record as its filters see it: a JSON body is looked into (Lambda guide, "Event filtering with SQS"). */
export function filterableMessage<T extends { body: string }>(
  record: T,
): T | (Omit<T, 'body'> & { body: unknown }) {
  try {
    return { ...record, body: JSON.parse(record.body) as unknown };
  } catch {
    return record;
  }
}

/** The ids in a `ReportBatchItemFailures` answer; undefined when the answer makes the whole batch a failure. */
export function failedItems(payload: string): string[] | undefined {
  const answer = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  const failures = answer?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const ids = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  return ids.every((id): id is string => typeof id === 'string' && id !== '') ? ids : undefined;
}
