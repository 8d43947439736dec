import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ChaosSettings, createChaos } from '../../../local/events/chaos.ts';
import { openQueue, type Queue, type QueueSettings } from '../../../local/events/queue.ts';
import { type EventStore, openStore } from '../../../local/events/store.ts';

const stores: EventStore[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const store of stores.splice(0)) store.close();
});

function given(
  settings: Partial<QueueSettings> = {},
  options: { dataDir?: string; chaos?: ChaosSettings } = {},
) {
  const store = openStore(options.dataDir);
  stores.push(store);
  const chaos = createChaos(options.chaos);
  const complete = (name: string, rest: Partial<QueueSettings>): QueueSettings => ({
    name,
    arn: `arn:aws:sqs:eu-west-1:000000000000:${name}`,
    url: `http://local/000000000000/${name}`,
    fifo: false,
    contentBasedDeduplication: false,
    visibilityTimeoutMs: 30_000,
    delayMs: 0,
    receiveWaitMs: 0,
    retentionMs: 345_600_000,
    maxMessageBytes: 1_048_576,
    ...rest,
  });
  const noQueue = () => {
    throw new Error('no dead-letter queue');
  };
  const deadLetters = openQueue(complete('dead', { fifo: settings.fifo ?? false }), store, chaos, noQueue);
  const queue = openQueue(complete('jobs', settings), store, chaos, () => deadLetters);
  return { queue, deadLetters, store };
}

async function bodies(queue: Queue, max = 10): Promise<string[]> {
  return (await queue.receive({ max })).map(({ body }) => body);
}

describe('a standard queue', () => {
  test('hides what was received until it is deleted or its visibility timeout has passed', async () => {
    const { queue } = given();
    queue.send({ body: 'a', attributes: { k: { DataType: 'String', StringValue: 'v' } } });

    const [first] = await queue.receive({ max: 10, visibilityTimeoutMs: 30 });
    const hidden = await bodies(queue);
    const [again] = await queue.receive({ max: 10, waitMs: 5000 });

    expect(first).toMatchObject({ body: 'a', receiveCount: 1, attributes: { k: { StringValue: 'v' } } });
    expect(hidden).toEqual([]);
    expect(again).toMatchObject({ body: 'a', receiveCount: 2, messageId: first?.messageId });
    expect(queue.delete(first?.receipt ?? '')).toBe(false);
    expect(queue.delete(again?.receipt ?? '')).toBe(true);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'misses no message that becomes visible while it looks, %i ms on',
    async (delayMs) => {
      const { queue } = given();
      let nowMs = Date.now();
      // Time goes on with every look at the clock.
      vi.spyOn(Date, 'now').mockImplementation(() => nowMs++);
      queue.send({ body: 'just now', delayMs });
      const signal = AbortSignal.timeout(1000);

      const received = await queue.receive({ max: 1, waitMs: 20_000, signal });

      expect(signal.aborted).toBe(false);
      expect(received.map(({ body }) => body)).toEqual(['just now']);
    },
  );

  test('keeps a delayed message back and wakes a waiting receiver when its time has come', async () => {
    const { queue } = given();
    const sentAt = Date.now();
    queue.send({ body: 'late', delayMs: 60 });

    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    expect(await bodies(queue)).toEqual([]);
    const [message] = await queue.receive({ max: 1, waitMs: 5000 });

    expect(message?.body).toBe('late');
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(60);
  });

  test('a waiting receiver gets a message as soon as it is sent, and nothing after its wait', async () => {
    const { queue } = given();

    const waiting = queue.receive({ max: 1, waitMs: 10_000 });
    queue.send({ body: 'x' });

    expect((await waiting)[0]?.body).toBe('x');
    expect(await queue.receive({ max: 1, waitMs: 20 })).toEqual([]);
  });

  test('a receiver stops waiting when it is told to', async () => {
    const { queue } = given();
    const stop = new AbortController();

    const waiting = queue.receive({ max: 1, waitMs: 20_000, signal: stop.signal });
    stop.abort();

    expect(await waiting).toEqual([]);
  });

  test('moves a message to the dead-letter queue instead of delivering it once too often', async () => {
    const { queue, deadLetters } = given({ deadLetter: { targetArn: 'dead', maxReceiveCount: 2 } });
    queue.send({ body: 'poison' });

    for (const _ of [1, 2]) {
      const [message] = await queue.receive({ max: 1 });
      queue.changeVisibility(message?.receipt ?? '', 0);
    }

    expect(await bodies(queue)).toEqual([]);
    expect(await bodies(deadLetters)).toEqual(['poison']);
  });

  test('refuses what SQS refuses', () => {
    const { queue } = given({ maxMessageBytes: 4 });

    expect(() => queue.send({ body: 'much too long' })).toThrow(/shorter than 4 bytes/);
    expect(() => queue.send({ body: '' })).toThrow(/MessageBody/);
  });

  test('delivers twice and out of order when told to, the same way for the same seed', async () => {
    const received = async () => {
      const { queue } = given({}, { chaos: { duplicate: 0.5, reorder: true, seed: 7 } });
      for (let i = 0; i < 20; i++) queue.send({ body: String(i) });
      return bodies(queue, 100);
    };

    const [first, second] = [await received(), await received()];

    expect(first).toEqual(second);
    expect(first.length).toBeGreaterThan(20);
    expect(new Set(first).size).toBe(20);
    expect(first).not.toEqual(first.toSorted((a, b) => Number(a) - Number(b)));
  });

  test('gives all its messages again, those in flight too, after the process was lost', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'queue-'));
    const { queue } = given({}, { dataDir });
    queue.send({ body: 'kept' });
    queue.send({ body: 'in flight' });
    await queue.receive({ max: 1 });

    // No closing: a second connection sees what the first one has written, as after a kill.
    const { queue: reopened } = given({}, { dataDir });

    expect((await bodies(reopened)).sort()).toEqual(['in flight', 'kept']);
  });
});

describe('a FIFO queue', () => {
  test('gives a group no further message while one is in flight, and other groups theirs', async () => {
    const { queue } = given({ fifo: true });
    for (const [groupId, body] of [
      ['g1', 'a'],
      ['g1', 'b'],
      ['g2', 'c'],
    ] as const) {
      queue.send({ body, groupId, deduplicationId: body });
    }

    const [head] = await queue.receive({ max: 1 });
    const meanwhile = await bodies(queue);
    queue.delete(head?.receipt ?? '');
    const after = await bodies(queue);

    expect(head?.body).toBe('a');
    expect(meanwhile).toEqual(['c']);
    expect(after).toEqual(['b']);
  });

  test('takes a deduplication id once and answers a repeat like the first', async () => {
    const { queue } = given({ fifo: true, contentBasedDeduplication: true });

    const first = queue.send({ body: 'same', groupId: 'g' });
    const second = queue.send({ body: 'same', groupId: 'g' });

    expect(second).toEqual(first);
    expect(first.sequenceNumber).toMatch(/^\d{20}$/);
    expect(await bodies(queue)).toEqual(['same']);
  });

  test('needs a group, a deduplication id, and no delay of its own', () => {
    const { queue } = given({ fifo: true });

    expect(() => queue.send({ body: 'x', deduplicationId: 'd' })).toThrow(/MessageGroupId/);
    expect(() => queue.send({ body: 'x', groupId: 'g' })).toThrow(/ContentBasedDeduplication/);
    expect(() => queue.send({ body: 'x', groupId: 'g', deduplicationId: 'd', delayMs: 1000 })).toThrow(
      /DelaySeconds/,
    );
  });

  test('every group stays in order whatever is sent, failed and received again', async () => {
    const groups = fc.array(fc.constantFrom('g1', 'g2', 'g3'), { minLength: 1, maxLength: 20 });
    const batches = fc.array(fc.record({ max: fc.integer({ min: 1, max: 4 }), fails: fc.boolean() }), {
      minLength: 5,
      maxLength: 15,
    });
    await fc.assert(
      fc.asyncProperty(groups, batches, async (sent, received) => {
        const { queue } = given({ fifo: true });
        sent.forEach((groupId, i) => {
          queue.send({ body: String(i), groupId, deduplicationId: String(i) });
        });

        const done: Record<string, number[]> = {};
        for (const { max, fails } of [...received, ...sent.map(() => ({ max: 10, fails: false }))]) {
          for (const message of await queue.receive({ max })) {
            if (fails) queue.changeVisibility(message.receipt, 0);
            else {
              queue.delete(message.receipt);
              done[message.groupId ?? ''] = [...(done[message.groupId ?? ''] ?? []), Number(message.body)];
            }
          }
        }

        const expected: Record<string, number[]> = {};
        sent.forEach((groupId, i) => {
          expected[groupId] = [...(expected[groupId] ?? []), i];
        });
        expect(done).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});
