import { expect, test } from 'vitest';
import { ChangeStream } from '../../../local/dynamodb/change-stream.ts';

const HOUR_MS = 3_600_000;

function streamOf(createdAtMs: readonly number[]): ChangeStream {
  const stream = new ChangeStream({ label: 'x', viewType: 'KEYS_ONLY', createdAtMs: 0 });
  for (const [index, at] of createdAtMs.entries()) {
    stream.append({ sequence: index + 1, createdAtMs: at, body: {} });
  }
  return stream;
}

const sequences = (stream: ChangeStream, after: number) =>
  stream.after(after, 1000, Number.MAX_SAFE_INTEGER).map(({ sequence }) => sequence);

test('records are kept for 24 hours', () => {
  const stream = streamOf([0, 1 * HOUR_MS, 2 * HOUR_MS]);

  const dropped = stream.trim(25 * HOUR_MS + 1);

  expect(dropped.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(sequences(stream, 0)).toEqual([3]);
  expect(stream.trimmedThrough).toBe(2);
});

test('of very many records the newest 100 000 are kept', () => {
  const stream = streamOf(Array.from({ length: 101_500 }, () => HOUR_MS));

  const dropped = stream.trim(HOUR_MS);

  expect(dropped).toHaveLength(1_500);
  expect(stream.trimmedThrough).toBe(1_500);
  expect(stream.trim(HOUR_MS)).toEqual([]);
});

test('a record that is not yet on disk is not shown', () => {
  const stream = streamOf([0, 0, 0]);

  expect(stream.after(0, 1000, 2).map(({ sequence }) => sequence)).toEqual([1, 2]);
});
